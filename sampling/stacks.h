/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each distinct call stack once: pcs in, a small id out, for ever.
 * Not here: getting the pcs (unwind.c), counting (heap.c), names (report/).
 */
#ifndef CPA_SAMPLING_STACKS_H
#define CPA_SAMPLING_STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/store.h"

typedef cpa_store_ref cpa_stack_id; /* never 0 after cpa_stacks_init */

/* Frames that are no code: they stand in a stack where a return address would. */
enum cpa_stacks_pseudo {
	CPA_STACKS_PSEUDO_TRUNCATED = 1, /* root of a stack deeper than the limit */
	CPA_STACKS_PSEUDO_FULL = 2,      /* whole stack: the store had no room for a new one */
	CPA_STACKS_PSEUDO_FAILED = 3,    /* whole stack: the unwinder found nothing */
	CPA_STACKS_PSEUDO_SKIPPED = 4,   /* whole stack: the program wanted none of its frames */
	CPA_STACKS_PSEUDO_NO_ANSWER = 5, /* root of what is known of a thread that did not answer */
	CPA_STACKS_PSEUDO_LOST = 6,      /* whole stack: CPU samples that found no room */
	CPA_STACKS_PSEUDO_BETWEEN = 7,   /* leaf: CPU time between two ticks of the kernel */
	CPA_STACKS_PSEUDO_THREAD = 8,    /* whole stack: a thread of which no more is known */
	CPA_STACKS_PSEUDO_NOT_ASKED = 9, /* root of what is known of one that would have noticed */
	CPA_STACKS_PSEUDO_END
};

/*
 * Make the two stacks that always exist. 0 or -ENOMEM. After cpa_store_init.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_stacks_init(void);

/*
 * The id of a stack, new or known. depth 0 gives the stack "[unwind failed]"; a full store gives
 * "[stack table full]". Lock-free: a search along one hash chain, one compare-and-swap for a new
 * stack.
 *
 * @pcs  return addresses or pseudo frames, leaf first
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_stack_id cpa_stacks_intern(const uint64_t *pcs, uint32_t depth);

/*
 * The stack "[stack table full]".
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_stack_id cpa_stacks_full(void);

/*
 * The id of a stack that is already there, else 0.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_stack_id cpa_stacks_find(const uint64_t *pcs, uint32_t depth);

/*
 * The frames of a stack, leaf first; valid for ever. Returns the depth, at least 1.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_stacks_get(cpa_stack_id id, const uint64_t **ret_pcs);

/*
 * "[truncated]" and so on, or NULL when pc is an ordinary return address.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_stacks_pseudo_name(uint64_t pc);

#endif
