/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in a report that counts things: a row for each place and set of labels that one of
 * the program's own profiles has something open from, or that threads were created at.
 * Not here: the form (pprof.c, text.c), the entries (sampling/entries.h), the threads
 * (sampling/threadcreate.h).
 */
#ifndef CPA_REPORT_COUNTROWS_H
#define CPA_REPORT_COUNTROWS_H

#include "base/arena.h"
#include "report/pprof.h"
#include "report/text.h"
#include "sampling/custom.h"
#include "sampling/threadcreate.h"

struct cpa_countrows {
	const char *name;
	bool of_threads;
	struct cpa_threadcreate_walk walk; /* of threads */
	struct cpa_arena arena;
	const struct cpa_sort_item *entries; /* by stack and labels */
	size_t entry_count;
	size_t at;
};

/*
 * Copy the entries of this moment (threads are read as they are written); and give the memory back.
 * 0 or -ENOMEM; done in any case.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_countrows_begin(
	struct cpa_countrows *rows, const struct cpa_custom_profile *profile);
void cpa_countrows_done(struct cpa_countrows *rows);

/*
 * The content for one report; rows must live as long as it is used.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_pprof_content cpa_countrows_pprof(struct cpa_countrows *rows);
struct cpa_text_content cpa_countrows_text(struct cpa_countrows *rows);

#endif
