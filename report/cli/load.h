/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the files and options of a command line to the one profile a report is about: read, merged,
 * base subtracted, symbolized, cut to the frames and samples asked for.
 * Not here: each of these steps (report/analysis/, report/symbols/), parsing options (options.h).
 */
#ifndef CPA_CLI_LOAD_H
#define CPA_CLI_LOAD_H

#include "report/analysis/stats.h"
#include "report/cli/options.h"
#include "report/graph/graph.h"
#include "report/profile/profile.h"
#include "report/profile/units.h"

struct cpa_cli_loaded {
	struct cpa_profile profile; /* after all filters */
	size_t type;                /* the sample type the report shows */
	const char *type_name, *unit_name;
	enum cpa_units_kind kind;
	struct cpa_stats_view view;
	struct cpa_stats_sum total; /* before the filters */
	double magnitude;           /* before the filters: what percentages are of */
	size_t file_count;          /* inputs merged into it, without the bases */
	bool has_base;              /* -base or -diff_base: values may be negative */
	bool is_mean;               /* values are divided by the first one of their sample */
};

/*
 * Load what select and paths ask for. Freed with cpa_cli_load_done.
 *
 * Return: true, or false with one line on stderr and nothing on standard output.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_load(struct cpa_cli_loaded *ret_loaded,
	const struct cpa_cli_select *select, char *const *paths, int path_count);
void cpa_cli_load_done(struct cpa_cli_loaded *loaded);

/*
 * Read one profile and symbolize it as select says, without filters: for the verbs that compare
 * several. Freed with cpa_profile_done.
 *
 * Return: true, or false with one line on stderr.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_load_one(
	struct cpa_profile *ret_profile, const struct cpa_cli_select *select, const char *path);

/* What a verb shows where no option says otherwise; 0: all. */
struct cpa_cli_trim {
	size_t node_count;
	double node_fraction, edge_fraction;
};

/*
 * How to count and trim, as the options say.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_graph_options cpa_cli_load_graph_options(const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select, const struct cpa_cli_trim *defaults);

#endif
