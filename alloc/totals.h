/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The allocator's own totals, always from jemalloc's mallctl.
 * Not here: estimates from samples (sampling/heap.h).
 */
#ifndef CPA_ALLOC_TOTALS_H
#define CPA_ALLOC_TOTALS_H

#include "report/snapshot.h"

/*
 * Totals of this moment, in bytes; zero where jemalloc was built without statistics.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_totals_read(struct cpa_snapshot_totals *ret_totals);

#endif
