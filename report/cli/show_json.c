/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the reports on one profile have in common, in JSON. The keys are described in cprof(1).
 * Not here: the same for people (show.c), the syntax (json.c).
 */
#include <inttypes.h>
#include <stdio.h>

#include "report/cli/show.h"

void cpa_cli_show_json_head(
	struct cpa_cli_json *json, const char *schema, const struct cpa_cli_loaded *loaded)
{
	const struct cpa_profile *profile = &loaded->profile;

	cpa_cli_json_text(json, "schema", schema);
	cpa_cli_json_text(json, "file", profile->path);
	cpa_cli_json_text(json, "program", cpa_profile_exe(profile));
	cpa_cli_json_text(json, "pid", cpa_comments_get(profile, "pid"));
	cpa_cli_json_int(json, "time_ns", profile->time_ns);
	cpa_cli_json_text(json, "sample_type", loaded->type_name);
	cpa_cli_json_text(json, "unit", loaded->unit_name);
	cpa_cli_json_int(json, "period", profile->period);
	cpa_cli_json_bool(json, "has_interval", loaded->view.is_known);
	cpa_cli_show_json_sum(json, &loaded->view, "total", &loaded->total);
	cpa_cli_json_number(json, "percent_base", loaded->magnitude);
}

void cpa_cli_show_json_node(
	struct cpa_cli_json *json, const struct cpa_cli_select *select, const struct cpa_node *node)
{
	char addr[32];

	cpa_cli_json_text(json, "name", node->name);
	if (select->by != CPA_NODES_BY_FUNCTION && select->by != CPA_NODES_BY_FILE)
		cpa_cli_json_text(json, "source", node->file);
	if (select->by == CPA_NODES_BY_LINE || select->by == CPA_NODES_BY_ADDRESS)
		cpa_cli_json_int(json, "line", node->line);
	if (select->by != CPA_NODES_BY_ADDRESS)
		return;
	snprintf(addr, sizeof(addr), "0x%" PRIx64, node->addr);
	cpa_cli_json_text(json, "address", addr);
}

void cpa_cli_show_json_sum(struct cpa_cli_json *json, const struct cpa_stats_view *view,
	const char *prefix, const struct cpa_stats_sum *sum)
{
	char key[64];
	double low, high;

	cpa_cli_json_number(json, prefix, sum->value);
	if (!view->is_known)
		return;
	cpa_stats_interval(view, sum, &low, &high);
	snprintf(key, sizeof(key), "%s_half_width", prefix);
	cpa_cli_json_number(json, key, cpa_stats_half_width(view, sum));
	snprintf(key, sizeof(key), "%s_low", prefix);
	cpa_cli_json_number(json, key, low);
	snprintf(key, sizeof(key), "%s_high", prefix);
	cpa_cli_json_number(json, key, high);
	snprintf(key, sizeof(key), "%s_samples", prefix);
	cpa_cli_json_number(json, key, sum->samples);
}

void cpa_cli_show_json_foot(struct cpa_cli_json *json, const struct cpa_cli_loaded *loaded)
{
	if (loaded->view.is_known)
		cpa_cli_json_number(json,
			loaded->view.what == CPA_STATS_HITS ? "invisible_below"
							    : "invisible_below_bytes",
			cpa_stats_visible(&loaded->view));
}
