/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the profiler's own short work, straight from mmap: bump allocation, freed all at
 * once.
 * Not here: the sampler's long-lived state (sampling/store.c).
 */
#ifndef CPA_BASE_ARENA_H
#define CPA_BASE_ARENA_H

#include <stddef.h>

#include "base/compiler.h"

struct cpa_arena_chunk;

/* One owner at a time. used_bytes counts what was mapped, for the profiler's own accounts. */
struct cpa_arena {
	struct cpa_arena_chunk *chunks; /* newest first */
	size_t mapped_bytes;
	size_t limit_bytes; /* 0: none */
};

/*
 * An empty arena that never maps more than limit_bytes (0: no limit).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_arena_init(struct cpa_arena *arena, size_t limit_bytes);

/*
 * Zero-filled memory aligned to 16, or NULL at the limit or when the system has none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK void *cpa_arena_alloc(struct cpa_arena *arena, size_t size_bytes);

/*
 * A copy of a string, or NULL.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK char *cpa_arena_strdup(struct cpa_arena *arena, const char *text);

/*
 * Give everything back. The arena may be used again.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_arena_done(struct cpa_arena *arena);

#endif
