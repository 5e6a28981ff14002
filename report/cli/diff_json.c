/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof diff --json. The keys are described in cprof(1).
 * Not here: the text (diff.c).
 */
#include "report/cli/diff.h"
#include "report/cli/json.h"

static void put_profile(
	struct cpa_cli_json *json, const char *key, const struct cpa_profile *profile, double total)
{
	cpa_cli_json_open(json, key, '{');
	cpa_cli_json_text(json, "file", profile->path);
	cpa_cli_json_text(json, "program", cpa_profile_exe(profile));
	cpa_cli_json_text(json, "pid", cpa_comments_get(profile, "pid"));
	cpa_cli_json_int(json, "time_ns", profile->time_ns);
	cpa_cli_json_int(json, "period", profile->period);
	cpa_cli_json_number(json, "total", total);
	cpa_cli_json_close(json, '}');
}

static void put_stack(
	struct cpa_cli_json *json, const struct cpa_diff *diff, const struct cpa_diff_site *site)
{
	size_t length_bytes, i;
	const uint32_t *frames = cpa_intern_get(&diff->stacks, site->stack, &length_bytes);

	cpa_cli_json_open(json, "stack", '[');
	for (i = 0; i < length_bytes / sizeof(*frames); i++) {
		const struct cpa_node *node = &diff->nodes.items[frames[i]];

		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_json_text(json, "name", node->name);
		if (node->file[0] != '\0')
			cpa_cli_json_text(json, "source", node->file);
		if (diff->nodes.by != CPA_NODES_BY_FUNCTION && node->line > 0)
			cpa_cli_json_int(json, "line", node->line);
		else if (i >= site->shown_from && i < site->shown_from + CPA_DIFF_LINES &&
			 site->lines[i - site->shown_from] > 0)
			cpa_cli_json_int(json, "line", site->lines[i - site->shown_from]);
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

static void put_site(struct cpa_cli_json *json, const struct cpa_cli_diff_report *report,
	const struct cpa_diff_site *site)
{
	static const char *const verdicts[] = {"grew", "shrank", "noise"};
	const struct cpa_diff *diff = report->diff;

	cpa_cli_json_open(json, NULL, '{');
	cpa_cli_json_text(json, "verdict", verdicts[site->verdict]);
	cpa_cli_json_number(json, "change", site->change.value);
	cpa_cli_json_number(json, "old", site->old_value);
	cpa_cli_json_number(json, "new", site->new_value);
	if (diff->has_objects)
		cpa_cli_json_number(json, "objects_change", site->objects_change);
	if (cpa_cli_diff_has_interval(diff)) {
		cpa_cli_json_number(
			json, "half_width", cpa_cli_diff_half_width(diff, &site->change));
		cpa_cli_json_number(json, "low", site->low);
		cpa_cli_json_number(json, "high", site->high);
		cpa_cli_json_number(json, "z", site->z);
		cpa_cli_json_number(json, "p", site->p);
		cpa_cli_json_number(json, "q", site->q);
	}
	if (report->shows_rate)
		cpa_cli_json_number(
			json, "per_hour", site->change.value * 3.6e12 / (double)diff->elapsed_ns);
	cpa_cli_json_int(json, "shown_from", (int64_t)site->shown_from);
	put_stack(json, diff, site);
	cpa_cli_json_close(json, '}');
}

static void put_limits(struct cpa_cli_json *json, const struct cpa_diff *diff)
{
	const struct cpa_diff_site *busiest = cpa_diff_busiest(diff);
	double least = cpa_diff_invisible(diff, NULL);

	cpa_cli_json_number(json,
		diff->new_view.what == CPA_STATS_HITS ? "invisible_below" : "invisible_below_bytes",
		least);
	if (busiest != NULL)
		cpa_cli_json_number(json, "invisible_below_bytes_at_the_busiest",
			cpa_diff_invisible(diff, busiest));
}

void cpa_cli_diff_json(const struct cpa_cli_diff_report *report, FILE *file)
{
	const struct cpa_diff *diff = report->diff;
	struct cpa_cli_json json = {.file = file};
	size_t i;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_json_text(&json, "schema", "cprof-diff-1");
	put_profile(&json, "old", report->old_profile, diff->old_total);
	put_profile(&json, "new", report->new_profile, diff->new_total);
	cpa_cli_json_text(&json, "sample_type", report->type_name);
	cpa_cli_json_text(&json, "unit", report->unit_name);
	cpa_cli_json_bool(&json, "one_process", diff->is_one_process);
	cpa_cli_json_bool(&json, "reversed", diff->is_reversed);
	cpa_cli_json_int(&json, "elapsed_ns", diff->elapsed_ns);
	cpa_cli_json_bool(&json, "has_interval", cpa_cli_diff_has_interval(diff));
	cpa_cli_json_number(&json, "change", diff->change.value);
	if (cpa_cli_diff_has_interval(diff)) {
		cpa_cli_json_number(
			&json, "half_width", cpa_cli_diff_half_width(diff, &diff->change));
		cpa_cli_json_number(&json, "low", diff->low);
		cpa_cli_json_number(&json, "high", diff->high);
		put_limits(&json, diff);
	}
	cpa_cli_json_int(&json, "site_count", (int64_t)diff->site_count);
	cpa_cli_json_int(&json, "tested_count", (int64_t)diff->tested_count);
	cpa_cli_json_int(&json, "grown_count", (int64_t)diff->grown_count);
	cpa_cli_json_int(&json, "shrunk_count", (int64_t)diff->shrunk_count);
	cpa_cli_json_number(&json, "noise_change", diff->noise.value);
	if (cpa_cli_diff_has_interval(diff))
		cpa_cli_json_number(
			&json, "noise_half_width", cpa_cli_diff_half_width(diff, &diff->noise));
	cpa_cli_json_open(&json, "sites", '[');
	for (i = 0; i < diff->site_count; i++)
		put_site(&json, report, &diff->sites[i]);
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_close(&json, '}');
}
