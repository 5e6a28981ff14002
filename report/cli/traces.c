/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof traces: every stack, with what it holds.
 * Not here: the same as JSON (traces_json.c).
 */
#include "report/cli/traces.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_COLUMN 28

struct cpa_stats_sum cpa_cli_traces_sum(const struct cpa_cli_traces *traces, uint32_t sample)
{
	struct cpa_stats_sum sum = {0};
	double divisor;

	cpa_stats_add_sample(
		&sum, &traces->loaded.view, &traces->loaded.profile, sample, traces->loaded.type);
	if (traces->loaded.is_mean) {
		divisor = (double)cpa_profile_value(&traces->loaded.profile, sample, 0);
		if (divisor != 0)
			sum.value = trunc(sum.value / divisor);
	}
	return sum;
}

static int compare_samples(const void *left, const void *right, void *context)
{
	uint32_t l = *(const uint32_t *)left, r = *(const uint32_t *)right;
	double left_value = fabs(cpa_cli_traces_sum(context, l).value);
	double right_value = fabs(cpa_cli_traces_sum(context, r).value);
	int order = (left_value < right_value) - (left_value > right_value);

	return order != 0 ? order : (l > r) - (l < r);
}

static void pick_samples(struct cpa_cli_traces *traces)
{
	const struct cpa_profile *profile = &traces->loaded.profile;
	size_t i;

	traces->order = cpa_memory_new(profile->samples.count + 1, sizeof(*traces->order));
	for (i = 0; i < profile->samples.count; i++)
		if (cpa_profile_value(profile, i, traces->loaded.type) != 0 &&
			profile->samples.items[i].loc_count > 0)
			traces->order[traces->all_count++] = (uint32_t)i;
	qsort_r(traces->order, traces->all_count, sizeof(*traces->order), compare_samples, traces);
	traces->shown_count = traces->all_count;
	if (traces->select.trim && traces->select.row_count > 0 &&
		(uint64_t)traces->select.row_count < traces->shown_count)
		traces->shown_count = (size_t)traces->select.row_count;
	traces->nodes.by = (enum cpa_nodes_by)traces->select.by;
	traces->nodes.no_inlines = traces->select.no_inlines;
	traces->nodes.lumps_unknown = true;
	cpa_nodes_map_init(&traces->map, &traces->nodes, profile);
}

static void print_label(const struct cpa_cli_traces *traces, struct cpa_cli_out *out,
	const struct cpa_profile_label *label)
{
	const struct cpa_profile *profile = &traces->loaded.profile;
	const char *unit = cpa_profile_string(profile, label->unit);
	char number[CPA_UNITS_BYTES];

	fprintf(out->file, "%*s", NAME_COLUMN, "");
	cpa_cli_out_text(out, cpa_profile_string(profile, label->key), 24);
	fputs(" = ", out->file);
	if (label->str != 0) {
		cpa_cli_out_text(out, cpa_profile_string(profile, label->str),
			cpa_cli_out_room(out, NAME_COLUMN + 27));
	} else {
		if (unit[0] == '\0')
			unit = cpa_profile_string(profile, label->key);
		cpa_units_value(cpa_units_kind(unit), (double)label->num, -1, false, number, NULL);
		fputs(number, out->file);
	}
	putc('\n', out->file);
}

static void print_stack(
	const struct cpa_cli_traces *traces, struct cpa_cli_out *out, uint32_t sample)
{
	struct cpa_nodes_walk walk;
	int64_t line;
	uint32_t node;
	bool is_leaf = true;

	cpa_nodes_begin(&walk, &traces->map, &traces->loaded.profile.samples.items[sample]);
	while (cpa_nodes_next(&walk, &node, &line)) {
		const char *remark = walk.is_inlined ? " (inline)" : "";
		size_t used = NAME_COLUMN + strlen(remark);

		if (!is_leaf)
			fprintf(out->file, "%*s", NAME_COLUMN, "");
		is_leaf = false;
		cpa_cli_show_node(out, &traces->select, &traces->nodes.items[node],
			cpa_cli_out_room(out, used));
		fprintf(out->file, "%s\n", remark);
	}
}

static void print_sample(
	const struct cpa_cli_traces *traces, struct cpa_cli_out *out, uint32_t number)
{
	const struct cpa_profile_sample *sample = &traces->loaded.profile.samples.items[number];
	struct cpa_stats_sum sum = cpa_cli_traces_sum(traces, number);
	char value[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];
	bool is_few = traces->loaded.view.is_known && cpa_stats_is_few(&sum);
	uint32_t i;

	cpa_cli_show_value(&traces->loaded, &traces->select, sum.value,
		cpa_stats_half_width(&traces->loaded.view, &sum), value, half);
	putc('\n', out->file);
	cpa_cli_out_right(out, value, 10);
	cpa_cli_out_right(out, half, 8);
	fprintf(out->file, "%c%6.1f%%  ", is_few ? '*' : ' ',
		cpa_cli_show_percent(&traces->loaded, sum.value));
	print_stack(traces, out, number);
	for (i = 0; i < sample->label_count; i++)
		print_label(
			traces, out, &traces->loaded.profile.labels.items[sample->label_begin + i]);
}

static void print(const struct cpa_cli_traces *traces, struct cpa_cli_out *out)
{
	double shown = 0;
	bool has_few = false;
	size_t i;

	for (i = 0; i < traces->shown_count; i++)
		shown += cpa_cli_traces_sum(traces, traces->order[i]).value;
	cpa_cli_show_head(out, &traces->loaded, &traces->select);
	cpa_cli_show_summary(out, &traces->loaded, &traces->select, traces->shown_count,
		traces->all_count, traces->all_count == 1 ? "stack" : "stacks", shown);
	if (traces->shown_count > 0)
		fputs("     value       ±  of all  innermost frame first\n", out->file);
	for (i = 0; i < traces->shown_count; i++) {
		struct cpa_stats_sum sum = cpa_cli_traces_sum(traces, traces->order[i]);

		print_sample(traces, out, traces->order[i]);
		has_few |= traces->loaded.view.is_known && cpa_stats_is_few(&sum);
	}
	if (traces->shown_count > 0)
		putc('\n', out->file);
	if (has_few)
		cpa_cli_show_few(out);
	cpa_cli_show_foot(out, &traces->loaded, "stack");
}

static int report(struct cpa_cli_traces *traces)
{
	struct cpa_cli_out out;

	if (!cpa_cli_out_begin(&out, traces->select.output, traces->select.wide))
		return CPA_CLI_USAGE;
	pick_samples(traces);
	if (traces->select.json)
		cpa_cli_traces_json(traces, out.file);
	else
		print(traces, &out);
	cpa_nodes_map_done(&traces->map);
	cpa_nodes_done(&traces->nodes);
	free(traces->order);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}

int cpa_cli_traces(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_cli_traces traces = {.select = CPA_CLI_SELECT_DEFAULTS};
	int file_count, status;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&traces.select),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	traces.select.merges = true;
	if (!cpa_cli_options_files(verb, file_count, -1) ||
		!cpa_cli_load(&traces.loaded, &traces.select, argv, file_count))
		return CPA_CLI_USAGE;
	status = report(&traces);
	cpa_cli_load_done(&traces.loaded);
	return status;
}
