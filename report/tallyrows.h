/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in a report on CPU time, contended locks or blocking: how often and how long.
 * Not here: the sums (sampling/tally.h), the forms (pprof.c, text.c).
 *
 *   cpu     samples/count cpu/nanoseconds; period cpu/nanoseconds; with the time it covers
 *   mutex   contentions/count delay/nanoseconds; period contentions/count, 1
 *   block   the same
 *
 * In the text of mutex and block a "cycle" is a nanosecond, and values are scaled already: the
 * sampling period that a reader multiplies by is 1.
 */
#ifndef CPA_REPORT_TALLYROWS_H
#define CPA_REPORT_TALLYROWS_H

#include <stddef.h>
#include <stdint.h>

#include "report/pprof.h"
#include "report/text.h"
#include "sampling/tally.h"

struct cpa_tallyrows {
	struct cpa_tally_walk walk; /* kind is set by the caller, the rest is zero */
	/* Rows that are in no sum yet, such as waits that have not ended; may repeat a stack. */
	const struct cpa_tally_row *more; /* [more_count] */
	size_t more_count;
	size_t more_at;
};

/*
 * The content for cpa_pprof_write, or for cpa_text_write (mutex and block only); both walk the rows
 * once. rows must stay until then.
 *
 * @period_ns, @duration_ns  of cpu: the CPU time between two samples, and the time covered; else 0
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
struct cpa_pprof_content cpa_tallyrows_pprof(
	struct cpa_tallyrows *rows, uint64_t period_ns, uint64_t duration_ns);
struct cpa_text_content cpa_tallyrows_text(struct cpa_tallyrows *rows);

#endif
