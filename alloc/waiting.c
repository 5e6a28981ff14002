/* SPDX-License-Identifier: BSD-2-Clause */
/* Measuring a wait, and charging an unlock with the waits of others. */
#include "alloc/waiting.h"

#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "alloc/fork.h"
#include "alloc/next.h"
#include "alloc/sample.h"
#include "base/clock.h"
#include "base/lock.h"
#include "sampling/block.h"
#include "sampling/capture.h"
#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/mutex.h"

static bool on;
static bool has_key;
static pthread_key_t end_key;     /* value: not NULL in a thread that has waited */
static struct cpa_lock mode_lock; /* a rate and the mode that follows from it change together */

/*
 * False from inside the profiler: libunwind locks while we take a stack, and our own threads are
 * not the program.
 */
static bool enter(uint64_t *ret_left_bytes)
{
	if (!on || cpa_gate.internal || !cpa_gate_begin(ret_left_bytes))
		return false;
	cpa_fork_repair();
	return true;
}

static void end_thread(void *value)
{
	uint64_t left_bytes;

	(void)value;
	if (!cpa_gate_begin(&left_bytes))
		return;
	cpa_waits_thread_end();
	cpa_gate_end(left_bytes);
}

CPA_COLD void cpa_waiting_begin(
	struct cpa_wait *ret_wait, enum cpa_trace_wait kind, const void *object)
{
	uint64_t left_bytes;
	int kept_errno = errno;

	ret_wait->object = NULL;
	if (!enter(&left_bytes))
		return;
	*ret_wait = (struct cpa_wait){
		.object = object,
		.stack = cpa_capture_stack(0),
		.label_set = cpa_labels_current,
	};
	if (!(cpa_next.mode & (CPA_NEXT_MUTEX | CPA_NEXT_BLOCK)))
		ret_wait->begin_ns = cpa_clock_mono_ns(); /* for a trace nobody looks for it */
	/* The C library may allocate for a key beyond its first 32: that is not the program's. */
	else if (cpa_waits_begin(ret_wait) && has_key)
		(void)pthread_setspecific(end_key, &end_key);
	cpa_trace_add_at(ret_wait->begin_ns, CPA_TRACE_BLOCK, ret_wait->stack, kind);
	cpa_gate_end(left_bytes);
	errno = kept_errno;
}

static CPA_COLD void end(const struct cpa_wait *wait, bool refused)
{
	uint64_t left_bytes, delay_ns;
	int kept_errno = errno;

	if (!wait->object || !cpa_gate_begin(&left_bytes))
		return;
	delay_ns = cpa_waits_end(wait);
	cpa_trace_add_at(wait->begin_ns + delay_ns, CPA_TRACE_WAKE, 0, 0);
	if (!refused)
		cpa_block_record(wait->stack, wait->label_set, delay_ns);
	cpa_gate_end(left_bytes);
	errno = kept_errno;
}

CPA_COLD int cpa_waiting_end(const struct cpa_wait *wait, int result)
{
	end(wait, result == EDEADLK || result == EINVAL || result == EPERM || result == ESRCH);
	return result;
}

CPA_COLD int cpa_waiting_end_c11(const struct cpa_wait *wait, int result)
{
	end(wait, result == thrd_error);
	return result;
}

CPA_COLD int cpa_waiting_end_errno(const struct cpa_wait *wait, int result)
{
	end(wait, result && errno == EINVAL);
	return result;
}

CPA_COLD uint64_t cpa_waiting_sum(const void *object)
{
	uint64_t left_bytes, sum_ns = 0;

	if (!(cpa_next.mode & CPA_NEXT_MUTEX) || !enter(&left_bytes))
		return 0;
	sum_ns = cpa_waits_charge(object);
	cpa_gate_end(left_bytes);
	return sum_ns;
}

CPA_COLD int cpa_waiting_charge(uint64_t sum_ns, int result)
{
	uint64_t left_bytes;
	uint32_t events;
	int kept_errno = errno;

	if (sum_ns && result)
		cpa_waits_refused();
	if (!sum_ns || result || !cpa_gate_begin(&left_bytes))
		return result;
	events = cpa_mutex_draw();
	if (events)
		cpa_mutex_record(cpa_capture_stack(0), cpa_labels_current, sum_ns, events);
	cpa_gate_end(left_bytes);
	errno = kept_errno;
	return result;
}

bool cpa_waiting_refused(clockid_t clock, const struct timespec *until)
{
	return (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) || until->tv_nsec < 0 ||
	       until->tv_nsec >= 1000000000;
}

static void follow(void)
{
	cpa_next_set_mode((cpa_mutex_fraction(-1) > 0 ? CPA_NEXT_MUTEX : 0) |
			  (cpa_block_rate(-1) > 0 ? CPA_NEXT_BLOCK : 0) |
			  (cpa_trace_is_on ? CPA_NEXT_TRACE : 0));
}

int cpa_waiting_mutex_fraction(int fraction)
{
	int before;

	cpa_lock_acquire(&mode_lock);
	before = cpa_mutex_fraction(fraction);
	follow();
	cpa_lock_release(&mode_lock);
	return before;
}

int64_t cpa_waiting_block_rate(int64_t rate_ns)
{
	int64_t before;

	cpa_lock_acquire(&mode_lock);
	before = cpa_block_rate(rate_ns);
	follow();
	cpa_lock_release(&mode_lock);
	return before;
}

void cpa_waiting_follow_trace(void)
{
	cpa_lock_acquire(&mode_lock);
	follow();
	cpa_lock_release(&mode_lock);
}

void cpa_waiting_init(void)
{
	int kept_errno = errno;

	has_key = pthread_key_create(&end_key, end_thread) == 0;
	on = true;
	errno = kept_errno;
}

void cpa_waiting_postfork_child(void)
{
	cpa_lock_reset(&mode_lock);
	cpa_waits_postfork_child();
}
