/* SPDX-License-Identifier: BSD-2-Clause */
/* An execution trace while it runs. */
#include "report/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/lock.h"
#include "report/apart.h"
#include "report/fd.h"
#include "report/trace_file.h"
#include "sampling/gate.h"
#include "sampling/roster.h"
#include "sampling/trace.h"

#define DRAIN_NS 20000000u
#define HEAP_NS  100000000u

enum { IDLE, STARTING, RUNNING, STOPPING, DONE };

static struct cpa_lock turn; /* one starts or stops at a time */
static _Atomic uint32_t phase;
static int trace_fd;
static int trace_error; /* written before DONE, or before RUNNING is not reached */
static uint64_t lost_before;
static uint64_t (*heap_bytes)(void);
static void (*switched)(void);
static bool with_names;

void cpa_tracer_init(uint64_t (*new_heap_bytes)(void), void (*new_switched)(void), bool names)
{
	heap_bytes = new_heap_bytes;
	switched = new_switched;
	with_names = names;
}

static void set_phase(uint32_t new_phase)
{
	atomic_store(&phase, new_phase);
	cpa_lock_wake(&phase);
}

static void wait_while(uint32_t old_phase)
{
	while (atomic_load(&phase) == old_phase)
		cpa_lock_wait(&phase, old_phase, UINT64_MAX);
}

/* Until somebody stops the trace; and once more after. */
static int write_events(struct cpa_trace_file *file)
{
	uint64_t heap_next_ns = 0;
	bool last = false;
	int error = 0;

	while (!last) {
		uint64_t now_ns = cpa_clock_mono_ns();
		int one_error;

		last = atomic_load(&phase) == STOPPING;
		if (heap_bytes && now_ns >= heap_next_ns) {
			cpa_trace_file_heap(file, cpa_gate_thread_id(), now_ns, heap_bytes());
			heap_next_ns = now_ns + HEAP_NS;
		}
		one_error = cpa_trace_drain(cpa_trace_file_event, file);
		error = error ? error : one_error;
		if (!last)
			cpa_trace_wait(DRAIN_NS);
	}
	return error;
}

static int write_trace(struct cpa_arena *arena)
{
	struct cpa_trace_file *file =
		cpa_trace_file_new(arena, cpa_clock_mono_ns(), cpa_fd_to_sink(&trace_fd));
	int error, end_error;

	if (!file)
		return -ENOMEM;
	lost_before = cpa_trace_count().lost;
	error = cpa_trace_begin();
	if (error)
		return error;
	set_phase(RUNNING);
	error = write_events(file);
	end_error = cpa_trace_file_end(file, cpa_gate_thread_id(), cpa_clock_mono_ns(),
		cpa_trace_count().lost - lost_before, with_names);
	return error ? error : end_error;
}

static void *run(void *unused)
{
	struct cpa_arena arena;

	(void)unused;
	cpa_apart_enter(trace_fd);
	(void)prctl(PR_SET_NAME, "cprofalloc-tr");
	cpa_arena_init(&arena, 0);
	trace_error = write_trace(&arena);
	cpa_arena_done(&arena);
	cpa_roster_leave();
	set_phase(DONE);
	return NULL;
}

static int start_locked(int fd)
{
	int error;

	if (atomic_load(&phase) != IDLE)
		return -EBUSY;
	if (fcntl(fd, F_GETFL) < 0)
		return -errno;
	trace_fd = fd; /* the thread takes it along into a table of its own */
	atomic_store(&phase, STARTING);
	error = cpa_apart_start(run, NULL);
	if (error) {
		atomic_store(&phase, IDLE);
		return error;
	}
	wait_while(STARTING);
	if (atomic_load(&phase) == RUNNING) {
		switched();
		return 0;
	}
	atomic_store(&phase, IDLE);
	return trace_error;
}

int cpa_tracer_start(int fd)
{
	int kept_errno = errno;
	int result;

	cpa_lock_acquire(&turn);
	result = start_locked(fd);
	cpa_lock_release(&turn);
	errno = kept_errno;
	return result;
}

static int stop_locked(void)
{
	if (atomic_load(&phase) == IDLE)
		return -EALREADY;
	cpa_trace_stop();
	switched();
	set_phase(STOPPING);
	cpa_trace_press();
	wait_while(STOPPING);
	atomic_store(&phase, IDLE);
	return trace_error;
}

int cpa_tracer_stop(void)
{
	int kept_errno = errno;
	int result;

	cpa_lock_acquire(&turn);
	result = stop_locked();
	cpa_lock_release(&turn);
	errno = kept_errno;
	return result;
}

void cpa_tracer_postfork_child(void)
{
	cpa_lock_reset(&turn);
	atomic_store(&phase, IDLE);
}
