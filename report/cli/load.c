/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the files and options of a command line to the one profile a report is about.
 * Not here: each of the steps (report/analysis/, report/symbols/), parsing options (options.c).
 */
#include "report/cli/load.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis/filter.h"
#include "report/analysis/read.h"
#include "report/cli/out.h"

static void complain(const char *path, const struct cpa_error *error)
{
	fprintf(stderr, "cprof: %s: %s\n", strcmp(path, "-") == 0 ? "standard input" : path,
		error->text);
}

bool cpa_cli_load_one(
	struct cpa_profile *ret_profile, const struct cpa_cli_select *select, const char *path)
{
	(void)select;
	return cpa_cli_out_load(ret_profile, path);
}

/* Go's short names of sample types: what they stand for. */
static const char *type_wanted(const struct cpa_cli_select *select)
{
	if (strcmp(select->sample_index, "total_delay") == 0 ||
		strcmp(select->sample_index, "mean_delay") == 0)
		return "delay";
	return select->sample_index;
}

static bool pick_type(
	struct cpa_cli_loaded *loaded, const struct cpa_cli_select *select, struct cpa_error *error)
{
	const struct cpa_profile *profile = &loaded->profile;
	int type = cpa_profile_type(profile, type_wanted(select), error);

	if (type < 0)
		return false;
	loaded->type = (size_t)type;
	loaded->type_name = cpa_profile_string(profile, profile->types.items[type].type);
	loaded->unit_name = cpa_profile_string(profile, profile->types.items[type].unit);
	loaded->kind = cpa_units_kind(loaded->unit_name);
	loaded->is_mean = select->mean || strcmp(select->sample_index, "mean_delay") == 0;
	loaded->view = cpa_stats_view(profile, loaded->type);
	/* What cancelled can no longer be told, and a mean is no sum: cprof diff knows more. */
	if (loaded->has_base || loaded->is_mean)
		loaded->view = (struct cpa_stats_view){.objects_type = -1, .bytes_type = -1};
	return true;
}

static bool is_base_sample(
	const struct cpa_profile *profile, const struct cpa_profile_sample *sample)
{
	uint32_t i;

	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];

		if (label->str != 0 &&
			strcmp(cpa_profile_string(profile, label->key), "pprof::base") == 0)
			return strcmp(cpa_profile_string(profile, label->str), "true") == 0;
	}
	return false;
}

/* What percentages are of: the sum of magnitudes, with -diff_base those of the base alone. */
static void sum_up(struct cpa_cli_loaded *loaded)
{
	const struct cpa_profile *profile = &loaded->profile;
	double divisor = 0, base = 0, base_divisor = 0;
	size_t i;

	memset(&loaded->total, 0, sizeof(loaded->total));
	loaded->magnitude = 0;
	for (i = 0; i < profile->samples.count; i++) {
		double value = fabs((double)cpa_profile_value(profile, i, loaded->type));
		double by = loaded->is_mean ? (double)cpa_profile_value(profile, i, 0) : 0;

		cpa_stats_add_sample(&loaded->total, &loaded->view, profile, i, loaded->type);
		loaded->magnitude += value;
		divisor += by;
		if (loaded->has_base && is_base_sample(profile, &profile->samples.items[i])) {
			base += value;
			base_divisor += by;
		}
	}
	if (base > 0) {
		loaded->magnitude = base;
		divisor = base_divisor;
	}
	if (loaded->is_mean && divisor != 0) {
		loaded->total.value = trunc(loaded->total.value / divisor);
		loaded->magnitude = trunc(loaded->magnitude / divisor);
	}
}

static bool finish(
	struct cpa_cli_loaded *loaded, const struct cpa_cli_select *select, struct cpa_error *error)
{
	if (!pick_type(loaded, select, error))
		return false;
	sum_up(loaded);
	if (cpa_filter_apply(&loaded->profile, &select->filter, error) != 0)
		return false;
	if (select->relative_percentages)
		sum_up(loaded);
	return true;
}

bool cpa_cli_load(struct cpa_cli_loaded *ret_loaded, const struct cpa_cli_select *select,
	char *const *paths, int path_count)
{
	struct cpa_error error = {""};

	memset(ret_loaded, 0, sizeof(*ret_loaded));
	ret_loaded->file_count = (size_t)path_count;
	if (!cpa_cli_load_one(&ret_loaded->profile, select, paths[0]))
		return false;
	if (finish(ret_loaded, select, &error))
		return true;
	complain(paths[0], &error);
	cpa_cli_load_done(ret_loaded);
	return false;
}

void cpa_cli_load_done(struct cpa_cli_loaded *loaded)
{
	cpa_profile_done(&loaded->profile);
	memset(loaded, 0, sizeof(*loaded));
}
