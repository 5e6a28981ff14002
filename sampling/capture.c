/* SPDX-License-Identifier: BSD-2-Clause */
/* Where are we? The calling stack as an id. */
#include "sampling/capture.h"

#include "sampling/modules.h"
#include "sampling/unwind.h"

/* Each round finds at least one module that the round before could not unwind through. */
#define ROUNDS_MAX 16

cpa_stack_id cpa_capture_stack(void)
{
	uint32_t depth_max = cpa_store->depth_max;
	/*
	 * By need, because threads may have small stacks: 1.1 KiB at the usual depth, 8 KiB at the
	 * greatest.
	 */
	uint64_t *pcs = __builtin_alloca((depth_max + 1 + CPA_UNWIND_OWN_MAX) * sizeof(pcs[0]));
	uint32_t depth = cpa_unwind_capture(pcs, depth_max);
	cpa_stack_id id;

	for (int round = 0; depth && round < ROUNDS_MAX; round++) {
		id = cpa_stacks_find(pcs, depth);
		if (id)
			return id;
		/*
		 * A new stack may lead through a module loaded meanwhile, and be wrong from there
		 * on.
		 */
		if (!cpa_modules_learn(pcs, depth))
			break;
		cpa_unwind_flush();
		depth = cpa_unwind_capture(pcs, depth_max);
	}
	return cpa_stacks_intern(pcs, depth);
}
