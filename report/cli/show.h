/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the reports on one profile have in common: the head, values with their interval, the foot,
 * and the same in JSON.
 * Not here: where it goes (out.h), rows (each verb has its own).
 */
#ifndef CPA_CLI_SHOW_H
#define CPA_CLI_SHOW_H

#include "report/cli/json.h"
#include "report/cli/load.h"
#include "report/cli/out.h"
#include "report/graph/graph.h"

/*
 * "Only what passes -focus=x", without the end of the line. False, and nothing, where no filter is
 * set.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
bool cpa_cli_show_filters(struct cpa_cli_out *out, const struct cpa_cli_select *select);

/*
 * What lies between two samples: "512 KiB", "10 ms".
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
char *cpa_cli_show_period(
	char *to, size_t to_bytes, const struct cpa_stats_view *view, int64_t period);

/*
 * The head: program, kind, sample type, time, rate, samples; and the filters, where there are any.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_show_head(struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select);

/*
 * The foot: what ± means and what this profile cannot see.
 *
 * @noun  what a row is: "function"
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_show_foot(
	struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded, const char *noun);

/*
 * What to ask next: about this node, and for the whole picture.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_show_next(struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select, const struct cpa_node *node);

/*
 * A value in the unit that select wants; ret_half (may be NULL) becomes "" where half_width is
 * negative, as in cpa_units_value.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cli_show_value(const struct cpa_cli_loaded *loaded, const struct cpa_cli_select *select,
	double value, double half_width, char ret_value[CPA_UNITS_BYTES],
	char ret_half[CPA_UNITS_BYTES]);

/*
 * "Showing 10 of 83 functions, 96% of 118 MB ±3.4".
 *
 * @shown_value  what the shown ones hold in sum
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_show_summary(struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select, size_t shown_count, size_t all_count, const char *noun,
	double shown_value);

/*
 * The line that explains the mark of a row on few samples.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_show_few(struct cpa_cli_out *out);

/*
 * The part of the whole that value is, in percent; 0 when there is nothing.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_cli_show_percent(const struct cpa_cli_loaded *loaded, double value);

/*
 * What a node is called for people: "functions", "lines" ... of select->by, for one or several.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_cli_show_noun(const struct cpa_cli_select *select, size_t count);

/*
 * Print a node, with file and line where select->by has them, the file's folder only with --wide;
 * cut to so many columns (0: whole).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_show_node(struct cpa_cli_out *out, const struct cpa_cli_select *select,
	const struct cpa_node *node, size_t columns);

/*
 * JSON: the keys that all reports on one profile begin with, schema first, and "total"; the keys
 * that name a node; a sum, with its interval where one is known; what they end in.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_show_json_head(
	struct cpa_cli_json *json, const char *schema, const struct cpa_cli_loaded *loaded);
void cpa_cli_show_json_node(struct cpa_cli_json *json, const struct cpa_cli_select *select,
	const struct cpa_node *node);
void cpa_cli_show_json_sum(struct cpa_cli_json *json, const struct cpa_stats_view *view,
	const char *prefix, const struct cpa_stats_sum *sum);
void cpa_cli_show_json_foot(struct cpa_cli_json *json, const struct cpa_cli_loaded *loaded);

#endif
