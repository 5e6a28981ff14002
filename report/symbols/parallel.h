/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work in equal parts, each on a processor of its own.
 * Not here: what the parts are (dwarf.h, apply.h).
 */
#ifndef CPA_SYMBOLS_PARALLEL_H
#define CPA_SYMBOLS_PARALLEL_H

#include <stddef.h>

#define CPA_PARALLEL_MAX 8

/*
 * Into how many parts to divide items: one for each processor this process may use, at most
 * CPA_PARALLEL_MAX, and none with less than part_items; at least one.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
size_t cpa_parallel_parts(size_t item_count, size_t part_items);

/*
 * Call work for the parts 0 .. part_count, at most CPA_PARALLEL_MAX, all at once; 0 in the calling
 * thread. Returns when all are done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_parallel_run(size_t part_count, void (*work)(void *context, size_t part), void *context);

#endif
