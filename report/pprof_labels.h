/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The labels of a pprof sample: the program's own, and those of the thread that it is of.
 * Not here: the sample (pprof.c), the sets of labels (sampling/labels.h).
 */
#ifndef CPA_REPORT_PPROF_LABELS_H
#define CPA_REPORT_PPROF_LABELS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/pprof.h"
#include "report/pprof_out.h"
#include "sampling/labels.h"

#define CPA_PPROF_LABELS_MAX (CPA_LABELS_PER_SET_MAX + 3)

/* For one profile. Zero-filled but for out and arena. */
struct cpa_pprof_labels {
	struct cpa_pprof_out *out;
	struct cpa_arena *arena;
	/* [CPA_LABELS_SETS_MAX + 1]: index of the first string of each set written so far; its
	 * other strings follow that one. NULL until the first. */
	int64_t *set_strings;
	int64_t tid_key, thread_key, state_key; /* 0: not yet written */
	char clean_name[64];                    /* of a thread; each byte may become three */
};

/*
 * The labels of a row, of which the strings are written if they were not yet. How many; -1 without
 * memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_pprof_labels_collect(struct cpa_pprof_labels *labels,
	const struct cpa_pprof_row *row,
	Perftools__Profiles__Label ret_labels[CPA_PPROF_LABELS_MAX]);

#endif
