/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof leaks as text: the ranked table, the reasons, what it cannot see, what to do next.
 * Not here: the same as JSON (leaks_json.c), finding leaks (report/trend/leaks.c).
 */
#include "report/cli/leaks.h"
#include "report/cli/next.h"
#include "report/cli/show.h"
#include "report/cli/sparkline.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SPARK_COLUMNS        12
#define NARROW_SPARK_COLUMNS 8 /* so that the site has room */
#define WIDE_COLUMNS         116
#define REASONS              5
#define DEFAULT_ROWS         10

/* Of the table. */
struct columns {
	size_t now, half, pace, spark, prefix; /* prefix: all before the site */
};

static struct columns choose_columns(
	const struct cpa_cli_leaks_report *report, const struct cpa_cli_out *out)
{
	/* "1.33 GB" or "1,234,567" */
	struct columns columns = {.now = report->kind == CPA_UNITS_COUNT ? 10 : 8,
		.half = report->kind == CPA_UNITS_COUNT ? 10 : 6,
		.spark = out->columns > 0 && out->columns < WIDE_COLUMNS ? NARROW_SPARK_COLUMNS
									 : SPARK_COLUMNS};

	columns.pace = columns.now + 1;
	columns.prefix =
		17 + columns.now + columns.pace + 2 * columns.half + 12 + 2 + columns.spark;
	return columns;
}

static void print_head(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out)
{
	const struct cpa_history *history = report->history;
	const struct cpa_history_snapshot *first = &history->snapshots[0],
					  *last = &history->snapshots[history->snapshot_count - 1];
	char program[128], span[64], change[2 * CPA_UNITS_BYTES], from[CPA_UNITS_BYTES],
		to[CPA_UNITS_BYTES], what[200], elapsed[40];
	const char *const parts[] = {program, span, what};
	size_t i;

	if (report->process->pid >= 0)
		snprintf(program, sizeof(program), "%.64s (pid %" PRId64 ")",
			report->process->program, report->process->pid);
	else
		snprintf(program, sizeof(program), "%.64s", report->process->program);
	snprintf(span, sizeof(span), "%zu snapshots over %s", history->snapshot_count,
		cpa_units_elapsed(elapsed, sizeof(elapsed), last->time_ns - first->time_ns));
	cpa_units_interval(change, sizeof(change), report->kind, report->leaks->change.value,
		cpa_cli_leaks_half_width(report, &report->leaks->change), true);
	cpa_units_value(report->kind, report->leaks->totals[0].value, -1, false, from, NULL);
	cpa_units_value(report->kind, report->leaks->totals[history->snapshot_count - 1].value, -1,
		false, to, NULL);
	snprintf(what, sizeof(what), "%.32s: %s, from %s to %s", report->type_name, change, from,
		to);
	cpa_cli_out_head(out, parts, CPA_ARRAY_LEN(parts));
	if (cpa_cli_show_filters(out, report->select))
		fputs(report->leaks->site_count == 0 ? "; nothing does\n" : "\n", out->file);
	for (i = 0; i < report->collect->note_count; i++) {
		fputs("note: ", out->file);
		cpa_cli_out_text(out, report->collect->notes[i], 0);
		putc('\n', out->file);
	}
	putc('\n', out->file);
}

/* "60%", or "12-97%" where the counters allow so much. */
static void print_survivors(const struct cpa_leaks_site *site, struct cpa_cli_out *out)
{
	char text[32] = "";

	if (site->now.value > 0) {
		int low = (int)(100 * site->old_low / site->now.value + 0.5),
		    high = (int)(100 * site->old_high / site->now.value + 0.5);

		if (low == high)
			snprintf(text, sizeof(text), "%d%%", low);
		else
			snprintf(text, sizeof(text), "%d-%d%%", low, high);
	}
	cpa_cli_out_right(out, text, 12);
}

/* A pace that may be anything is no answer, nor one after a jump a moment ago. */
static bool has_pace(const struct cpa_leaks_site *site)
{
	return (site->verdict <= CPA_VERDICT_GROWING && site->pace.slope_low > 0) ||
	       cpa_cli_leaks_pace_half(site) * 3600 <= 20 * fmax(site->now.value, 1);
}

/* All but the site. */
static void print_row(const struct cpa_cli_leaks_report *report, size_t rank,
	struct cpa_site *course, const struct columns *columns, struct cpa_cli_out *out)
{
	const struct cpa_leaks_site *site = &report->leaks->sites[rank];
	char now[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], pace[CPA_UNITS_BYTES] = "",
							  pace_half[CPA_UNITS_BYTES] = "",
							  spark[4 * SPARK_COLUMNS + 8];
	bool is_bold = out->bold && site->verdict <= CPA_VERDICT_MAYBE_LEAK;

	cpa_leaks_fill(report->leaks, site, course);
	cpa_units_value(report->kind, site->now.value, cpa_cli_leaks_half_width(report, &site->now),
		false, now, half);
	if (has_pace(site))
		cpa_units_value(report->kind, site->pace.slope * 3600,
			cpa_cli_leaks_pace_half(site) * 3600, true, pace, pace_half);
	fprintf(out->file, "%3zu  %s%-12s%s", rank + 1, is_bold ? "\033[1m" : "",
		cpa_verdict_name(site->verdict), is_bold ? "\033[0m" : "");
	cpa_cli_out_right(out, now, columns->now);
	cpa_cli_out_right(out, cpa_cli_leaks_has_interval(report) ? half : "", columns->half);
	cpa_cli_out_right(out, pace, columns->pace);
	cpa_cli_out_right(out, pace_half, columns->half);
	print_survivors(site, out);
	cpa_cli_sparkline(spark, sizeof(spark), report->leaks->seconds, course, columns->spark);
	fprintf(out->file, "  %s%*s", spark, (int)(columns->spark - cpa_units_columns(spark)), "");
}

static size_t shown_count(const struct cpa_cli_leaks_report *report)
{
	size_t count =
		report->leaks->site_count - report->leaks->verdict_counts[CPA_VERDICT_STEADY];
	size_t limit =
		report->select->row_count < 0 ? DEFAULT_ROWS : (size_t)report->select->row_count;

	return limit > 0 && limit < count ? limit : count;
}

static void print_table(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out)
{
	size_t shown = shown_count(report), i;
	size_t count =
		report->leaks->site_count - report->leaks->verdict_counts[CPA_VERDICT_STEADY];
	const struct columns columns = choose_columns(report, out);
	char age[40], head[64];
	struct cpa_cli_sites sites;
	struct cpa_site course;

	if (count == 0) {
		cpa_cli_out_title(out, "Nothing grows, shrinks or swings by more than chance "
				       "explains.");
		return;
	}
	snprintf(head, sizeof(head), "live>%s",
		cpa_units_time(age, sizeof(age), report->leaks->age));
	fprintf(out->file, "  #  %-12s", "verdict");
	cpa_cli_out_right(out, "now", columns.now);
	cpa_cli_out_right(out, "±", columns.half);
	cpa_cli_out_right(out, "per hour", columns.pace);
	cpa_cli_out_right(out, "±", columns.half);
	cpa_cli_out_right(out, head, 12);
	fprintf(out->file, "  %-*s  site\n", (int)columns.spark, "history");
	cpa_cli_leaks_sites(&sites, report->leaks, shown);
	cpa_site_init(&course, report->history->snapshot_count);
	for (i = 0; i < shown; i++) {
		print_row(report, i, &course, &columns, out);
		cpa_cli_sites_print(out, &sites, i, columns.prefix);
	}
	cpa_cli_sites_done(&sites);
	cpa_site_done(&course);
	if (shown < count)
		fprintf(out->file, "     ... and %zu more: -nodecount=0\n", count - shown);
}

/* Text in lines of at most so many columns, broken at blanks, the next ones indented. */
static void print_wrapped(struct cpa_cli_out *out, const char *text)
{
	size_t used = 0;

	while (*text != '\0') {
		size_t word_bytes = strcspn(text, " ");
		char word[1200];

		snprintf(word, sizeof(word), "%.*s", (int)word_bytes, text);
		if (used > 0 && out->columns > 0 &&
			used + 1 + cpa_units_columns(word) > out->columns) {
			fputs("\n    ", out->file);
			used = 4;
		} else if (used > 0) {
			putc(' ', out->file);
			used++;
		}
		cpa_cli_out_text(out, word, 0);
		used += cpa_units_columns(word);
		text += word_bytes;
		text += strspn(text, " ");
	}
	putc('\n', out->file);
}

static void print_reasons(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out)
{
	size_t shown = shown_count(report), i;
	struct cpa_cli_sites sites;

	cpa_cli_leaks_sites(&sites, report->leaks, shown);
	for (i = 0; i < shown && i < REASONS; i++) {
		const struct cpa_leaks_site *site = &report->leaks->sites[i];
		char name[1024], reason[256], hour[CPA_UNITS_BYTES], day[CPA_UNITS_BYTES], age[40],
			line[2048];
		size_t used;

		cpa_cli_sites_name(name, sizeof(name), &sites, i);
		cpa_verdict_reason(reason, sizeof(reason), &site->about, site->verdict,
			report->leaks->seconds);
		used = (size_t)snprintf(line, sizeof(line), "%s: %s", name, reason);
		if (site->verdict <= CPA_VERDICT_GROWING && site->pace.slope > 0) {
			cpa_units_value(report->kind, site->now.value + site->pace.slope * 3600, -1,
				false, hour, NULL);
			cpa_units_value(report->kind, site->now.value + site->pace.slope * 86400,
				-1, false, day, NULL);
			snprintf(line + used, sizeof(line) - used,
				"; has grown for %s, at this pace %s in an hour, %s in a day",
				cpa_units_time(age, sizeof(age), site->grows_for), hour, day);
		}
		print_wrapped(out, line);
	}
	cpa_cli_sites_done(&sites);
}

static void print_steady(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out)
{
	const struct cpa_leaks *leaks = report->leaks;
	size_t count = leaks->verdict_counts[CPA_VERDICT_STEADY], i;
	struct cpa_stats_sum now = {0};
	char text[2 * CPA_UNITS_BYTES];

	if (count == 0)
		return;
	for (i = leaks->site_count - count; i < leaks->site_count; i++) {
		now.value += leaks->sites[i].now.value;
		now.variance += leaks->sites[i].now.variance;
	}
	cpa_units_interval(text, sizeof(text), report->kind, now.value,
		cpa_cli_leaks_half_width(report, &now), false);
	fprintf(out->file,
		"STEADY (%zu site%s): %s in sum, no change that chance does not explain\n", count,
		count == 1 ? "" : "s", text);
}

static void print_foot(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out)
{
	char text[CPA_UNITS_BYTES];

	if (!cpa_cli_leaks_has_interval(report))
		fprintf(out->file, "How sure these changes are is not known: the snapshots do not "
				   "say how they were sampled.\n");
	else if (report->history->view.is_exact)
		fprintf(out->file, "Every allocation was recorded: these values are exact.\n");
	else {
		cpa_units_value(
			CPA_UNITS_SIZE, cpa_cli_leaks_invisible(report), -1, false, text, NULL);
		fprintf(out->file,
			"A leak smaller than %s over this time may be invisible at this rate.\n",
			text);
	}
}

static void print_next(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out)
{
	const struct cpa_leaks *leaks = report->leaks;
	const char *last = report->history->snapshots[report->history->snapshot_count - 1].path;
	struct cpa_cli_sites sites;
	const struct cpa_node *node;

	if (leaks->site_count == 0 || leaks->sites[0].verdict > CPA_VERDICT_JUMPED)
		return;
	cpa_cli_leaks_sites(&sites, leaks, shown_count(report));
	node = cpa_cli_sites_telling(&sites, 0);
	cpa_cli_sites_done(&sites);
	if (node == NULL)
		return;
	fputs("next: cprof peek ", out->file);
	cpa_cli_next_pattern(out, node->name);
	putc(' ', out->file);
	cpa_cli_next_path(out, last);
	putc('\n', out->file);
	if (report->source[0] != '\0') {
		fputs("  or  cprof leaks --html leaks.html ", out->file);
		cpa_cli_next_path(out, report->source);
		putc('\n', out->file);
	}
}

void cpa_cli_leaks_text(const struct cpa_cli_leaks_report *report, struct cpa_cli_out *out)
{
	print_head(report, out);
	print_table(report, out);
	print_reasons(report, out);
	print_steady(report, out);
	print_foot(report, out);
	print_next(report, out);
}
