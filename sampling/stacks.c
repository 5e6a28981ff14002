/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each distinct call stack once, in chains hung from a fixed array of heads.
 *
 *   heads[hash & mask] -> stack -> stack -> 0        a new stack is pushed at the head
 *
 * Nothing is ever removed or moved, so readers need no lock, and a writer needs one
 * compare-and-swap of the head: when it fails, only the stacks pushed meanwhile are searched
 * again.
 */
#include "sampling/stacks.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "sampling/stack_record.h"

static cpa_stack_id full_stack;
static cpa_stack_id failed_stack;

/*
 * Four lanes, so that the multiplications of one frame need not wait for those of the frame
 * before.
 */
static uint32_t hash_pcs(const uint64_t *pcs, uint32_t depth)
{
	const uint64_t factor = 0x9e3779b97f4a7c15u;
	uint64_t lanes[4] = {depth, 1, 2, 3};
	uint64_t hash = 0;

	for (uint32_t i = 0; i < depth; i++)
		lanes[i & 3] = (lanes[i & 3] ^ pcs[i]) * factor;
	/* Fold: the product's high half is the better mixed one. */
	for (uint32_t i = 0; i < 4; i++)
		hash = (hash ^ lanes[i] ^ (lanes[i] >> 32)) * factor;
	return (uint32_t)(hash >> 32);
}

/*
 * Search the chain from `from` until `until` (not searched): what was pushed since a look that
 * began at `until`.
 */
static cpa_stack_id search(
	cpa_stack_id from, cpa_stack_id until, uint32_t hash, const uint64_t *pcs, uint32_t depth)
{
	for (cpa_stack_id id = from; id != until; id = cpa_stack_record(id)->next) {
		const struct cpa_stack_record *stack = cpa_stack_record(id);

		if (stack->hash == hash && stack->depth == depth &&
			memcmp(stack->pcs, pcs, depth * sizeof(pcs[0])) == 0)
			return id;
	}
	return 0;
}

static _Atomic uint32_t *head_of(uint32_t hash)
{
	return &cpa_store->stack_heads[hash % CPA_STORE_STACK_HEADS];
}

static cpa_stack_id intern(const uint64_t *pcs, uint32_t depth)
{
	uint32_t hash = hash_pcs(pcs, depth);
	_Atomic uint32_t *head = head_of(hash);
	/* acquire: pairs with the release below, so that the record is seen whole. */
	cpa_stack_id first = atomic_load_explicit(head, memory_order_acquire);
	cpa_stack_id searched = 0;
	cpa_stack_id fresh = 0;
	cpa_stack_id found;
	struct cpa_stack_record *stack;

	for (;;) {
		found = search(first, searched, hash, pcs, depth);
		if (found)
			return found; /* a record cut in vain stays unused: only races do that */
		searched = first;
		if (!fresh) {
			fresh = cpa_store_alloc(sizeof(*stack) + depth * sizeof(pcs[0]));
			if (!fresh)
				return 0;
			stack = cpa_stack_record(fresh);
			stack->hash = hash;
			stack->depth = depth;
			memcpy(stack->pcs, pcs, depth * sizeof(pcs[0]));
		}
		cpa_stack_record(fresh)->next = first;
		if (atomic_compare_exchange_strong_explicit(
			    head, &first, fresh, memory_order_release, memory_order_acquire))
			return fresh;
	}
}

int cpa_stacks_init(void)
{
	full_stack = intern(&(uint64_t){CPA_STACKS_PSEUDO_FULL}, 1);
	failed_stack = intern(&(uint64_t){CPA_STACKS_PSEUDO_FAILED}, 1);
	return full_stack && failed_stack ? 0 : -ENOMEM;
}

cpa_stack_id cpa_stacks_intern(const uint64_t *pcs, uint32_t depth)
{
	cpa_stack_id id;

	if (depth == 0)
		return failed_stack;
	id = intern(pcs, depth);
	return id ? id : full_stack;
}

cpa_stack_id cpa_stacks_full(void)
{
	return full_stack;
}

cpa_stack_id cpa_stacks_find(const uint64_t *pcs, uint32_t depth)
{
	uint32_t hash = hash_pcs(pcs, depth);

	return search(
		atomic_load_explicit(head_of(hash), memory_order_acquire), 0, hash, pcs, depth);
}

uint32_t cpa_stacks_get(cpa_stack_id id, const uint64_t **ret_pcs)
{
	const struct cpa_stack_record *stack = cpa_stack_record(id);

	*ret_pcs = stack->pcs;
	return stack->depth;
}

const char *cpa_stacks_pseudo_name(uint64_t pc)
{
	static const char *const names[] = {
		[CPA_STACKS_PSEUDO_TRUNCATED] = "[truncated]",
		[CPA_STACKS_PSEUDO_FULL] = "[stack table full]",
		[CPA_STACKS_PSEUDO_FAILED] = "[unwind failed]",
		[CPA_STACKS_PSEUDO_SKIPPED] = "[all frames skipped]",
		[CPA_STACKS_PSEUDO_NO_ANSWER] = "[no answer]",
		[CPA_STACKS_PSEUDO_LOST] = "[lost samples]",
		[CPA_STACKS_PSEUDO_BETWEEN] = "[between ticks]",
		[CPA_STACKS_PSEUDO_THREAD] = "[thread]",
		[CPA_STACKS_PSEUDO_NOT_ASKED] = "[not asked]",
	};

	return pc < CPA_STACKS_PSEUDO_END ? names[pc] : NULL;
}
