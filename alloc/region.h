/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address range that holds every sampled object, and the jemalloc arenas that cut it.
 * Not here: which allocations go there (cold.c).
 *
 *   base                                          base + size_bytes
 *   | extents of arena 0, 1, 2 ..., in order of need | never touched |
 *
 * "Was this pointer sampled?" is one subtraction and one comparison. An extent that an arena no
 * longer needs stays that arena's (it is purged, its memory goes back to the system); so the range
 * is cut once, front to back, without a lock.
 */
#ifndef CPA_ALLOC_REGION_H
#define CPA_ALLOC_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Written once at start; size_bytes 0: there is no region, and cpa_region_has is always false. */
struct cpa_region {
	uintptr_t base;
	size_t size_bytes;
};

extern CPA_HIDDEN struct cpa_region cpa_region;

static inline bool cpa_region_has(const void *ptr)
{
	return cpa_unlikely((uintptr_t)ptr - cpa_region.base < cpa_region.size_bytes);
}

/*
 * Reserve the range: 1 TiB, or less where the system or a limit on address space forbids; and make
 * the arenas. 0, -ENOMEM when not even 64 MiB could be had, or what jemalloc said.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_region_init(void);

/*
 * The flags that make je_mallocx take from this thread's sampled arena, past the thread cache.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cpa_region_flags(void);

#endif
