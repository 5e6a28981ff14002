/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened between two moments: the difference of two copies of a profile's rows.
 * Not here: the rows (heaprows.c, countrows.c, tallyrows.c), the wait in between (report/http/).
 *
 * As Go's for seconds=: later minus earlier in every value, rows without any difference left out.
 * A value of the moment, such as inuse_space, may then be negative; it can be kept as it was at the
 * later moment instead. Rows are the same when stack, labels and class of size are.
 */
#ifndef CPA_REPORT_DELTA_H
#define CPA_REPORT_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/pprof.h"

struct cpa_delta_row;

/* The rows at one moment; in the arena. */
struct cpa_delta_copy {
	struct cpa_arena arena;
	struct cpa_pprof_content content; /* without next */
	uint64_t time_ns;                 /* of the monotonic clock */
	struct cpa_delta_row *rows;       /* [count], in order, each place once */
	size_t count;
};

/* The walk over the difference. Fill in the copies, zero the rest. */
struct cpa_delta {
	const struct cpa_delta_copy *earlier;
	const struct cpa_delta_copy *later;
	bool keeps_inuse; /* values whose type begins with "inuse_" are those of later */
	size_t earlier_at;
	size_t later_at;
};

/*
 * Copy what next gives; and give the memory back. 0 or -ENOMEM; done in any case.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_delta_copy(
	struct cpa_delta_copy *ret_copy, const struct cpa_pprof_content *content);
void cpa_delta_done(struct cpa_delta_copy *copy);

/*
 * The content for cpa_pprof_write; delta must live as long as it is used, and serves one report.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_pprof_content cpa_delta_content(struct cpa_delta *delta);

#endif
