/* SPDX-License-Identifier: BSD-2-Clause */
/* Where are we? The calling stack as an id. */
#include "sampling/capture.h"

#include "sampling/heap.h"
#include "sampling/modules.h"
#include "sampling/unwind.h"

/* Each round finds at least one module that the round before could not unwind through. */
#define ROUNDS_MAX 16

/*
 * Frames tried first: 1.2 KiB of stack, where 1024 frames take 8 KiB. Threads may have hardly more;
 * one that is deeper than this has.
 */
#define USUAL_DEPTH 128u

/* The stack without its first frames. */
static cpa_stack_id intern(const uint64_t *pcs, uint32_t depth, uint32_t skip)
{
	if (skip && skip >= depth && depth)
		return cpa_stacks_intern(&(uint64_t){CPA_STACKS_PSEUDO_SKIPPED}, 1);
	return cpa_stacks_intern(pcs + skip, depth - skip);
}

/* The id of the stack; 0 when it is deeper than depth_max and the limit of the settings. */
__attribute__((noinline)) static cpa_stack_id capture(
	uint32_t depth_max, uint32_t limit, uint32_t skip)
{
	uint64_t *pcs = __builtin_alloca((depth_max + 1 + CPA_UNWIND_OWN_MAX) * sizeof(pcs[0]));
	uint32_t depth = cpa_unwind_capture(pcs, depth_max);
	cpa_stack_id id;

	for (int round = 0; depth && round < ROUNDS_MAX; round++) {
		if (depth > depth_max && depth_max < limit)
			return 0;
		/* A skipped frame may be wrong: those that are kept show it, or are right. */
		id = skip < depth ? cpa_stacks_find(pcs + skip, depth - skip) : 0;
		if (!id && cpa_modules_learn(pcs, depth)) {
			/*
			 * A new stack may lead through a module loaded meanwhile, and be wrong from
			 * there on.
			 */
			cpa_unwind_flush();
			depth = cpa_unwind_capture(pcs, depth_max);
			continue;
		}
		if (depth > depth_max)
			cpa_heap_count(&cpa_heap_counters.truncated_stacks, 1);
		return id ? id : intern(pcs, depth, skip);
	}
	return intern(pcs, depth, depth ? skip : 0);
}

cpa_stack_id cpa_capture_stack(uint32_t skip)
{
	uint32_t limit = cpa_store->depth_max;
	cpa_stack_id id = capture(limit < USUAL_DEPTH ? limit : USUAL_DEPTH, limit, skip);

	return id ? id : capture(limit, limit, skip);
}
