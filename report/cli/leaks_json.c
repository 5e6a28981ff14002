/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof leaks --json; its schema is docs/schema/cprof-leaks-1.json. The page has the same data.
 * Not here: the text (leaks_text.c).
 */
#include <stdlib.h>

#include "report/cli/leaks.h"

static void put_snapshots(struct cpa_cli_json *json, const struct cpa_cli_leaks_report *report)
{
	static const char *const keys[CPA_HISTORY_FACTS] = {"rss_bytes", "jemalloc_allocated_bytes",
		"jemalloc_active_bytes", "jemalloc_resident_bytes", "jemalloc_retained_bytes"};
	size_t i, j;

	cpa_cli_json_open(json, "snapshots", '[');
	for (i = 0; i < report->history->snapshot_count; i++) {
		const struct cpa_history_snapshot *snapshot = &report->history->snapshots[i];
		const struct cpa_stats_sum *total = &report->leaks->totals[i];

		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_json_text(json, "file", snapshot->path);
		cpa_cli_json_int(json, "time_ns", snapshot->time_ns);
		if (snapshot->sequence >= 0)
			cpa_cli_json_int(json, "sequence", snapshot->sequence);
		cpa_cli_json_int(json, "rate_bytes", snapshot->rate_bytes);
		cpa_cli_json_number(json, "total", total->value);
		if (cpa_cli_leaks_has_interval(report))
			cpa_cli_json_number(
				json, "half_width", cpa_cli_leaks_half_width(report, total));
		for (j = 0; j < CPA_HISTORY_FACTS; j++)
			if (snapshot->facts[j] >= 0)
				cpa_cli_json_int(json, keys[j], snapshot->facts[j]);
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

static void put_stack(
	struct cpa_cli_json *json, const struct cpa_leaks *leaks, const struct cpa_leaks_site *site)
{
	size_t length_bytes, i;
	const uint32_t *frames = cpa_intern_get(&leaks->stacks, site->stack, &length_bytes);

	cpa_cli_json_open(json, "stack", '[');
	for (i = 0; i < length_bytes / sizeof(*frames); i++) {
		const struct cpa_node *node = &leaks->nodes.items[frames[i]];

		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_json_text(json, "name", node->name);
		if (node->file[0] != '\0')
			cpa_cli_json_text(json, "source", node->file);
		if (leaks->nodes.by == CPA_NODES_BY_LINE ||
			leaks->nodes.by == CPA_NODES_BY_ADDRESS) {
			if (node->line > 0)
				cpa_cli_json_int(json, "line", node->line);
		} else if (i >= site->shown_from && i < site->shown_from + CPA_LEAKS_LINES &&
			   site->lines[i - site->shown_from] > 0) {
			cpa_cli_json_int(json, "line", site->lines[i - site->shown_from]);
		}
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

static void put_pace(struct cpa_cli_json *json, const struct cpa_leaks_site *site)
{
	cpa_cli_json_number(json, "per_hour", site->pace.slope * 3600);
	cpa_cli_json_number(json, "per_hour_low", site->pace.slope_low * 3600);
	cpa_cli_json_number(json, "per_hour_high", site->pace.slope_high * 3600);
	if (site->verdict > CPA_VERDICT_GROWING)
		return;
	cpa_cli_json_number(json, "grows_for_seconds", site->grows_for);
	cpa_cli_json_number(json, "in_an_hour", site->now.value + site->pace.slope * 3600);
	cpa_cli_json_number(json, "in_a_day", site->now.value + site->pace.slope * 86400);
}

static void put_evidence(struct cpa_cli_json *json, const struct cpa_cli_leaks_report *report,
	const struct cpa_leaks_site *site)
{
	const struct cpa_verdict_case *about = &site->about;

	cpa_cli_json_number(json, "change", about->change.value);
	if (cpa_cli_leaks_has_interval(report)) {
		cpa_cli_json_number(json, "change_half_width",
			cpa_cli_leaks_half_width(report, &about->change));
		cpa_cli_json_number(json, "z", site->z);
		cpa_cli_json_number(json, "p", site->p);
		cpa_cli_json_number(json, "q", about->q);
	}
	cpa_cli_json_number(json, "trend_z", about->trend.z);
	cpa_cli_json_number(json, "trend_p", about->trend.p);
	cpa_cli_json_number(json, "walk_z", about->trend.walk_z);
	cpa_cli_json_number(json, "slowdown_z", about->shape.slow_z);
	cpa_cli_json_int(json, "up_count", (int64_t)about->shape.up_count);
	cpa_cli_json_int(json, "down_count", (int64_t)about->shape.down_count);
	cpa_cli_json_number(json, "births", about->shape.births);
	cpa_cli_json_number(json, "deaths", about->shape.deaths);
}

static void put_site(struct cpa_cli_json *json, const struct cpa_cli_leaks_report *report,
	size_t rank, struct cpa_site *course)
{
	const struct cpa_leaks_site *site = &report->leaks->sites[rank];
	char reason[256];
	size_t i;

	cpa_leaks_fill(report->leaks, site, course);
	cpa_cli_json_open(json, NULL, '{');
	cpa_cli_json_int(json, "rank", (int64_t)rank + 1);
	cpa_cli_json_text(json, "verdict", cpa_verdict_name(site->verdict));
	cpa_cli_json_text(json, "reason",
		cpa_verdict_reason(reason, sizeof(reason), &site->about, site->verdict,
			report->leaks->seconds));
	cpa_cli_json_number(json, "now", site->now.value);
	if (cpa_cli_leaks_has_interval(report))
		cpa_cli_json_number(
			json, "half_width", cpa_cli_leaks_half_width(report, &site->now));
	put_pace(json, site);
	cpa_cli_json_number(json, "old_low", site->old_low);
	cpa_cli_json_number(json, "old_high", site->old_high);
	put_evidence(json, report, site);
	cpa_cli_json_open(json, "history", '[');
	for (i = 0; i < course->count; i++)
		cpa_cli_json_number(json, NULL, course->value[i]);
	cpa_cli_json_close(json, ']');
	cpa_cli_json_int(json, "shown_from", (int64_t)site->shown_from);
	put_stack(json, report->leaks, site);
	cpa_cli_json_close(json, '}');
}

static void put_head(struct cpa_cli_json *json, const struct cpa_cli_leaks_report *report)
{
	const struct cpa_leaks *leaks = report->leaks;
	size_t i;

	cpa_cli_json_text(json, "schema", "cprof-leaks-1");
	cpa_cli_json_text(json, "program", report->process->program);
	if (report->process->pid >= 0)
		cpa_cli_json_int(json, "pid", report->process->pid);
	cpa_cli_json_text(json, "sample_type", report->type_name);
	cpa_cli_json_text(json, "unit", report->kind == CPA_UNITS_SIZE ? "bytes" : "count");
	cpa_cli_json_bool(json, "has_interval", cpa_cli_leaks_has_interval(report));
	cpa_cli_json_number(
		json, "elapsed_seconds", leaks->seconds[report->history->snapshot_count - 1]);
	cpa_cli_json_number(json, "age_seconds", leaks->age);
	cpa_cli_json_number(json, "change", leaks->change.value);
	if (cpa_cli_leaks_has_interval(report)) {
		cpa_cli_json_number(json, "change_half_width",
			cpa_cli_leaks_half_width(report, &leaks->change));
		cpa_cli_json_number(json, "invisible_below_bytes", cpa_cli_leaks_invisible(report));
	}
	cpa_cli_json_int(json, "left_out_count", (int64_t)report->collect->left_out_count);
	cpa_cli_json_open(json, "notes", '[');
	for (i = 0; i < report->collect->note_count; i++)
		cpa_cli_json_text(json, NULL, report->collect->notes[i]);
	cpa_cli_json_close(json, ']');
	cpa_cli_json_int(json, "site_count", (int64_t)leaks->site_count);
	cpa_cli_json_int(json, "tested_count", (int64_t)leaks->tested_count);
}

static int compare_down(const void *left, const void *right)
{
	double l = *(const double *)left, r = *(const double *)right;

	return (l < r) - (l > r);
}

/* What a site must hold to be among so many of the largest. */
static double size_of_largest(const struct cpa_leaks *leaks, size_t count)
{
	double *values = cpa_memory_new(leaks->site_count, sizeof(*values)), result;
	size_t i;

	for (i = 0; i < leaks->site_count; i++)
		values[i] = leaks->sites[i].now.value;
	qsort(values, leaks->site_count, sizeof(*values), compare_down);
	result = count < leaks->site_count ? values[count] : 0;
	free(values);
	return result;
}

void cpa_cli_leaks_json(const struct cpa_cli_leaks_report *report, struct cpa_cli_json *json,
	const char *key, size_t most_sites)
{
	const struct cpa_leaks *leaks = report->leaks;
	struct cpa_site course;
	double large = 0;
	size_t i;

	if (most_sites > 0 && most_sites < leaks->site_count)
		large = size_of_largest(leaks, most_sites / 4);
	cpa_site_init(&course, report->history->snapshot_count);
	cpa_cli_json_open(json, key, '{');
	put_head(json, report);
	put_snapshots(json, report);
	cpa_cli_json_open(json, "sites", '[');
	for (i = 0; i < leaks->site_count; i++)
		if (most_sites == 0 || i < most_sites || leaks->sites[i].now.value > large)
			put_site(json, report, i, &course);
	cpa_cli_json_close(json, ']');
	cpa_cli_json_close(json, '}');
	cpa_site_done(&course);
}
