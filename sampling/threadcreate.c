/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where threads were created.
 *
 *   thread_heads[hash & mask] -> place -> place -> 0        as stacks.c, and never removed either
 */
#include "sampling/threadcreate.h"

#include <stdatomic.h>

#include "sampling/store.h"

struct place {
	cpa_threadcreate_place next; /* this, stack and label_set never change once published */
	cpa_stack_id stack;
	uint32_t label_set;
	uint32_t pad;
	uint64_t created; /* changed by atomic adds alone */
	uint64_t live;
};

static uint64_t lost_count;

static struct place *place_at(cpa_threadcreate_place ref)
{
	return cpa_store_at(ref);
}

static cpa_threadcreate_place search(cpa_threadcreate_place from, cpa_threadcreate_place until,
	cpa_stack_id stack, uint32_t label_set)
{
	for (cpa_threadcreate_place ref = from; ref != until; ref = place_at(ref)->next)
		if (place_at(ref)->stack == stack && place_at(ref)->label_set == label_set)
			return ref;
	return 0;
}

static cpa_threadcreate_place intern(cpa_stack_id stack, uint32_t label_set)
{
	uint64_t hash = ((uint64_t)stack << 32 | label_set) * 0x9e3779b97f4a7c15u;
	_Atomic cpa_store_ref *head =
		&cpa_store->thread_heads[(hash >> 32) % CPA_STORE_THREAD_HEADS];
	/* acquire: pairs with the release below, so that the place is seen whole. */
	cpa_threadcreate_place first = atomic_load_explicit(head, memory_order_acquire);
	cpa_threadcreate_place searched = 0, fresh = 0, found;

	for (;;) {
		found = search(first, searched, stack, label_set);
		if (found)
			return found;
		searched = first;
		if (!fresh) {
			fresh = cpa_store_alloc(sizeof(struct place));
			if (!fresh)
				return 0;
			place_at(fresh)->stack = stack;
			place_at(fresh)->label_set = label_set;
		}
		place_at(fresh)->next = first;
		if (atomic_compare_exchange_strong_explicit(
			    head, &first, fresh, memory_order_release, memory_order_acquire))
			return fresh;
	}
}

void cpa_threadcreate_lost(void)
{
	__atomic_fetch_add(&lost_count, 1, __ATOMIC_RELAXED);
}

cpa_threadcreate_place cpa_threadcreate_begin(cpa_stack_id stack, uint32_t label_set)
{
	cpa_threadcreate_place ref = intern(stack, label_set);

	if (!ref) {
		cpa_threadcreate_lost();
		return 0;
	}
	__atomic_fetch_add(&place_at(ref)->created, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&place_at(ref)->live, 1, __ATOMIC_RELAXED);
	return ref;
}

void cpa_threadcreate_failed(cpa_threadcreate_place ref)
{
	if (!ref)
		return;
	__atomic_fetch_sub(&place_at(ref)->live, 1, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&place_at(ref)->created, 1, __ATOMIC_RELAXED);
}

void cpa_threadcreate_ended(cpa_threadcreate_place ref)
{
	if (ref)
		__atomic_fetch_sub(&place_at(ref)->live, 1, __ATOMIC_RELAXED);
}

cpa_stack_id cpa_threadcreate_stack(cpa_threadcreate_place ref)
{
	return ref ? place_at(ref)->stack : 0;
}

/* The next place of all, even one that created nothing. 0: no more. */
static cpa_threadcreate_place advance(struct cpa_threadcreate_walk *walk)
{
	if (walk->place)
		walk->place = place_at(walk->place)->next;
	while (!walk->place && walk->head < CPA_STORE_THREAD_HEADS)
		walk->place = atomic_load_explicit(
			&cpa_store->thread_heads[walk->head++], memory_order_acquire);
	return walk->place;
}

bool cpa_threadcreate_next(struct cpa_threadcreate_walk *walk, struct cpa_threadcreate_row *ret_row)
{
	const struct place *place;

	do {
		if (!cpa_store || !advance(walk))
			return false;
		place = place_at(walk->place);
		*ret_row = (struct cpa_threadcreate_row){
			.stack = place->stack,
			.label_set = place->label_set,
			.created = __atomic_load_n(&place->created, __ATOMIC_RELAXED),
			.live = __atomic_load_n(&place->live, __ATOMIC_RELAXED),
		};
	} while (!ret_row->created);
	return true;
}

struct cpa_threadcreate_counters cpa_threadcreate_count(void)
{
	struct cpa_threadcreate_counters counters = {
		.lost = __atomic_load_n(&lost_count, __ATOMIC_RELAXED)};
	struct cpa_threadcreate_walk walk = {0};
	struct cpa_threadcreate_row row;

	while (cpa_threadcreate_next(&walk, &row)) {
		counters.created += row.created;
		counters.live += row.live;
	}
	return counters;
}

void cpa_threadcreate_postfork_child(cpa_threadcreate_place own)
{
	struct cpa_threadcreate_walk walk = {0};

	while (cpa_store && advance(&walk))
		__atomic_store_n(&place_at(walk.place)->live, walk.place == own, __ATOMIC_RELAXED);
}
