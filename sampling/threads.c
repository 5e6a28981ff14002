/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where is each thread of the program at this moment?
 *
 *   1. list    the kernel's threads, but ours; with labels and place of creation
 *   2. look    at each: asleep, it is unwound where it lies; if not, or not whole, it is to be asked
 *   3. ask     those, some at a time, until each has answered or nobody has for ANSWER_NS
 */
#include "sampling/threads.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/capture.h"
#include "sampling/gate.h"
#include "sampling/modules.h"
#include "sampling/roster.h"
#include "sampling/stackask.h"
#include "sampling/store.h"
#include "sampling/unwind.h"
#include "sampling/unwind_far.h"

#define ANSWER_NS ((uint64_t)100 * 1000 * 1000)  /* without any answer: no more is to be expected */
#define ASK_NS    ((uint64_t)5000 * 1000 * 1000) /* in all */
#define LOOKS_MAX 2u                             /* of a thread that moves while it is looked at */

enum progress { UNKNOWN, DONE, TO_ASK, NO_ANSWER, ENDED };

/* A thread while it is being found out. */
struct item {
	struct cpa_threads_row row;
	enum progress progress;
	bool internal;
	uint32_t depth; /* of pcs: what is known though it is not whole */
	uint64_t *pcs;
};

struct dump {
	struct cpa_arena *arena;
	struct cpa_unwind_far *far; /* NULL: none, every stack is unknown */
	uint32_t calling_tid;
	struct item *items; /* [count] */
	size_t count;
	uint32_t *slots; /* [slot_mask + 1], by tid: index + 1 of an item, 0: empty */
	uint32_t slot_mask;
	uint64_t *pcs; /* [depth_max + 1], of the stack at hand */
	uint32_t depth_max;
	struct cpa_threads_dump *result;
};

static struct cpa_lock turn; /* one dump at a time */

static uint32_t *find_slot(const struct dump *dump, uint32_t tid)
{
	uint32_t at = (uint32_t)((tid * 0x9e3779b97f4a7c15u) >> 32) & dump->slot_mask;

	while (dump->slots[at] && dump->items[dump->slots[at] - 1].row.tid != tid)
		at = (at + 1) & dump->slot_mask;
	return &dump->slots[at];
}

/* 1 */

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
		dump->items[i].row.tid = tids[i];
		dump->items[i].row.state = '?';
		*find_slot(dump, tids[i]) = (uint32_t)i + 1;
	}
	return 0;
}

/*
 * Slots are read after the kernel's list was: a thread that has one but is not in the list began
 * later, or has ended. The former is seen by asking for it.
 */
static void join_roster(struct dump *dump)
{
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry;

	while (cpa_roster_next(&walk, &entry)) {
		uint32_t index = *find_slot(dump, entry.tid);
		struct item *item = index ? &dump->items[index - 1] : NULL;

		if (!item) {
			struct cpa_proctask task;

			if (!cpa_proctask_look(entry.tid, SIGPROF, &task))
				cpa_roster_forget(&walk, entry.tid);
		} else if (!entry.internal) {
			item->row.label_set = entry.label_set;
			item->row.place = entry.place;
			item->internal = false;
			item->progress = UNKNOWN;
		} else if (!entry.leaving || item->progress == UNKNOWN) {
			item->internal = true;
		}
	}
}

/* 2 */

static void move_down(uint64_t *pcs, uint32_t *depth, uint32_t first)
{
	memmove(pcs, pcs + first, (*depth - first) * sizeof(*pcs));
	*depth -= first;
}

/*
 * Frames of ours are no business of the program's. It called us by the outermost of them: where it
 * did so to ask for this dump, what lies above is no business of its either.
 */
static void drop_own(const struct dump *dump, uint32_t tid, uint64_t *pcs, uint32_t *depth)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < *depth && tid == dump->calling_tid; i++) {
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

static cpa_stack_id intern(struct dump *dump, uint32_t tid, uint32_t depth, uint64_t root)
{
	drop_own(dump, tid, dump->pcs, &depth);
	if (root)
		dump->pcs[depth++] = root;
	return cpa_stacks_intern(dump->pcs, depth);
}

static void finish(
	struct dump *dump, struct item *item, uint32_t depth, enum cpa_unwind_far_end end)
{
	item->row.stack = intern(dump, item->row.tid, depth,
		end == CPA_UNWIND_FAR_LIMIT  ? CPA_STACKS_PSEUDO_TRUNCATED
		: end == CPA_UNWIND_FAR_ROOT ? 0
					     : CPA_STACKS_PSEUDO_FAILED);
	item->progress = DONE;
}

/* What is known of a thread that is to be asked: shown when it does not answer. */
static void keep(struct dump *dump, struct item *item, uint32_t depth)
{
	item->pcs = cpa_arena_alloc(dump->arena, (depth + 1) * sizeof(*item->pcs));
	item->depth = item->pcs ? depth : 0;
	if (item->pcs)
		memcpy(item->pcs, dump->pcs, depth * sizeof(*item->pcs));
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
static bool unwind_asleep(struct dump *dump, struct item *item, const struct cpa_proctask *before)
{
	struct cpa_unwind_far_start start = {
		.known_mask = 1u << CPA_UNWIND_FAR_RSP | 1u << CPA_UNWIND_FAR_RIP};
	struct cpa_proctask_sleep sleep, sleep_after;
	struct cpa_proctask after;
	enum cpa_unwind_far_end end;
	uint32_t depth;

	item->progress = TO_ASK;
	if (!dump->far || !cpa_proctask_sleep(item->row.tid, &sleep))
		return true;
	start.regs[CPA_UNWIND_FAR_RSP] = sleep.sp;
	start.regs[CPA_UNWIND_FAR_RIP] = sleep.pc;
	start.pc_is_call = sleep.call_number >= 0;
	depth = cpa_unwind_far(dump->far, &start, dump->pcs, dump->depth_max, &end);
	if (!cpa_proctask_sleep(item->row.tid, &sleep_after) || !same_sleep(&sleep, &sleep_after) ||
		!cpa_proctask_look(item->row.tid, SIGPROF, &after) ||
		before->switch_count != after.switch_count)
		return false;
	if (end == CPA_UNWIND_FAR_UNKNOWN)
		keep(dump, item, depth);
	else
		finish(dump, item, depth, end);
	return true;
}

/* Not on its way to user mode, where signals are looked at. */
static bool cannot_answer(const struct cpa_proctask *task)
{
	return task->blocks_signal || task->state == 'D' || task->state == 'T' ||
	       task->state == 't';
}

static void look(struct dump *dump, struct item *item)
{
	struct cpa_proctask task = {0};

	for (uint32_t i = 0; i < LOOKS_MAX; i++) {
		if (!cpa_proctask_look(item->row.tid, SIGPROF, &task) || task.state == 'X' ||
			task.state == 'Z') {
			item->progress = ENDED;
			return;
		}
		item->row.state = task.state;
		item->progress = TO_ASK;
		if (task.state == 'R' || unwind_asleep(dump, item, &task))
			break;
	}
	cpa_proctask_name(item->row.tid, item->row.name);
	if (item->progress == TO_ASK && cannot_answer(&task))
		item->progress = NO_ANSWER;
}

/* The dump is made on the thread that wants it, for want of another. */
static void look_here(struct item *item)
{
	item->row.state = 'R';
	item->row.stack = cpa_capture_stack(0);
	cpa_proctask_name(item->row.tid, item->row.name);
	item->progress = DONE;
}

/* 3 */

struct asking {
	size_t next;                            /* item to look for one to ask */
	struct item *asked[CPA_STACKASK_SLOTS]; /* NULL: free */
	uint32_t count;
};

static void take_answer(
	struct dump *dump, struct item *item, const struct cpa_stackask_answer *answer)
{
	enum cpa_unwind_far_end end = CPA_UNWIND_FAR_BROKEN;
	uint32_t depth = 0;

	if (dump->far)
		depth = cpa_unwind_far(dump->far, &answer->start, dump->pcs, dump->depth_max, &end);
	finish(dump, item, depth, end);
	item->row.label_set = answer->label_set;
	dump->result->by_signal++;
	if (answer->pause_ns > dump->result->pause_max_ns)
		dump->result->pause_max_ns = answer->pause_ns;
}

static void fill_slots(struct dump *dump, struct asking *asking)
{
	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++) {
		while (!asking->asked[i] && asking->next < dump->count) {
			struct item *item = &dump->items[asking->next++];

			if (item->progress != TO_ASK || item->internal)
				continue;
			if (cpa_stackask_send(i, item->row.tid)) {
				asking->asked[i] = item;
				asking->count++;
			} else {
				item->progress = NO_ANSWER;
			}
		}
	}
}

static uint32_t empty_slots(struct dump *dump, struct asking *asking)
{
	uint32_t taken = 0;

	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++) {
		const struct cpa_stackask_answer *answer =
			asking->asked[i] ? cpa_stackask_answer(i) : NULL;

		if (!answer)
			continue;
		take_answer(dump, asking->asked[i], answer);
		(void)cpa_stackask_free(i);
		asking->asked[i] = NULL;
		asking->count--;
		taken++;
	}
	return taken;
}

static void give_up(struct dump *dump, struct asking *asking)
{
	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++)
		if (asking->asked[i])
			asking->asked[i]->progress = NO_ANSWER;
	for (; asking->next < dump->count; asking->next++)
		if (dump->items[asking->next].progress == TO_ASK)
			dump->items[asking->next].progress = NO_ANSWER;
}

static void ask(struct dump *dump)
{
	struct asking asking = {0};
	uint64_t now_ns = cpa_clock_mono_ns();
	uint64_t end_ns = now_ns + ASK_NS;
	uint64_t answer_end_ns = now_ns + ANSWER_NS;

	while (now_ns < end_ns && now_ns < answer_end_ns) {
		uint32_t seen = cpa_stackask_answers();

		fill_slots(dump, &asking);
		if (!asking.count)
			return;
		cpa_stackask_wait(seen, answer_end_ns - now_ns);
		now_ns = cpa_clock_mono_ns();
		if (empty_slots(dump, &asking))
			answer_end_ns = now_ns + ANSWER_NS;
	}
	give_up(dump, &asking);
}

static bool any_to_ask(const struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++)
		if (dump->items[i].progress == TO_ASK && !dump->items[i].internal)
			return true;
	return false;
}

static void show_unanswered(struct dump *dump, struct item *item)
{
	struct cpa_proctask task;

	/* It may not have answered because it ended. */
	if (!cpa_proctask_look(item->row.tid, SIGPROF, &task)) {
		item->progress = ENDED;
		return;
	}
	if (item->depth)
		memcpy(dump->pcs, item->pcs, item->depth * sizeof(*item->pcs));
	item->row.stack = intern(dump, item->row.tid, item->depth, CPA_STACKS_PSEUDO_NO_ANSWER);
	item->progress = DONE;
	dump->result->no_answer++;
}

static void find_out(struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++) {
		struct item *item = &dump->items[i];

		if (item->internal)
			continue;
		if (item->row.tid == dump->calling_tid && item->row.tid == cpa_gate_thread_id())
			look_here(item);
		else
			look(dump, item);
	}
	if (any_to_ask(dump)) {
		if (cpa_stackask_begin() == 0) {
			ask(dump);
			cpa_stackask_end();
		}
		for (size_t i = 0; i < dump->count; i++)
			if (dump->items[i].progress == TO_ASK)
				dump->items[i].progress = NO_ANSWER;
	}
}

static int make_rows(struct dump *dump)
{
	struct cpa_threads_dump *result = dump->result;
	size_t first = 1; /* place 0 is the calling thread's, which may be missing */

	result->rows = cpa_arena_alloc(dump->arena, (dump->count + 1) * sizeof(*result->rows));
	if (!result->rows)
		return -ENOMEM;
	result->count = 1;
	for (size_t i = 0; i < dump->count; i++) {
		struct item *item = &dump->items[i];

		if (item->internal)
			continue;
		if (item->progress == NO_ANSWER)
			show_unanswered(dump, item);
		if (item->progress != DONE)
			continue;
		if (item->row.tid == dump->calling_tid) {
			result->rows[0] = item->row;
			first = 0;
		} else {
			result->rows[result->count++] = item->row;
		}
	}
	result->rows += first;
	result->count -= first;
	return 0;
}

static int collect(struct dump *dump)
{
	int error = make_items(dump);

	if (error)
		return error;
	dump->depth_max = cpa_store->depth_max;
	dump->pcs = cpa_arena_alloc(dump->arena, (dump->depth_max + 1) * sizeof(*dump->pcs));
	if (!dump->pcs)
		return -ENOMEM;
	join_roster(dump);
	dump->far = cpa_unwind_far_new(dump->arena);
	find_out(dump);
	error = make_rows(dump);
	cpa_unwind_far_free(dump->far);
	return error;
}

int cpa_threads_collect(
	struct cpa_arena *arena, uint32_t calling_tid, struct cpa_threads_dump *ret_dump)
{
	struct cpa_threads_dump result = {0};
	struct dump dump = {.arena = arena, .calling_tid = calling_tid, .result = &result};
	uint64_t start_ns = cpa_clock_mono_ns();
	int error;

	cpa_lock_acquire(&turn);
	error = collect(&dump);
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
	if (make_items(&dump) == 0) {
		join_roster(&dump);
		for (size_t i = 0; i < dump.count; i++)
			count += !dump.items[i].internal;
	}
	cpa_arena_done(&arena);
	return count;
}

void cpa_threads_postfork_child(void)
{
	cpa_lock_reset(&turn);
	cpa_stackask_postfork_child();
}
