/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was allocated and what is still in use, per (stack, label set, size class), from the
 * samples.
 * Not here: which allocation is a sample (gate.c), which sample an address is (live.c).
 *
 * An object of req_bytes = s, sampled with probability p, stands for 1/p objects and s/p bytes
 * (Horvitz and Thompson 1952): the sums below are unbiased whatever the rate was and however it
 * changed.
 */
#ifndef CPA_SAMPLING_HEAP_H
#define CPA_SAMPLING_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/stacks.h"

typedef cpa_store_ref cpa_heap_bucket; /* 0: none */

/* One sampled object, from birth to death. */
struct cpa_heap_sample {
	size_t req_bytes;   /* what the program asked for; may be 0 when rate=1 */
	double probability; /* of having been sampled, 0 < p <= 1 */
};

/* One line of the heap: estimates, not yet rounded. */
struct cpa_heap_row {
	cpa_stack_id stack;
	uint32_t label_set;       /* 0: no labels */
	uint64_t first_req_bytes; /* of its first object; never changes, in contrast to the mean */
	uint64_t mean_req_bytes;  /* of this bucket's objects, estimated and rounded */
	uint64_t alloc_samples;   /* samples ever taken */
	uint64_t inuse_samples;   /* of these still in use */
	double alloc_objects;
	double alloc_bytes;
	double inuse_objects;
	double inuse_bytes;
};

/* Since start; a forked child goes on counting from its parent's. All in events unless named. */
struct cpa_heap_counters {
	/* Samples taken and recorded, and how many of them were freed. */
	uint64_t samples;
	uint64_t frees;
	/* Drawn, but lost to every number: the store had no room for a record. */
	uint64_t dropped_store_full;
	/* Recorded, but under the stack "[stack table full]". */
	uint64_t stacks_full;
	/* Drawn, but lost to every number: the sampled region was exhausted. */
	uint64_t untracked_region;
	/*
	 * Drawn, but lost to every number: the program had chosen the arena or the place itself.
	 */
	uint64_t untracked_arena;
	/* Stacks deeper than the limit, and stacks that could not be unwound at all. */
	uint64_t truncated_stacks;
	uint64_t failed_unwinds;
	/* Time spent taking samples: one in 16 is timed, and counted 16 times. */
	uint64_t sampling_ns;
};

extern CPA_HIDDEN struct cpa_heap_counters
	cpa_heap_counters; /* fields are changed with atomic adds; read them the same way */

/*
 * Add to a counter. Inline: used on the cold path of every folder above.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline void cpa_heap_count(uint64_t *counter, uint64_t add)
{
	__atomic_fetch_add(counter, add, __ATOMIC_RELAXED);
}

/*
 * Count the birth of a sample; its death; and take back a birth whose object never reached the
 * program. birth returns 0 when the store is full: nothing was counted.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_heap_bucket cpa_heap_birth(
	cpa_stack_id stack, uint32_t label_set, const struct cpa_heap_sample *sample);
void cpa_heap_death(cpa_heap_bucket bucket, const struct cpa_heap_sample *sample);
void cpa_heap_unbirth(cpa_heap_bucket bucket, const struct cpa_heap_sample *sample);

/*
 * Estimated bytes in use, over all buckets: one relaxed load.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_heap_inuse_bytes(void);

/* Where a walk over all buckets is. Zero-fill to begin. */
struct cpa_heap_walk {
	uint32_t head;
	cpa_store_ref stack;
	cpa_store_ref bucket;
	bool in_index; /* through with the stacks, now among the buckets with labels */
	uint32_t index_head;
};

/*
 * The next bucket that ever held a sample; false at the end. Stops nobody; buckets born during the
 * walk may be missed.
 *
 * Thread: any, one walk each
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_heap_next(struct cpa_heap_walk *walk, struct cpa_heap_row *ret_row);

#endif
