/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof leaks as text: the ranked table, the reasons, what it cannot see, what to do next.
 * Not here: the same as JSON (leaks_json.c), finding leaks (report/trend/leaks.c).
 */
#include "report/cli/leaks.h"
#include "report/cli/next.h"
#include "report/cli/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SPARK_COLUMNS      12
#define PREFIX_COLUMNS     74 /* before the site, with intervals */
#define REASONS            5
#define LEAST_SITE_COLUMNS 24
#define DEFAULT_ROWS       10

static bool locale_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
			       strstr(value, "utf-8") != NULL || strstr(value, "UTF8") != NULL;
	}
	return false;
}

char *cpa_cli_leaks_sparkline(char *to, size_t to_bytes, const double *seconds,
	const struct cpa_site *course, size_t columns)
{
	static const char *const blocks[] = {
		"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
	static const char *const ascii[] = {"_", ".", "-", "=", "+", "*", "%", "#"};
	const char *const *marks = locale_is_utf8() ? blocks : ascii;
	size_t last = course->count - 1, at = 0, column, used = 0, i;
	double most = 0;

	to[0] = '\0';
	if (columns > course->count)
		columns = course->count;
	for (i = 0; i <= last; i++)
		most = fmax(most, course->value[i]);
	for (column = 0; column < columns; column++) {
		/* The snapshot that was the latest at that time. */
		double when = columns > 1 ? seconds[last] * (double)column / (double)(columns - 1)
					  : seconds[last];
		int level;

		while (at < last && seconds[at + 1] <= when + seconds[last] * 1e-9)
			at++;
		level = most > 0 ? (int)(course->value[at] / most * 7 + 0.5) : 0;
		used += (size_t)snprintf(to + used, to_bytes - used, "%s",
			marks[level < 0     ? 0
				: level > 7 ? 7
					    : level]);
		if (used + 4 >= to_bytes)
			break;
	}
	return to;
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
	cpa_units_value(report->kind, first->total.value, -1, false, from, NULL);
	cpa_units_value(report->kind, last->total.value, -1, false, to, NULL);
	snprintf(what, sizeof(what), "%.32s: %s, from %s to %s", report->type_name, change, from,
		to);
	cpa_cli_out_head(out, parts, CPA_ARRAY_LEN(parts));
	if (cpa_cli_show_filters(out, report->select))
		fputs("; the sums are those of the whole\n", out->file);
	for (i = 0; i < report->collect->note_count; i++) {
		fputs("note: ", out->file);
		cpa_cli_out_text(out, report->collect->notes[i], 0);
		putc('\n', out->file);
	}
	putc('\n', out->file);
}

/* "5 min", not "5 min 0 s". */
static char *age_text(char *to, size_t to_bytes, double age)
{
	char *zero;

	cpa_units_elapsed(to, to_bytes, (int64_t)(age * 1e9 + 0.5));
	zero = strstr(to, " 0 ");
	if (zero != NULL)
		*zero = '\0';
	return to;
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

/* Behind the rest of the row, or, where little room is left, on a line of its own. */
static void print_site(struct cpa_cli_out *out, const char *text)
{
	size_t used = PREFIX_COLUMNS;

	if (out->columns > 0 && out->columns < PREFIX_COLUMNS + LEAST_SITE_COLUMNS) {
		used = 5;
		fprintf(out->file, "\n%*s", (int)used, "");
	}
	cpa_cli_out_text(out, text, cpa_cli_out_room(out, used));
	putc('\n', out->file);
}

static void print_row(const struct cpa_cli_leaks_report *report, size_t rank,
	struct cpa_site *course, struct cpa_cli_out *out)
{
	const struct cpa_leaks_site *site = &report->leaks->sites[rank];
	char now[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], pace[CPA_UNITS_BYTES],
		pace_half[CPA_UNITS_BYTES], spark[4 * SPARK_COLUMNS + 8], text[4096];
	bool is_bold = out->bold && site->verdict <= CPA_VERDICT_MAYBE_LEAK;

	cpa_leaks_fill(report->leaks, site, course);
	cpa_units_value(report->kind, site->now.value, cpa_cli_leaks_half_width(report, &site->now),
		false, now, half);
	cpa_units_value(report->kind, site->pace.slope * 3600, cpa_cli_leaks_pace_half(site) * 3600,
		true, pace, pace_half);
	fprintf(out->file, "%3zu  %s%-12s%s", rank + 1, is_bold ? "\033[1m" : "",
		cpa_verdict_name(site->verdict), is_bold ? "\033[0m" : "");
	cpa_cli_out_right(out, now, 9);
	cpa_cli_out_right(out, cpa_cli_leaks_has_interval(report) ? half : "", 6);
	/* A pace that may be anything is no answer. */
	if (cpa_cli_leaks_pace_half(site) * 3600 > 20 * fmax(site->now.value, 1))
		pace[0] = pace_half[0] = '\0';
	cpa_cli_out_right(out, pace, 10);
	cpa_cli_out_right(out, pace_half, 6);
	print_survivors(site, out);
	cpa_cli_leaks_sparkline(
		spark, sizeof(spark), report->leaks->seconds, course, SPARK_COLUMNS);
	fprintf(out->file, "  %s%*s  ", spark, (int)(SPARK_COLUMNS - cpa_units_columns(spark)), "");
	cpa_cli_leaks_site(text, sizeof(text), report->leaks, site, CPA_LEAKS_SHOWN_FRAMES);
	print_site(out, text);
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
	char age[40], head[64];
	struct cpa_site course;

	if (count == 0) {
		cpa_cli_out_title(out, "Nothing grows, shrinks or swings by more than chance "
				       "explains.");
		return;
	}
	snprintf(head, sizeof(head), "live>%s", age_text(age, sizeof(age), report->leaks->age));
	fputs("  #  verdict           now     ±  per hour     ±", out->file);
	cpa_cli_out_right(out, head, 12);
	fprintf(out->file, "  %-*s  site\n", SPARK_COLUMNS, "history");
	cpa_site_init(&course, report->history->snapshot_count);
	for (i = 0; i < shown; i++)
		print_row(report, i, &course, out);
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

	for (i = 0; i < shown && i < REASONS; i++) {
		const struct cpa_leaks_site *site = &report->leaks->sites[i];
		char name[1024], reason[256], hour[CPA_UNITS_BYTES], day[CPA_UNITS_BYTES], age[40],
			line[2048];
		size_t used;

		cpa_cli_leaks_name(name, sizeof(name), report->leaks, site);
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
				age_text(age, sizeof(age), site->grows_for), hour, day);
		}
		print_wrapped(out, line);
	}
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
	const struct cpa_leaks_site *site;
	const uint32_t *frames;
	size_t length_bytes, own;

	if (leaks->site_count == 0 || leaks->sites[0].verdict > CPA_VERDICT_JUMPED)
		return;
	site = &leaks->sites[0];
	frames = cpa_intern_get(&leaks->stacks, site->stack, &length_bytes);
	if (length_bytes == 0)
		return;
	/* Behind what it called in a library comes the program's own function. */
	own = site->shown_from > 0 ? site->shown_from + 1 : 0;
	fputs("next: cprof peek ", out->file);
	cpa_cli_next_pattern(out, leaks->nodes.items[frames[own]].name);
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
