/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sample an address is, while it lives.
 * Not here: sums (heap.c); whether an address can be a sample at all (alloc/region.h).
 *
 * Operation against operation on the same address, X: the caller must serialise. Other addresses
 * never matter.
 *             insert  remove
 *   insert      X       X        only a program that frees twice gets there
 *   remove      X       ok       the second finds nothing
 */
#ifndef CPA_SAMPLING_LIVE_H
#define CPA_SAMPLING_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/heap.h"

/* 32 bytes in the store for each live sample, and about 8 more in the slot tables. */
struct cpa_live_record {
	uint64_t addr;
	uint64_t req_bytes;
	float probability; /* what birth and death of the sample are counted with */
	uint32_t birth_s;  /* cpa_clock_coarse_ns, in seconds */
	cpa_heap_bucket bucket;
	uint32_t thread_id;
};

/*
 * Remember a live sample. 0 or -ENOMEM (store full).
 *
 * Thread: any. Takes one shard's lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_live_insert(const struct cpa_live_record *record);

/*
 * Forget the sample at this address; false when there is none (ret untouched).
 *
 * Thread: any. Takes one shard's lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_live_remove(uint64_t addr, struct cpa_live_record *ret_record);

/*
 * Live samples now.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_live_count(void);

/*
 * Around fork: hold every shard, give them back, or free them in the child, where no other thread
 * is left.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_live_prefork(void);
void cpa_live_postfork_parent(void);
void cpa_live_postfork_child(void);

#endif
