/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one mapping that holds all sampler state, and the bump allocator that cuts it. Links inside
 * it are 32-bit references in units of 8 bytes, never pointers, so that a copy of the mapping can
 * be read anywhere.
 * Not here: what is stored (stacks.c, heap.c, live.c, labels.c and others).
 *
 *   | header, heads[], shards[], sets[] | records, in order of birth ... | untouched ... |
 *   0                                                            used_units       limit_units
 */
#ifndef CPA_SAMPLING_STORE_H
#define CPA_SAMPLING_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/lock.h"

typedef uint32_t cpa_store_ref; /* offset / 8 in the store; 0: nothing */

#define CPA_STORE_UNIT_BYTES    8u
#define CPA_STORE_MAGIC         0x31434f4c41435043ull /* "CPCALOC1" in memory order */
#define CPA_STORE_LAYOUT        1u
#define CPA_STORE_STACK_HEADS   65536u
#define CPA_STORE_LABEL_HEADS   1024u
#define CPA_STORE_LABEL_SETS    8193u /* places by number; 0 is no set */
#define CPA_STORE_THREAD_HEADS  256u
#define CPA_STORE_TALLY_HEADS   4096u
#define CPA_STORE_SHARD_BITS    6u
#define CPA_STORE_SHARDS        (1u << CPA_STORE_SHARD_BITS)
#define CPA_STORE_TABLE_CLASSES 32u
#define CPA_STORE_RESERVE_BYTES 65536u /* for what a full store still has to count */

/* A part of the table of live samples; the lock guards every field. See live.c. */
struct cpa_store_shard {
	struct cpa_lock lock;
	uint32_t live_count;
	uint32_t slot_count; /* power of two, or 0 before the first sample */
	cpa_store_ref slots; /* uint32_t[slot_count], references to records, 0: empty */
	cpa_store_ref free_record;
	cpa_store_ref chunk; /* records not yet used: next one, and how many are left */
	uint32_t chunk_left;
	uint32_t pad[9]; /* one cache line */
};

struct cpa_store_header {
	uint64_t magic;
	uint32_t layout;
	uint32_t pid;
	uint64_t limit_units; /* size of the mapping */
	_Atomic uint64_t used_units;
	_Atomic uint64_t ready_units; /* may be written to; only grows */
	uint32_t depth_max;
	uint32_t pad;
	struct cpa_lock tables_lock; /* guards free_tables */
	uint32_t pad2;
	/* Outgrown slot tables by log2(slot count), linked through their first word. */
	cpa_store_ref free_tables[CPA_STORE_TABLE_CLASSES];
	_Atomic uint32_t stack_heads[CPA_STORE_STACK_HEADS]; /* first stack of each hash chain */
	_Alignas(64) struct cpa_store_shard shards[CPA_STORE_SHARDS];
	_Atomic uint32_t label_set_count;
	_Atomic cpa_store_ref label_buckets;   /* index of buckets with labels, 0: none; heap.c */
	_Atomic cpa_store_ref custom_profiles; /* newest first; custom.c */
	_Atomic cpa_store_ref custom_table;    /* entries, 0: none yet; custom.c */
	_Atomic cpa_store_ref thread_heads[CPA_STORE_THREAD_HEADS]; /* threadcreate.c */
	_Atomic cpa_store_ref tally_heads[CPA_STORE_TALLY_HEADS];   /* tally.c */
	_Atomic cpa_store_ref label_heads[CPA_STORE_LABEL_HEADS];
	_Atomic cpa_store_ref label_sets[CPA_STORE_LABEL_SETS]; /* by number; labels.c */
};

extern CPA_HIDDEN struct cpa_store_header *cpa_store; /* NULL until init */

/*
 * Map a store of at most max_bytes, halving down to 1 MiB when the system refuses. 0 or -ENOMEM.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_store_init(size_t max_bytes, uint32_t depth_max);

/*
 * Cut size_bytes, zero-filled and aligned to 8; 0 when the store is full (counted by the caller).
 * The second one may use the reserve too.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_store_ref cpa_store_alloc(size_t size_bytes);
cpa_store_ref cpa_store_alloc_reserve(size_t size_bytes);

/*
 * Bytes cut so far, and the limit.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_store_used_bytes(void);
size_t cpa_store_limit_bytes(void);

static inline void *cpa_store_at(cpa_store_ref ref)
{
	return (char *)cpa_store + (size_t)ref * CPA_STORE_UNIT_BYTES;
}

#endif
