/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two forms of cprof diff, text and JSON, have in common.
 * Not here: the comparison (report/analysis/diff.h).
 */
#ifndef CPA_CLI_DIFF_H
#define CPA_CLI_DIFF_H

#include <stdio.h>

#include "report/analysis/diff.h"
#include "report/cli/options.h"
#include "report/cli/out.h"
#include "report/profile/units.h"

struct cpa_cli_diff_report {
	struct cpa_profile *old_profile, *new_profile;
	const struct cpa_cli_select *select;
	const struct cpa_diff *diff;
	const char *type_name, *unit_name;
	enum cpa_units_kind kind;
	bool shows_half, shows_objects, shows_rate, shows_z; /* columns */
	size_t prefix_columns;                               /* before the site */
};

/*
 * Whether both profiles say how they were sampled.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cli_diff_has_interval(const struct cpa_diff *diff);

/*
 * Half of the 95% interval, -1 where it is not known.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_cli_diff_half_width(const struct cpa_diff *diff, const struct cpa_stats_sum *sum);

/*
 * The report as text.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_diff_text(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out);

/*
 * The report as JSON.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_diff_json(const struct cpa_cli_diff_report *report, FILE *file);

#endif
