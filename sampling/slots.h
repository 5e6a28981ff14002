/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots that threads take and give back, in memory that never goes away: so anybody may look at
 * one at any time, and no malloc is needed.
 * Not here: what is in them (roster.c, alloc/thread.c).
 *
 *   chunks[0..chunk_count) -> slot[CPA_SLOTS_PER_CHUNK]      chunks come and never go
 *
 * A slot begins with a word, 0 while the slot is free. Who takes the slot changes that to
 * CPA_SLOTS_TAKEN, with one compare-and-swap, and later to whatever it likes, at last to 0.
 */
#ifndef CPA_SAMPLING_SLOTS_H
#define CPA_SAMPLING_SLOTS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/lock.h"

#define CPA_SLOTS_PER_CHUNK 512u
#define CPA_SLOTS_CHUNKS_MAX                                                                       \
	128u /* for twice as many threads as Linux has, unless told otherwise */
#define CPA_SLOTS_TAKEN UINT32_MAX

struct cpa_slots {
	size_t slot_bytes;
	char *_Atomic chunks[CPA_SLOTS_CHUNKS_MAX]; /* those after the first are in the store */
	_Atomic uint32_t chunk_count;
	_Atomic uint32_t next; /* where the search begins */
	struct cpa_lock lock;  /* to make a chunk */
};

/* first: an array of CPA_SLOTS_PER_CHUNK slots, all zero. */
#define CPA_SLOTS_INIT(first)                                                                      \
	{                                                                                          \
		.slot_bytes = sizeof((first)[0]), .chunks = {(char *)(first)}, .chunk_count = 1    \
	}

/*
 * Take a free slot; NULL: there is none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void *cpa_slots_find(struct cpa_slots *slots);

/*
 * As cpa_slots_find, but makes more slots where none is free, as long as the store has room.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void *cpa_slots_take(struct cpa_slots *slots);

/*
 * All slots, free or not: how many, and each.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_slots_count(struct cpa_slots *slots);
void *cpa_slots_at(struct cpa_slots *slots, uint32_t index);

/*
 * In the only thread of a child process: all are free but this one; NULL: all.
 *
 * Thread: the only one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_slots_postfork_child(struct cpa_slots *slots, const void *kept);

#endif
