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

/* The id of the stack; 0 when it is deeper than depth_max and the limit of the settings. */
__attribute__((noinline)) static cpa_stack_id capture(uint32_t depth_max, uint32_t limit)
{
	uint64_t *pcs = __builtin_alloca((depth_max + 1 + CPA_UNWIND_OWN_MAX) * sizeof(pcs[0]));
	uint32_t depth = cpa_unwind_capture(pcs, depth_max);
	cpa_stack_id id;

	for (int round = 0; depth && round < ROUNDS_MAX; round++) {
		if (depth > depth_max && depth_max < limit)
			return 0;
		id = cpa_stacks_find(pcs, depth);
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
		return id ? id : cpa_stacks_intern(pcs, depth);
	}
	return cpa_stacks_intern(pcs, depth);
}

cpa_stack_id cpa_capture_stack(void)
{
	uint32_t limit = cpa_store->depth_max;
	cpa_stack_id id = capture(limit < USUAL_DEPTH ? limit : USUAL_DEPTH, limit);

	return id ? id : capture(limit, limit);
}
