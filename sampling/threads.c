/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where is each thread of the program at this moment?
 *
 *   1. list    the kernel's threads, but ours; with labels and place of creation
 *   2. look    at each
 *   3. ask     those of which that was not enough
 */
#include "sampling/threads.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/roster.h"
#include "sampling/stackask.h"
#include "sampling/threadask.h"
#include "sampling/threadstack.h"

/* A thread while it is being found out. */
struct item {
	struct cpa_threadstack thread;
	cpa_threadcreate_place place;
	bool internal;
	bool listed; /* as one of the program's */
	char name[CPA_PROCTASK_NAME_BYTES];
};

struct dump {
	struct cpa_arena *arena;
	struct item *items; /* [count] */
	size_t count;
	uint32_t *slots; /* [slot_mask + 1], by tid: index + 1 of an item, 0: empty */
	uint32_t slot_mask;
};

static struct cpa_lock turn; /* one dump at a time */

static uint32_t *find_slot(const struct dump *dump, uint32_t tid)
{
	uint32_t at = (uint32_t)((tid * 0x9e3779b97f4a7c15u) >> 32) & dump->slot_mask;

	while (dump->slots[at] && dump->items[dump->slots[at] - 1].thread.tid != tid)
		at = (at + 1) & dump->slot_mask;
	return &dump->slots[at];
}

static int make_items(struct dump *dump)
{
	uint32_t *tids;
	int error = cpa_proctask_list(dump->arena, &tids, &dump->count);
	uint32_t slot_count = 16;

	if (error)
		return error;
	while (slot_count < 2 * dump->count)
		slot_count *= 2;
	dump->slot_mask = slot_count - 1;
	dump->items = cpa_arena_alloc(dump->arena, (dump->count + 1) * sizeof(*dump->items));
	dump->slots = cpa_arena_alloc(dump->arena, slot_count * sizeof(*dump->slots));
	if (!dump->items || !dump->slots)
		return -ENOMEM;
	for (size_t i = 0; i < dump->count; i++) {
		dump->items[i].thread.tid = tids[i];
		*find_slot(dump, tids[i]) = (uint32_t)i + 1;
	}
	return 0;
}

/*
 * Slots are read after the kernel's list was: a thread that has one but is not in the list began
 * later, or has ended. The former is seen by asking for it. Of a thread of ours that was about to
 * end the number may be another's by now: then that one has a slot too.
 */
static void join_roster(struct dump *dump)
{
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry;

	while (cpa_roster_next(&walk, &entry)) {
		uint32_t index = *find_slot(dump, entry.tid);
		struct item *item = index ? &dump->items[index - 1] : NULL;
		struct cpa_proctask task;

		if (!item) {
			if (!cpa_proctask_look(entry.tid, SIGPROF, &task))
				cpa_roster_forget(&walk, entry.tid);
		} else if (!entry.internal) {
			item->thread.label_set = entry.label_set;
			item->place = entry.place;
			item->listed = true;
			item->internal = false;
		} else {
			item->internal = !entry.leaving || !item->listed;
		}
	}
}

static int list(struct dump *dump)
{
	int error = make_items(dump);

	if (error)
		return error;
	cpa_roster_await_internal(); /* else one of ours that just begins would be the program's */
	join_roster(dump);
	return 0;
}

static int find_stacks(struct dump *dump, struct cpa_threadstack_finder *finder)
{
	struct cpa_threadstack **to_ask =
		cpa_arena_alloc(dump->arena, (dump->count + 1) * sizeof(struct cpa_threadstack *));
	size_t to_ask_count = 0;

	if (!to_ask)
		return -ENOMEM;
	for (size_t i = 0; i < dump->count; i++) {
		struct item *item = &dump->items[i];

		if (item->internal)
			continue;
		cpa_threadstack_look(finder, &item->thread);
		cpa_proctask_name(item->thread.tid, item->name);
		if (item->thread.progress == CPA_THREADSTACK_TO_ASK)
			to_ask[to_ask_count++] = &item->thread;
	}
	cpa_threadask_all(finder, to_ask, to_ask_count);
	return 0;
}

static struct cpa_threads_row make_row(const struct item *item)
{
	struct cpa_threads_row row = {
		.tid = item->thread.tid,
		.label_set = item->thread.label_set,
		.stack = item->thread.stack,
		.place = item->place,
		.state = item->thread.state,
	};

	memcpy(row.name, item->name, sizeof(row.name));
	return row;
}

/* A thread whose stack is not whole. */
static void settle(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread,
	struct cpa_threads_dump *result)
{
	enum cpa_threadstack_progress was = thread->progress;

	if (was != CPA_THREADSTACK_NOT_ASKED && was != CPA_THREADSTACK_NO_ANSWER)
		return;
	cpa_threadstack_settle(finder, thread);
	if (thread->progress != CPA_THREADSTACK_FOUND)
		return;
	result->not_asked += was == CPA_THREADSTACK_NOT_ASKED;
	result->no_answer += was == CPA_THREADSTACK_NO_ANSWER;
}

static int make_rows(
	struct dump *dump, struct cpa_threadstack_finder *finder, struct cpa_threads_dump *result)
{
	size_t first = 1; /* place 0 is the calling thread's, which may be missing */

	result->rows = cpa_arena_alloc(dump->arena, (dump->count + 1) * sizeof(*result->rows));
	if (!result->rows)
		return -ENOMEM;
	result->count = 1;
	for (size_t i = 0; i < dump->count; i++) {
		struct item *item = &dump->items[i];

		if (item->internal)
			continue;
		if (item->thread.progress != CPA_THREADSTACK_FOUND)
			settle(finder, &item->thread, result);
		if (item->thread.progress != CPA_THREADSTACK_FOUND)
			continue;
		if (item->thread.tid == finder->calling_tid) {
			result->rows[0] = make_row(item);
			first = 0;
		} else {
			result->rows[result->count++] = make_row(item);
		}
	}
	result->rows += first;
	result->count -= first;
	result->by_signal = finder->answers;
	result->pause_max_ns = finder->pause_max_ns;
	return 0;
}

static int collect(
	struct dump *dump, struct cpa_threadstack_finder *finder, struct cpa_threads_dump *result)
{
	int error = list(dump);

	if (!error)
		error = cpa_threadstack_begin(finder);
	if (error)
		return error;
	error = find_stacks(dump, finder);
	if (!error)
		error = make_rows(dump, finder, result);
	cpa_threadstack_end(finder);
	return error;
}

int cpa_threads_collect(
	struct cpa_arena *arena, uint32_t calling_tid, struct cpa_threads_dump *ret_dump)
{
	struct cpa_threadstack_finder finder = {.arena = arena, .calling_tid = calling_tid};
	struct cpa_threads_dump result = {0};
	struct dump dump = {.arena = arena};
	uint64_t start_ns = cpa_clock_mono_ns();
	int error;

	cpa_lock_acquire(&turn);
	error = collect(&dump, &finder, &result);
	cpa_lock_release(&turn);
	result.elapsed_ns = cpa_clock_mono_ns() - start_ns;
	if (!error)
		*ret_dump = result;
	return error;
}

uint64_t cpa_threads_count(void)
{
	struct cpa_arena arena;
	struct dump dump = {.arena = &arena};
	uint64_t count = 0;

	cpa_arena_init(&arena, 0);
	if (list(&dump) == 0)
		for (size_t i = 0; i < dump.count; i++)
			count += !dump.items[i].internal;
	cpa_arena_done(&arena);
	return count;
}

void cpa_threads_postfork_child(void)
{
	cpa_lock_reset(&turn);
	cpa_stackask_postfork_child();
}
