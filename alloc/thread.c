/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions that create threads, which we stand in front of: the new thread inherits the labels
 * of the one that creates it, and is counted where it was created until it ends.
 * Not here: what is counted (sampling/threadcreate.h), threads of our own (report/apart.c).
 *
 * A thread begins in begin_posix or begin_c11, which jump to the program's function: no frame of
 * ours is in its stack. Its end is told by a key's destructor, which runs whether it returns, calls
 * pthread_exit or is cancelled.
 *
 * What the new thread must know waits in a slot, not in memory from malloc: it is taken by the
 * creator and given back by the first instructions of the thread.
 */
#include "alloc/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <threads.h>

#include "alloc/fork.h"
#include "alloc/next.h"
#include "alloc/sample.h"
#include "base/compiler.h"
#include "sampling/capture.h"
#include "sampling/cpu.h"
#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/modules.h"
#include "sampling/roster.h"
#include "sampling/slots.h"
#include "sampling/stackcopy.h"
#include "sampling/threadcreate.h"
#include "sampling/trace.h"

#define STACK_END_BYTES 8192u /* more than glibc's description of a thread, and its alignment */

typedef void *posix_function(void *arg);
typedef int c11_function(void *arg);
typedef int create_posix_function(
	pthread_t *ret_thread, const pthread_attr_t *attr, posix_function *run, void *arg);
typedef int create_c11_function(thrd_t *ret_thread, c11_function *run, void *arg);

struct slot {
	_Atomic uint32_t taken; /* first, for slots.h */
	uint32_t label_set;
	cpa_threadcreate_place place;
	uint32_t stack_bytes; /* at least; for stackcopy.h */
	void *run;            /* posix_function or c11_function */
	void *arg;
};

extern void *__libc_stack_end; /* the loader's: where the first thread began */

/* Of threads created that have not yet run an instruction. */
static struct slot first_slots[CPA_SLOTS_PER_CHUNK];
static struct cpa_slots slots = CPA_SLOTS_INIT(first_slots);
static bool on;
static bool has_key;
static pthread_key_t end_key; /* value: of key_value */

/*
 * The last line of begin_* must be a jump, not a call, in every build; as in loader.c.
 */
#if defined(__clang__)
#define JUMPS
#define JUMP_TO __attribute__((musttail)) return
#else
#define JUMPS   __attribute__((optimize("O2")))
#define JUMP_TO return
#endif

static void *_Atomic found_posix;
static void *_Atomic found_c11;

static void slot_give_back(struct slot *slot)
{
	atomic_store_explicit(&slot->taken, 0, memory_order_release);
}

/* The place of this thread's call; 0 when it cannot be known. */
static cpa_threadcreate_place find_place(void)
{
	cpa_threadcreate_place place;
	uint64_t left_bytes;

	if (!cpa_gate_begin(&left_bytes))
		return 0;
	place = cpa_threadcreate_begin(cpa_capture_stack(0), cpa_labels_current);
	cpa_gate_end(left_bytes);
	return place;
}

/*
 * How much stack a thread of these attributes (NULL: the default ones) has for certain below what
 * the C library keeps at its end. The guard is taken away because old ones count it as stack.
 */
static uint32_t stack_bytes_of(const pthread_attr_t *attr)
{
	size_t stack_bytes = 0, guard_bytes = 0;
	pthread_attr_t defaults;

	if (attr) {
		(void)pthread_attr_getstacksize(attr, &stack_bytes);
		(void)pthread_attr_getguardsize(attr, &guard_bytes);
	} else if (pthread_getattr_default_np(&defaults) == 0) {
		(void)pthread_attr_getstacksize(&defaults, &stack_bytes);
		(void)pthread_attr_getguardsize(&defaults, &guard_bytes);
		(void)pthread_attr_destroy(&defaults);
	}
	if (stack_bytes < guard_bytes + STACK_END_BYTES)
		return 0;
	stack_bytes -= guard_bytes + STACK_END_BYTES;
	return stack_bytes < UINT32_MAX ? (uint32_t)stack_bytes : UINT32_MAX;
}

/* What the thread that is about to be created gets from us; NULL: nothing. */
static struct slot *announce(const pthread_attr_t *attr, void *run, void *arg)
{
	struct slot *slot;

	if (!on || !cpa_sample_ready || cpa_gate.internal || cpa_modules_own((uintptr_t)run))
		return NULL;
	cpa_fork_repair();
	slot = cpa_slots_take(&slots);
	if (!slot) {
		cpa_threadcreate_lost();
		return NULL;
	}
	slot->label_set = cpa_labels_current;
	slot->place = find_place();
	slot->stack_bytes = stack_bytes_of(attr);
	slot->run = run;
	slot->arg = arg;
	return slot;
}

/* There will be no such thread. */
static void withdraw(struct slot *slot)
{
	if (!slot)
		return;
	cpa_threadcreate_failed(slot->place);
	slot_give_back(slot);
}

/* Never 0, for which no destructor is called. */
static uintptr_t key_value(cpa_threadcreate_place place)
{
	return (uintptr_t)place << 1 | 1;
}

/*
 * In the new thread, before the program's function; whatever else a thread's start needs belongs
 * here.
 */
static void enter(struct slot *slot)
{
	uint64_t left_bytes;

	cpa_labels_current = slot->label_set;
	/* What the C library knows of a thread lies at the end of its stack. */
	cpa_stackcopy_set_top((const void *)pthread_self(), slot->stack_bytes);
	/* The C library may allocate for a key beyond its first 32: that is not the program's. */
	if (has_key && cpa_gate_begin(&left_bytes)) {
		if (pthread_setspecific(end_key, (void *)key_value(slot->place)) == 0)
			cpa_roster_enter(slot->label_set, slot->place);
		cpa_cpu_thread_begins((uintptr_t)slot->run);
		if (cpa_unlikely(cpa_trace_is_on))
			cpa_trace_thread_begins(slot->place, (uintptr_t)slot->run);
		cpa_gate_end(left_bytes);
	}
	slot_give_back(slot);
}

JUMPS static void *begin_posix(void *arg)
{
	struct slot *slot = arg;
	posix_function *run = (posix_function *)slot->run;
	void *run_arg = slot->arg;

	enter(slot);
	JUMP_TO run(run_arg);
}

JUMPS static int begin_c11(void *arg)
{
	struct slot *slot = arg;
	c11_function *run = (c11_function *)slot->run;
	void *run_arg = slot->arg;

	enter(slot);
	JUMP_TO run(run_arg);
}

static void end(void *value)
{
	cpa_cpu_thread_ends();
	cpa_threadcreate_ended((cpa_threadcreate_place)((uintptr_t)value >> 1));
	cpa_roster_leave();
	cpa_trace_thread_ends();
}

CPA_EXPORT int pthread_create(
	pthread_t *ret_thread, const pthread_attr_t *attr, posix_function *run, void *arg)
{
	create_posix_function *next =
		(create_posix_function *)cpa_next_function(&found_posix, "pthread_create");
	struct slot *slot;
	int result;

	if (!next)
		return EAGAIN;
	slot = announce(attr, (void *)run, arg);
	if (!slot)
		return next(ret_thread, attr, run, arg);
	result = next(ret_thread, attr, begin_posix, slot);
	if (result)
		withdraw(slot);
	return result;
}

CPA_EXPORT int thrd_create(thrd_t *ret_thread, c11_function *run, void *arg)
{
	create_c11_function *next =
		(create_c11_function *)cpa_next_function(&found_c11, "thrd_create");
	struct slot *slot;
	int result;

	if (!next)
		return thrd_error;
	slot = announce(NULL, (void *)run, arg);
	if (!slot)
		return next(ret_thread, run, arg);
	result = next(ret_thread, begin_c11, slot);
	if (result != thrd_success)
		withdraw(slot);
	return result;
}

void cpa_thread_init(void)
{
	int kept_errno = errno;

	(void)cpa_next_function(&found_posix, "pthread_create");
	(void)cpa_next_function(&found_c11, "thrd_create");
	has_key = pthread_key_create(&end_key, end) == 0;
	cpa_roster_enter(cpa_labels_current, 0); /* the first thread */
	/* The kernel makes it larger than what is copied, and lets nothing come near. */
	cpa_stackcopy_set_top(__libc_stack_end, CPA_STACKCOPY_BYTES);
	on = true;
	errno = kept_errno;
}

void cpa_thread_postfork_child(void)
{
	cpa_threadcreate_place own = 0;

	cpa_slots_postfork_child(&slots, NULL);
	if (has_key)
		own = (cpa_threadcreate_place)((uintptr_t)pthread_getspecific(end_key) >> 1);
	cpa_threadcreate_postfork_child(own);
	cpa_roster_postfork_child();
}
