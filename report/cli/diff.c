/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof diff: which call sites grew between two profiles, and which may be chance.
 * Not here: the comparison (report/analysis/diff.c), its text (diff_text.c) and JSON (diff_json.c).
 */
#include "report/cli/diff.h"

#include <math.h>
#include <string.h>

#include "base/quantity.h"
#include "report/analysis/filter.h"
#include "report/cli/load.h"
#include "report/cli/out.h"
#include "report/cli/say.h"
#include "report/profile/scale.h"

bool cpa_cli_diff_has_interval(const struct cpa_diff *diff)
{
	return diff->old_view.is_known && diff->new_view.is_known;
}

double cpa_cli_diff_half_width(const struct cpa_diff *diff, const struct cpa_stats_sum *sum)
{
	return cpa_cli_diff_has_interval(diff) ? cpa_stats_half_width(&diff->new_view, sum) : -1;
}

/* What growth there was at least: of the whole, or of one site that grew for sure. */
static double surely_grown(const struct cpa_diff *diff)
{
	double most = diff->low;
	size_t i;

	for (i = 0; i < diff->grown_count; i++)
		most = fmax(most, diff->sites[i].low);
	return most;
}

static int check_gate(const struct cpa_cli_diff_report *report, const char *limit_text)
{
	char surely[CPA_UNITS_BYTES];
	uint64_t limit;
	double most;

	if (limit_text == NULL || cpa_quantity_parse(CPA_QUANTITY_SIZE, limit_text, &limit) != 0)
		return CPA_CLI_OK;
	most = surely_grown(report->diff);
	if (!(most > (double)limit))
		return CPA_CLI_OK;
	cpa_units_value(report->kind, most, -1, false, surely, NULL);
	cpa_cli_say("%s grew by at least %s, more than --fail-above=%s", report->type_name, surely,
		limit_text);
	return CPA_CLI_GATE;
}

static int print_report(struct cpa_cli_diff_report *report, const char *fail_above)
{
	struct cpa_cli_out out;

	if (!cpa_cli_out_begin(&out, report->select->output, report->select->wide))
		return CPA_CLI_USAGE;
	report->shows_objects = report->diff->has_objects && report->kind == CPA_UNITS_SIZE;
	/* A rate per hour from less than a second is a guess. */
	report->shows_rate = report->diff->is_one_process &&
			     report->diff->new_view.what != CPA_STATS_HITS &&
			     report->diff->elapsed_ns >= 1000000000;
	report->shows_half = cpa_cli_diff_has_interval(report->diff) &&
			     !(report->diff->old_view.is_exact && report->diff->new_view.is_exact);
	report->shows_z = report->select->wide && report->shows_half;
	report->prefix_columns = 10u + (report->shows_half ? 7 : 0) +
				 (report->shows_objects ? 11 : 0) + 10 +
				 (report->shows_rate ? 10 : 0) + (report->shows_z ? 17 : 0);
	if (report->select->json)
		cpa_cli_diff_json(report, out.file);
	else
		cpa_cli_diff_text(report, &out);
	return cpa_cli_out_end(&out, check_gate(report, fail_above));
}

static int compare(struct cpa_cli_diff_report *report, int relation, const char *fail_above)
{
	struct cpa_profile *profiles[] = {report->old_profile, report->new_profile};
	const struct cpa_diff_options options = {.type_name = report->select->sample_index,
		.by = (enum cpa_nodes_by)report->select->by,
		.no_inlines = report->select->no_inlines,
		.relation = (enum cpa_diff_relation)relation};
	struct cpa_error error = {""};
	struct cpa_diff diff;
	int type, status;
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(profiles); i++) {
		if (cpa_filter_apply(profiles[i], &report->select->filter, &error) == 0)
			continue;
		fprintf(stderr, "cprof: %s: %s\n", profiles[i]->path, error.text);
		return CPA_CLI_USAGE;
	}
	if (cpa_diff_init(&diff, report->old_profile, report->new_profile, &options, &error) != 0) {
		fprintf(stderr, "cprof: %s\n", error.text);
		return CPA_CLI_USAGE;
	}
	type = cpa_profile_type(report->new_profile, report->select->sample_index, &error);
	report->diff = &diff;
	report->type_name = cpa_profile_string(
		report->new_profile, report->new_profile->types.items[type].type);
	report->unit_name = cpa_profile_string(
		report->new_profile, report->new_profile->types.items[type].unit);
	report->kind = cpa_units_kind(report->unit_name);
	status = print_report(report, fail_above);
	cpa_diff_done(&diff);
	return status;
}

/* Options of the other reports that would change what is compared, and no longer be a sum. */
static bool are_options_sound(const struct cpa_cli_select *select)
{
	bool knows_unit = cpa_scale_knows(select->unit);
	const char *name = select->base != NULL        ? "-base"
			   : select->diff_base != NULL ? "-diff_base"
			   : select->normalize         ? "-normalize"
			   : select->mean || strcmp(select->sample_index, "mean_delay") == 0
				   ? "-mean"
				   : NULL;

	if (!knows_unit)
		fprintf(stderr, "cprof: -unit=%s: want a unit such as B, kB, MB, GB, ns, ms, s\n",
			select->unit);
	if (name == NULL)
		return knows_unit;
	fprintf(stderr, "cprof diff: %s is for reports on one profile; diff takes two: OLD NEW\n",
		name);
	return false;
}

int cpa_cli_diff(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_profile old_profile = {0}, new_profile = {0};
	struct cpa_cli_select select = CPA_CLI_SELECT_DEFAULTS;
	struct cpa_cli_diff_report report = {
		.old_profile = &old_profile, .new_profile = &new_profile, .select = &select};
	const char *fail_above = NULL;
	int relation = CPA_DIFF_ASK, file_count, status = CPA_CLI_USAGE;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select),
		{"fail-above", CPA_CLI_SIZE, &fail_above, 0},
		{"one-process", CPA_CLI_SET, &relation, CPA_DIFF_ONE_PROCESS},
		{"two-processes", CPA_CLI_SET, &relation, CPA_DIFF_TWO_PROCESSES},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (are_options_sound(&select) && cpa_cli_options_files(verb, file_count, 2) &&
		cpa_cli_load_one(&old_profile, &select, argv[0]) &&
		cpa_cli_load_one(&new_profile, &select, argv[1]))
		status = compare(&report, relation, fail_above);
	cpa_profile_done(&old_profile);
	cpa_profile_done(&new_profile);
	return status;
}
