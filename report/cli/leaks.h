/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the forms of cprof leaks, text, JSON and page, have in common.
 * Not here: finding leaks (report/trend/leaks.h).
 */
#ifndef CPA_CLI_LEAKS_H
#define CPA_CLI_LEAKS_H

#include <stdio.h>

#include "report/cli/json.h"
#include "report/cli/options.h"
#include "report/cli/out.h"
#include "report/cli/sites.h"
#include "report/profile/units.h"
#include "report/trend/collect.h"
#include "report/trend/leaks.h"

struct cpa_cli_leaks_report {
	const struct cpa_cli_select *select;
	const struct cpa_collect *collect;
	const struct cpa_collect_process *process;
	const struct cpa_history *history;
	const struct cpa_leaks *leaks;
	const char *source; /* what was asked for, for the next command: a directory or "" */
	const char *type_name;
	enum cpa_units_kind kind;
};

/*
 * Whether intervals are known.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cli_leaks_has_interval(const struct cpa_cli_leaks_report *report);

/*
 * Half of the 95% interval, -1 where it is not known.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_cli_leaks_half_width(
	const struct cpa_cli_leaks_report *report, const struct cpa_stats_sum *sum);

/*
 * Half of the interval of the pace, per second: its longer side.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_cli_leaks_pace_half(const struct cpa_leaks_site *site);

/*
 * Bytes below which a leak may go unseen in this series.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_cli_leaks_invisible(const struct cpa_cli_leaks_report *report);

/*
 * The first count sites, as they are named in text. Freed with cpa_cli_sites_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_leaks_sites(
	struct cpa_cli_sites *ret_sites, const struct cpa_leaks *leaks, size_t count);

/*
 * The report as text; as JSON, all sites or (for a page, which has a reader) those that matter; as
 * a page.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_leaks_text(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out);
void cpa_cli_leaks_json(const struct cpa_cli_leaks_report *report, struct cpa_cli_json *json,
	const char *key, size_t most_sites);
CPA_MUST_CHECK int cpa_cli_leaks_page(const struct cpa_cli_leaks_report *report, const char *path);

#endif
