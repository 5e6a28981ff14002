/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in a report on the heap: its columns, its rows, its totals.
 * Not here: the form (pprof.c, text.c), counting (sampling/heap.h).
 */
#ifndef CPA_REPORT_HEAPROWS_H
#define CPA_REPORT_HEAPROWS_H

#include "report/facts.h"
#include "report/pprof.h"
#include "report/text.h"
#include "sampling/heap.h"

struct cpa_heaprows {
	struct cpa_heap_walk walk;
	const struct cpa_facts *facts;
	/* Estimates, summed up by the text's walk, for its totals. */
	double alloc_objects, alloc_bytes, inuse_objects;
};

/*
 * The profile's content; rows must live as long as it is used, and serves one report. allocs: the
 * view shown first is alloc_space.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_pprof_content cpa_heaprows_pprof(
	struct cpa_heaprows *rows, const struct cpa_facts *facts, bool allocs);
struct cpa_text_content cpa_heaprows_text(struct cpa_heaprows *rows, const struct cpa_facts *facts);

/*
 * How many rows there are.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_heaprows_count(void);

#endif
