/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often and how long, per (kind, stack, label set).
 *
 *   tally_heads[hash & mask] -> row -> row -> 0        as stacks.c, and never removed either
 *
 * Sums are doubles, changed by compare-and-swap: exact to 9e15 ns, which is 104 days, and beyond
 * that wrong by less than the clock is.
 */
#include "sampling/tally.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/atomic_double.h"
#include "sampling/store.h"

struct row {
	cpa_store_ref next; /* this, kind, stack and label_set never change once published */
	cpa_stack_id stack;
	uint32_t label_set;
	uint32_t kind;
	double count; /* changed by atomic adds alone */
	double value_ns;
};

static cpa_store_ref last_resort[CPA_TALLY_KINDS];

static struct row *row_at(cpa_store_ref ref)
{
	return cpa_store_at(ref);
}

static cpa_store_ref search(cpa_store_ref from, cpa_store_ref until, const struct row *key)
{
	for (cpa_store_ref ref = from; ref != until; ref = row_at(ref)->next)
		if (row_at(ref)->stack == key->stack && row_at(ref)->label_set == key->label_set &&
			row_at(ref)->kind == key->kind)
			return ref;
	return 0;
}

/* The row of this key, new or known; 0: no memory. */
static cpa_store_ref intern(const struct row *key)
{
	uint64_t hash = ((uint64_t)key->stack << 32 | key->label_set << 2 | key->kind) *
			0x9e3779b97f4a7c15u;
	_Atomic cpa_store_ref *head = &cpa_store->tally_heads[(hash >> 32) % CPA_STORE_TALLY_HEADS];
	/* acquire: pairs with the release below, so that the row is seen whole. */
	cpa_store_ref first = atomic_load_explicit(head, memory_order_acquire);
	cpa_store_ref searched = 0, fresh = 0, found;

	for (;;) {
		found = search(first, searched, key);
		if (found)
			return found;
		searched = first;
		if (!fresh) {
			fresh = cpa_store_alloc(sizeof(struct row));
			if (!fresh)
				return 0;
			*row_at(fresh) = *key;
		}
		row_at(fresh)->next = first;
		if (atomic_compare_exchange_strong_explicit(
			    head, &first, fresh, memory_order_release, memory_order_acquire))
			return fresh;
	}
}

int cpa_tally_init(void)
{
	for (uint32_t kind = 0; kind < CPA_TALLY_KINDS; kind++) {
		last_resort[kind] = intern(&(struct row){.stack = cpa_stacks_full(), .kind = kind});
		if (!last_resort[kind])
			return -ENOMEM;
	}
	return 0;
}

void cpa_tally_add(enum cpa_tally_kind kind, cpa_stack_id stack, uint32_t label_set, double count,
	double value_ns)
{
	cpa_store_ref ref = intern(
		&(struct row){.stack = stack, .label_set = label_set, .kind = (uint32_t)kind});

	if (!ref)
		ref = last_resort[kind];
	cpa_atomic_double_add(&row_at(ref)->count, count);
	cpa_atomic_double_add(&row_at(ref)->value_ns, value_ns);
}

/* The next row of any kind; 0: no more. */
static cpa_store_ref advance(struct cpa_tally_walk *walk)
{
	if (walk->row)
		walk->row = row_at(walk->row)->next;
	while (!walk->row && walk->head < CPA_STORE_TALLY_HEADS)
		walk->row = atomic_load_explicit(
			&cpa_store->tally_heads[walk->head++], memory_order_acquire);
	return walk->row;
}

void cpa_tally_clear(enum cpa_tally_kind kind)
{
	struct cpa_tally_walk walk = {0};
	double zero = 0;

	while (cpa_store && advance(&walk)) {
		if (row_at(walk.row)->kind != (uint32_t)kind)
			continue;
		__atomic_store(&row_at(walk.row)->count, &zero, __ATOMIC_RELAXED);
		__atomic_store(&row_at(walk.row)->value_ns, &zero, __ATOMIC_RELAXED);
	}
}

bool cpa_tally_next(struct cpa_tally_walk *walk, struct cpa_tally_row *ret_row)
{
	const struct row *row;

	do {
		if (!cpa_store || !advance(walk))
			return false;
		row = row_at(walk->row);
		*ret_row = (struct cpa_tally_row){
			.stack = row->stack,
			.label_set = row->label_set,
			.count = cpa_atomic_double_load(&row->count),
			.value_ns = cpa_atomic_double_load(&row->value_ns),
		};
	} while (row->kind != (uint32_t)walk->kind || ret_row->count <= 0);
	return true;
}

uint64_t cpa_tally_rows(enum cpa_tally_kind kind)
{
	struct cpa_tally_walk walk = {.kind = kind};
	struct cpa_tally_row row;
	uint64_t count = 0;

	while (cpa_tally_next(&walk, &row))
		count++;
	return count;
}
