/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One profile summed by function, line or address: what each holds itself (flat) and with all
 * it called (cum), as Go counts.
 * Not here: two profiles (report/analysis/diff.h), printing (cli/summary.c).
 */
#ifndef CPA_GRAPH_TABLE_H
#define CPA_GRAPH_TABLE_H

#include "report/analysis/stats.h"
#include "report/profile/nodes.h"

struct cpa_table_row {
	uint32_t node;
	struct cpa_stats_sum
		flat;             /* stacks that end here: innermost inlined function of the leaf */
	struct cpa_stats_sum cum; /* stacks that pass here, each once however often they do */
};

struct cpa_table {
	struct cpa_nodes nodes;
	struct cpa_table_row *rows; /* sorted; only frames with a sample that is not 0 */
	size_t row_count;
	struct cpa_stats_view view;
	struct cpa_stats_sum total; /* value: sum of all samples before any filter */
	double magnitude;           /* sum of their absolute values: what percentages are of */
};

/*
 * The total only, of all samples of one type.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
struct cpa_stats_sum cpa_table_total(const struct cpa_profile *profile, size_t type,
	const struct cpa_stats_view *view, double *ret_magnitude);

/*
 * Sum and sort. total and magnitude are left to the caller, who may have filtered since. Freed
 * with cpa_table_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_table_init(struct cpa_table *ret_table, const struct cpa_profile *profile, size_t type,
	enum cpa_nodes_by by, bool sort_by_cum);
void cpa_table_done(struct cpa_table *table);

#endif
