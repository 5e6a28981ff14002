/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where threads were created: how many ever, and how many are still there.
 * Not here: noticing that one begins or ends (alloc/thread.c).
 */
#ifndef CPA_SAMPLING_THREADCREATE_H
#define CPA_SAMPLING_THREADCREATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/stacks.h"

typedef cpa_store_ref cpa_threadcreate_place; /* 0: none */

struct cpa_threadcreate_row {
	cpa_stack_id stack;
	uint32_t label_set; /* of the creating thread */
	uint64_t created;
	uint64_t live;
};

/* Since start. */
struct cpa_threadcreate_counters {
	uint64_t created;
	uint64_t live;
	uint64_t lost; /* created too, but under no place: no room */
};

/*
 * A thread is about to be created; it was not, after all; or it has ended. 0: no room, counted.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_threadcreate_place cpa_threadcreate_begin(cpa_stack_id stack, uint32_t label_set);
void cpa_threadcreate_failed(cpa_threadcreate_place place);
void cpa_threadcreate_ended(cpa_threadcreate_place place);

/*
 * A thread was created of which no more is known.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_threadcreate_lost(void);

/*
 * Read the counters: a walk over all places.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_threadcreate_counters cpa_threadcreate_count(void);

/*
 * The stack of the call that created threads there.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_stack_id cpa_threadcreate_stack(cpa_threadcreate_place place);

/* Where a walk over all places is. Zero-fill to begin. */
struct cpa_threadcreate_walk {
	uint32_t head;
	cpa_threadcreate_place place;
};

/*
 * The next place that ever created a thread; false at the end.
 *
 * Thread: any, one walk each
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_threadcreate_next(
	struct cpa_threadcreate_walk *walk, struct cpa_threadcreate_row *ret_row);

/*
 * In the child of a fork: of all threads only this one is left, created at `own` (0: the first).
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_threadcreate_postfork_child(cpa_threadcreate_place own);

#endif
