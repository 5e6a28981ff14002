/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads of which a look was not enough are asked, and waited for. */
#include "sampling/threadask.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/askable.h"
#include "sampling/proctask.h"
#include "sampling/stackask.h"

#define WAIT_NS        ((uint64_t)10 * 1000 * 1000)
/* Waits without an answer. A ready thread may need more than ten where dozens are ready. */
#define WAITS_MAX      100u
#define DEAF_WAITS_MAX 10u                            /* for threads to unblock the signal */
#define ASK_NS         ((uint64_t)5000 * 1000 * 1000) /* in all */

struct asking {
	struct cpa_threadstack **threads; /* [count] */
	size_t count;
	size_t next;                                       /* to be asked */
	struct cpa_threadstack *asked[CPA_STACKASK_SLOTS]; /* NULL: the slot is free */
	uint32_t asked_count;
};

static bool is_to_ask(const struct cpa_threadstack *thread)
{
	return thread->progress == CPA_THREADSTACK_TO_ASK && !thread->blocks_signal;
}

/* It may have gone to sleep, or elsewhere, since it was looked at: then another look is enough. */
static bool may_ask(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread)
{
	if (is_to_ask(thread) && !cpa_askable(thread->tid))
		cpa_threadstack_look(finder, thread);
	return is_to_ask(thread);
}

static void fill_slots(struct cpa_threadstack_finder *finder, struct asking *asking)
{
	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++) {
		/* One that was given up may still be written to. */
		if (!asking->asked[i] && !cpa_stackask_free(i))
			continue;
		while (!asking->asked[i] && asking->next < asking->count) {
			struct cpa_threadstack *thread = asking->threads[asking->next++];

			if (may_ask(finder, thread) && cpa_stackask_send(i, thread->tid)) {
				asking->asked[i] = thread;
				asking->asked_count++;
			}
		}
	}
}

/* Returns how many answers there were. */
static uint32_t empty_slots(struct cpa_threadstack_finder *finder, struct asking *asking)
{
	uint32_t taken = 0;

	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++) {
		const struct cpa_stackask_answer *answer =
			asking->asked[i] ? cpa_stackask_answer(i) : NULL;

		if (!answer)
			continue;
		cpa_threadstack_take(finder, asking->asked[i], answer);
		(void)cpa_stackask_free(i);
		asking->asked[i] = NULL;
		asking->asked_count--;
		taken++;
	}
	return taken;
}

/* Nothing is to be expected of threads that have ended. */
static void drop_ended(struct asking *asking)
{
	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++) {
		struct cpa_threadstack *thread = asking->asked[i];
		struct cpa_proctask task;

		if (!thread || cpa_proctask_look(thread->tid, SIGPROF, &task))
			continue;
		thread->progress = CPA_THREADSTACK_ENDED;
		(void)cpa_stackask_free(i);
		asking->asked[i] = NULL;
		asking->asked_count--;
	}
}

/*
 * Patience is counted in waits that have passed, not by the clock alone: where the machine is
 * crowded we come late ourselves, and the answers are there.
 */
static void ask(struct cpa_threadstack_finder *finder, struct asking *asking)
{
	uint64_t end_ns = cpa_clock_mono_ns() + ASK_NS;
	uint32_t waits = 0;

	while (waits < WAITS_MAX) {
		uint32_t seen = cpa_stackask_answers();
		uint64_t now_ns = cpa_clock_mono_ns();

		fill_slots(finder, asking);
		if (!asking->asked_count)
			return;
		/* An answer that comes after this look is one more than were seen. */
		if (empty_slots(finder, asking)) {
			waits = 0;
			continue;
		}
		if (now_ns >= end_ns)
			return;
		cpa_stackask_wait(seen, WAIT_NS);
		if (cpa_stackask_answers() == seen)
			drop_ended(asking);
		waits++;
	}
}

/* One round of questions: to all that can hear and were not asked before. */
static void ask_round(
	struct cpa_threadstack_finder *finder, struct cpa_threadstack **threads, size_t count)
{
	struct asking asking = {.threads = threads, .count = count};

	if (cpa_stackask_begin() == 0) {
		ask(finder, &asking);
		cpa_stackask_end();
	}
	for (size_t i = 0; i < count; i++)
		if (is_to_ask(threads[i]))
			threads[i]->progress = CPA_THREADSTACK_NO_ANSWER;
}

/* Returns how many are still deaf. */
static size_t look_at_deaf(struct cpa_threadstack **threads, size_t count)
{
	size_t deaf_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct cpa_proctask task;

		if (threads[i]->progress != CPA_THREADSTACK_TO_ASK || !threads[i]->blocks_signal)
			continue;
		threads[i]->blocks_signal =
			cpa_proctask_look(threads[i]->tid, SIGPROF, &task) && task.blocks_signal;
		deaf_count += threads[i]->blocks_signal;
	}
	return deaf_count;
}

void cpa_threadask_all(
	struct cpa_threadstack_finder *finder, struct cpa_threadstack **threads, size_t count)
{
	_Atomic uint32_t never = 0;
	bool any_deaf = false;

	if (!count)
		return;
	ask_round(finder, threads, count);
	for (size_t i = 0; i < count; i++)
		any_deaf = any_deaf || threads[i]->progress == CPA_THREADSTACK_TO_ASK;
	if (!any_deaf)
		return;
	for (uint32_t waits = 0; waits < DEAF_WAITS_MAX && look_at_deaf(threads, count); waits++)
		cpa_lock_wait(&never, 0, WAIT_NS);
	ask_round(finder, threads, count);
	for (size_t i = 0; i < count; i++)
		if (threads[i]->progress == CPA_THREADSTACK_TO_ASK)
			threads[i]->progress = CPA_THREADSTACK_NO_ANSWER;
}
