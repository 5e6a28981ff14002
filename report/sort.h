/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sorting without malloc: libc's qsort asks the heap that is being watched for its scratch space.
 * Not here: what the keys mean (frames.c, text.c).
 */
#ifndef CPA_REPORT_SORT_H
#define CPA_REPORT_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

struct cpa_sort_item {
	uint64_t key;
	uint64_t value;
};

/*
 * Sort by key, ascending; equal keys keep their order. Needs as much memory again. 0 or -ENOMEM
 * (order untouched).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_sort(struct cpa_arena *arena, struct cpa_sort_item *items, size_t count);

#endif
