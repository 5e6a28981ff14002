/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often and how long, per (kind of event, stack, label set): the sums of the profiles of CPU
 * time, contended locks and blocking.
 * Not here: which events are counted, and with what weight (cpu.c, mutex.c, block.c).
 */
#ifndef CPA_SAMPLING_TALLY_H
#define CPA_SAMPLING_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/stacks.h"

enum cpa_tally_kind { CPA_TALLY_CPU, CPA_TALLY_MUTEX, CPA_TALLY_BLOCK, CPA_TALLY_KINDS };

/* One line of a profile: estimates, not yet rounded. */
struct cpa_tally_row {
	cpa_stack_id stack;
	uint32_t label_set; /* 0: no labels */
	double count;       /* events */
	double value_ns;
};

/*
 * Make the row of each kind that always has room: "[stack table full]". 0 or -ENOMEM. After
 * cpa_stacks_init.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_tally_init(void);

/*
 * Count events of a stack. A full store charges them to "[stack table full]": none is lost.
 * Lock-free: a search along one hash chain, one compare-and-swap for a new row.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_tally_add(enum cpa_tally_kind kind, cpa_stack_id stack, uint32_t label_set, double count,
	double value_ns);

/*
 * Begin again at nothing. Nobody may add to this kind meanwhile.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_tally_clear(enum cpa_tally_kind kind);

/* Where a walk over the rows of one kind is. Zero-fill but for the kind to begin. */
struct cpa_tally_walk {
	enum cpa_tally_kind kind;
	uint32_t head;
	cpa_store_ref row;
};

/*
 * The next row that has counted anything; false at the end. Stops nobody; rows made during the walk
 * may be missed.
 *
 * Thread: any, one walk each
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_tally_next(struct cpa_tally_walk *walk, struct cpa_tally_row *ret_row);

/*
 * How many rows of this kind a walk finds.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_tally_rows(enum cpa_tally_kind kind);

#endif
