/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in a report on one of the program's own profiles: a row for each place and set of
 * labels that something is open from.
 * Not here: the form (pprof.c, text.c), the entries (sampling/entries.h).
 */
#ifndef CPA_REPORT_COUNTROWS_H
#define CPA_REPORT_COUNTROWS_H

#include "base/arena.h"
#include "report/pprof.h"
#include "report/text.h"
#include "sampling/custom.h"

struct cpa_countrows {
	const char *name;
	struct cpa_arena arena;
	const struct cpa_sort_item *entries; /* by stack and labels */
	size_t entry_count;
	size_t at;
};

/*
 * Copy the entries of this moment; and give the memory back. 0 or -ENOMEM; done in any case.
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
