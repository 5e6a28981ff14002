/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack of another thread: read while it sleeps, or from its answer. */
#include "sampling/threadstack.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/askable.h"
#include "sampling/capture.h"
#include "sampling/framepointer.h"
#include "sampling/gate.h"
#include "sampling/modules.h"
#include "sampling/proctask.h"
#include "sampling/unwind_far.h"

#define CALLING_NS ((uint64_t)5000 * 1000 * 1000) /* for the calling thread to come to rest */
#define REST_NS    ((uint64_t)50 * 1000)          /* between two looks at it */
#define LOOKS_MAX  2u                             /* at others, that move meanwhile */

int cpa_threadstack_begin(struct cpa_threadstack_finder *finder)
{
	finder->depth_max = cpa_store->depth_max;
	finder->pcs =
		cpa_arena_alloc(finder->arena, (finder->depth_max + 1) * sizeof(*finder->pcs));
	finder->far = finder->pcs ? cpa_unwind_far_new(finder->arena) : NULL;
	return finder->pcs ? 0 : -ENOMEM;
}

void cpa_threadstack_end(struct cpa_threadstack_finder *finder)
{
	cpa_unwind_far_free(finder->far);
	finder->far = NULL;
}

static void move_down(uint64_t *pcs, uint32_t *depth, uint32_t first)
{
	memmove(pcs, pcs + first, (*depth - first) * sizeof(*pcs));
	*depth -= first;
}

/*
 * Frames of ours are no business of the program's. It called us by the outermost of them: where it
 * did so to ask for this dump, what lies above is none either.
 */
static void drop_own(
	const struct cpa_threadstack_finder *finder, uint32_t tid, uint64_t *pcs, uint32_t *depth)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < *depth && tid == finder->calling_tid; i++) {
		if (cpa_modules_own(pcs[i]) && !cpa_modules_own(pcs[i + 1 < *depth ? i + 1 : i])) {
			move_down(pcs, depth, i + 1);
			break;
		}
	}
	for (uint32_t i = 0; i < *depth; i++)
		if (!cpa_modules_own(pcs[i]))
			pcs[kept++] = pcs[i];
	*depth = kept;
}

static cpa_stack_id intern(
	struct cpa_threadstack_finder *finder, uint32_t tid, uint32_t depth, uint64_t root)
{
	drop_own(finder, tid, finder->pcs, &depth);
	if (root)
		finder->pcs[depth++] = root;
	return cpa_stacks_intern(finder->pcs, depth);
}

static void finish(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread,
	uint32_t depth, enum cpa_unwind_far_end end)
{
	thread->stack = intern(finder, thread->tid, depth,
		end == CPA_UNWIND_FAR_LIMIT  ? CPA_STACKS_PSEUDO_TRUNCATED
		: end == CPA_UNWIND_FAR_ROOT ? 0
					     : CPA_STACKS_PSEUDO_FAILED);
	thread->progress = CPA_THREADSTACK_FOUND;
}

/* What is known of a thread that is to be asked: shown when it does not answer. */
static void keep(
	struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread, uint32_t depth)
{
	thread->pcs = cpa_arena_alloc(finder->arena, (depth + 1) * sizeof(*thread->pcs));
	thread->depth = thread->pcs ? depth : 0;
	if (thread->pcs)
		memcpy(thread->pcs, finder->pcs, depth * sizeof(*thread->pcs));
}

static bool same_sleep(const struct cpa_proctask_sleep *a, const struct cpa_proctask_sleep *b)
{
	return a->call_number == b->call_number && a->sp == b->sp && a->pc == b->pc;
}

/*
 * Unwind a thread where it sleeps. The order of the four looks matters: a thread that slept at the
 * second and at the third, and went to sleep between the first and the fourth as often as not at
 * all, did not run between the second and the third. False: it did; look again.
 */
static bool unwind_asleep(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread,
	const struct cpa_proctask *before)
{
	struct cpa_unwind_far_start start = {
		.known_mask = 1u << CPA_UNWIND_FAR_RSP | 1u << CPA_UNWIND_FAR_RIP};
	struct cpa_proctask_sleep sleep, sleep_after;
	struct cpa_proctask after;
	enum cpa_unwind_far_end end;
	uint32_t depth;

	thread->progress = CPA_THREADSTACK_TO_ASK;
	if (!finder->far || !cpa_proctask_sleep(thread->tid, &sleep))
		return true;
	start.regs[CPA_UNWIND_FAR_RSP] = sleep.sp;
	start.regs[CPA_UNWIND_FAR_RIP] = sleep.pc;
	start.pc_is_call = sleep.call_number >= 0;
	depth = cpa_framepointer_unwind(finder->far, &start, finder->pcs, finder->depth_max, &end);
	if (!cpa_proctask_sleep(thread->tid, &sleep_after) || !same_sleep(&sleep, &sleep_after) ||
		!cpa_proctask_look(thread->tid, SIGPROF, &after) ||
		before->switch_count != after.switch_count)
		return false;
	if (end == CPA_UNWIND_FAR_UNKNOWN)
		keep(finder, thread, depth);
	else
		finish(finder, thread, depth, end);
	return true;
}

/* Not on its way to user mode, where signals are looked at; or deaf in its sleep. */
static bool cannot_answer(const struct cpa_proctask *task)
{
	return (task->blocks_signal && task->state != 'R') || task->state == 'D' ||
	       task->state == 'T' || task->state == 't';
}

/*
 * Another look at a thread that moved? The calling thread is about to wait for
 * us, if it does not yet: until then it may run with all signals blocked, as it started our thread.
 */
static bool look_again(
	const struct cpa_threadstack_finder *finder, uint32_t tid, uint32_t looks, uint64_t end_ns)
{
	_Atomic uint32_t never = 0;

	if (tid != finder->calling_tid)
		return looks < LOOKS_MAX;
	cpa_lock_wait(&never, 0, REST_NS);
	return cpa_clock_mono_ns() < end_ns;
}

static void look_there(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread)
{
	uint64_t end_ns = cpa_clock_mono_ns() + CALLING_NS;
	bool calling = thread->tid == finder->calling_tid;
	struct cpa_proctask task = {0};
	uint32_t looks = 0;

	do {
		if (!cpa_proctask_look(thread->tid, SIGPROF, &task) || task.state == 'X' ||
			task.state == 'Z') {
			thread->progress = CPA_THREADSTACK_ENDED;
			return;
		}
		thread->state = task.state;
		thread->progress = CPA_THREADSTACK_TO_ASK;
		if (task.state == 'R' ? !calling : unwind_asleep(finder, thread, &task))
			break;
	} while (look_again(finder, thread->tid, ++looks, end_ns));
	if (thread->progress == CPA_THREADSTACK_TO_ASK && cannot_answer(&task))
		thread->progress = CPA_THREADSTACK_NO_ANSWER;
	if (thread->progress == CPA_THREADSTACK_TO_ASK && !cpa_askable(thread->tid))
		thread->progress = CPA_THREADSTACK_NOT_ASKED;
	thread->blocks_signal = task.blocks_signal;
}

/* The dump is made on the thread that wants it, for want of another. */
static void look_here(struct cpa_threadstack *thread)
{
	thread->state = 'R';
	thread->stack = cpa_capture_stack(0);
	thread->progress = CPA_THREADSTACK_FOUND;
}

void cpa_threadstack_look(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread)
{
	if (thread->tid == finder->calling_tid && thread->tid == cpa_gate_thread_id())
		look_here(thread);
	else
		look_there(finder, thread);
}

void cpa_threadstack_take(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread,
	const struct cpa_stackask_answer *answer)
{
	enum cpa_unwind_far_end end = CPA_UNWIND_FAR_BROKEN;
	uint32_t depth = 0;

	if (finder->far)
		depth = cpa_unwind_far(
			finder->far, &answer->start, finder->pcs, finder->depth_max, &end);
	finish(finder, thread, depth, end);
	thread->label_set = answer->label_set;
	finder->answers++;
	if (answer->pause_ns > finder->pause_max_ns)
		finder->pause_max_ns = answer->pause_ns;
}

void cpa_threadstack_settle(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread)
{
	struct cpa_proctask task;

	/* It may not have answered because it ended. */
	if (!cpa_proctask_look(thread->tid, SIGPROF, &task)) {
		thread->progress = CPA_THREADSTACK_ENDED;
		return;
	}
	if (thread->depth)
		memcpy(finder->pcs, thread->pcs, thread->depth * sizeof(*thread->pcs));
	thread->stack = intern(finder, thread->tid, thread->depth,
		thread->progress == CPA_THREADSTACK_NOT_ASKED ? CPA_STACKS_PSEUDO_NOT_ASKED
							      : CPA_STACKS_PSEUDO_NO_ANSWER);
	thread->progress = CPA_THREADSTACK_FOUND;
}
