/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof traces as JSON. The keys are described in cprof(1).
 * Not here: the same for people (traces.c).
 */
#include "report/cli/traces.h"

static void put_labels(struct cpa_cli_json *json, const struct cpa_profile *profile,
	const struct cpa_profile_sample *sample)
{
	uint32_t i;

	cpa_cli_json_open(json, "labels", '[');
	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];

		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_json_text(json, "key", cpa_profile_string(profile, label->key));
		if (label->str != 0) {
			cpa_cli_json_text(json, "text", cpa_profile_string(profile, label->str));
		} else {
			cpa_cli_json_int(json, "number", label->num);
			cpa_cli_json_text(json, "unit", cpa_profile_string(profile, label->unit));
		}
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

static void put_stack(struct cpa_cli_json *json, const struct cpa_cli_traces *traces,
	const struct cpa_profile_sample *sample)
{
	struct cpa_nodes_walk walk;
	uint32_t node;
	int64_t line;

	cpa_cli_json_open(json, "stack", '[');
	cpa_nodes_begin(&walk, &traces->map, sample);
	while (cpa_nodes_next(&walk, &node, &line)) {
		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_show_json_node(json, &traces->select, &traces->nodes.items[node]);
		cpa_cli_json_bool(json, "inlined", walk.is_inlined);
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

void cpa_cli_traces_json(const struct cpa_cli_traces *traces, FILE *file)
{
	struct cpa_cli_json json = {.file = file};
	size_t i;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_show_json_head(&json, "cprof-traces-1", &traces->loaded);
	cpa_cli_json_int(&json, "row_count", (int64_t)traces->all_count);
	cpa_cli_json_open(&json, "rows", '[');
	for (i = 0; i < traces->shown_count; i++) {
		const struct cpa_profile_sample *sample =
			&traces->loaded.profile.samples.items[traces->order[i]];
		struct cpa_stats_sum sum = cpa_cli_traces_sum(traces, traces->order[i]);

		cpa_cli_json_open(&json, NULL, '{');
		cpa_cli_show_json_sum(&json, &traces->loaded.view, "value", &sum);
		put_labels(&json, &traces->loaded.profile, sample);
		put_stack(&json, traces, sample);
		cpa_cli_json_close(&json, '}');
	}
	cpa_cli_json_close(&json, ']');
	cpa_cli_show_json_foot(&json, &traces->loaded);
	cpa_cli_json_close(&json, '}');
}
