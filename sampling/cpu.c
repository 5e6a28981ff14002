/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the program's threads spend CPU time. */
#include "sampling/cpu.h"

#include <errno.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/cputicks.h"
#include "sampling/cputimers.h"
#include "sampling/gate.h"
#include "sampling/profsignal.h"
#include "sampling/stackcopy.h"
#include "sampling/stacks.h"
#include "sampling/store.h"
#include "sampling/tally.h"
#include "sampling/trace.h"
#include "sampling/unwind_far.h"

#define SECOND_NS 1000000000u

static struct cpa_lock turn; /* one starts, stops or drains at a time; guards all below */
static struct cpa_cpu_state state;
static uint64_t start_mono_ns;
static struct cpa_arena arena; /* of far and pcs, which are made once */
static struct cpa_unwind_far *far;
static uint64_t *pcs; /* [depth_max + 2] */

static bool make_tools(void)
{
	if (!far)
		far = cpa_unwind_far_new(&arena);
	if (!pcs)
		pcs = cpa_arena_alloc(&arena, (cpa_store->depth_max + 2) * sizeof(*pcs));
	return far && pcs;
}

static void count(cpa_stack_id stack, uint32_t label_set, uint64_t ticks)
{
	cpa_tally_add(CPA_TALLY_CPU, stack, label_set, (double)ticks,
		(double)ticks * (double)state.period_ns);
	__atomic_fetch_add(&state.ticks, ticks, __ATOMIC_RELAXED);
}

static void count_tick(void *context, const struct cpa_cputick *tick)
{
	enum cpa_unwind_far_end end;
	cpa_stack_id stack;
	uint32_t depth = cpa_unwind_far(far, &tick->start, pcs, cpa_store->depth_max, &end);

	(void)context;
	state.signals++;
	if (end == CPA_UNWIND_FAR_LIMIT) {
		pcs[depth++] = CPA_STACKS_PSEUDO_TRUNCATED;
		state.truncated += tick->ticks;
	} else if (end != CPA_UNWIND_FAR_ROOT) {
		pcs[depth++] = CPA_STACKS_PSEUDO_FAILED;
		state.broken += tick->ticks;
	}
	stack = cpa_stacks_intern(pcs, depth);
	count(stack, tick->label_set, tick->ticks);
	if (cpa_unlikely(cpa_trace_is_on))
		cpa_trace_add(CPA_TRACE_CPU, stack, tick->thread_id, tick->time_ns, NULL, 0);
}

/* Of a thread that ended, or when the profile does. Called with timers locked, by any thread. */
static void count_between(uint64_t ticks, uint64_t function)
{
	const uint64_t stack[] = {CPA_STACKS_PSEUDO_BETWEEN, function + 1};

	count(cpa_stacks_intern(stack, function ? 2 : 1), 0, ticks);
	__atomic_fetch_add(&state.between, ticks, __ATOMIC_RELAXED);
}

static void drain_locked(void)
{
	uint64_t lost;

	if (!state.hz || !make_tools())
		return;
	(void)cpa_cputicks_drain(count_tick, NULL);
	lost = cpa_cputicks_lost();
	if (lost)
		count(cpa_stacks_intern(&(uint64_t){CPA_STACKS_PSEUDO_LOST}, 1), 0, lost);
	state.lost += lost;
}

static int start_locked(uint32_t hz)
{
	int error;

	if (state.is_on)
		return -EBUSY;
	if (!make_tools())
		return -ENOMEM;
	error = cpa_cputicks_init();
	if (error)
		return error;
	cpa_cputicks_clear();
	cpa_tally_clear(CPA_TALLY_CPU);
	state = (struct cpa_cpu_state){
		.is_on = true,
		.hz = hz,
		.period_ns = SECOND_NS / hz,
		.start_ns = cpa_clock_wall_ns(),
	};
	start_mono_ns = cpa_clock_mono_ns();
	error = cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, cpa_cputicks_take);
	if (!error)
		error = cpa_cputimers_begin(state.period_ns);
	if (error) {
		cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
		state.is_on = false;
	}
	return error;
}

int cpa_cpu_start(uint32_t hz)
{
	int error;

	if (hz == 0 || hz > CPA_CPU_HZ_MAX)
		return -EINVAL;
	if (!CPA_STACKCOPY_WORKS)
		return -ENOSYS;
	cpa_lock_acquire(&turn);
	error = start_locked(hz);
	cpa_lock_release(&turn);
	if (!error)
		cpa_cputimers_sweep();
	return error;
}

int cpa_cpu_stop(void)
{
	int error = -EALREADY;

	cpa_lock_acquire(&turn);
	if (state.is_on) {
		cpa_cputimers_end(count_between);
		cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
		drain_locked();
		state.duration_ns = cpa_clock_mono_ns() - start_mono_ns;
		state.is_on = false;
		error = 0;
	}
	cpa_lock_release(&turn);
	return error;
}

void cpa_cpu_thread_begins(uint64_t function)
{
	if (cpa_unlikely(__atomic_load_n(&cpa_cputimers_on, __ATOMIC_RELAXED)))
		cpa_cputimers_arm(cpa_gate_thread_id(), function);
}

void cpa_cpu_thread_ends(void)
{
	if (cpa_unlikely(__atomic_load_n(&cpa_cputimers_on, __ATOMIC_RELAXED)))
		cpa_cputimers_disarm(count_between);
}

void cpa_cpu_drain(void)
{
	cpa_lock_acquire(&turn);
	drain_locked();
	cpa_lock_release(&turn);
}

struct cpa_cpu_state cpa_cpu_read(void)
{
	struct cpa_cputimers_counters timers = cpa_cputimers_count();
	struct cpa_cpu_state copy;

	cpa_lock_acquire(&turn);
	copy = state;
	if (copy.is_on)
		copy.duration_ns = cpa_clock_mono_ns() - start_mono_ns;
	cpa_lock_release(&turn);
	copy.ticks = __atomic_load_n(&state.ticks, __ATOMIC_RELAXED);
	copy.between = __atomic_load_n(&state.between, __ATOMIC_RELAXED);
	copy.threads = timers.armed;
	copy.failed = timers.failed;
	copy.vanished = timers.vanished;
	return copy;
}

void cpa_cpu_prefork(void)
{
	cpa_lock_acquire(&turn);
}

void cpa_cpu_postfork_parent(void)
{
	cpa_lock_release(&turn);
}

void cpa_cpu_postfork_child(void)
{
	cpa_lock_reset(&turn);
	cpa_cputimers_postfork_child();
	cpa_cputicks_clear();
	cpa_tally_clear(CPA_TALLY_CPU);
	state = (struct cpa_cpu_state){0};
}
