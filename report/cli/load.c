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
#include "report/cli/add.h"
#include "report/cli/out.h"
#include "report/cli/say.h"
#include "report/cli/symbols.h"
#include "report/profile/dropframes.h"
#include "report/profile/merge.h"
#include "report/profile/scale.h"

static void complain(const char *path, const struct cpa_error *error)
{
	cpa_cli_say("%s: %s", strcmp(path, "-") == 0 ? "standard input" : path, error->text);
}

static void symbolize(struct cpa_profile *profile, const struct cpa_cli_select *select)
{
	cpa_cli_symbols_add(profile, select->symbolize, false);
	cpa_dropframes_apply(profile); /* by the names that were just learned */
}

bool cpa_cli_load_one(
	struct cpa_profile *ret_profile, const struct cpa_cli_select *select, const char *path)
{
	if (!cpa_cli_out_load(ret_profile, path))
		return false;
	symbolize(ret_profile, select);
	return true;
}

/* Equal samples become one, as Go's client does it with every file. */
static bool merge_one(struct cpa_profile *profile)
{
	const struct cpa_profile *all[] = {profile};
	struct cpa_error error = {""};
	struct cpa_profile merged;

	if (cpa_merge_profiles(&merged, all, 1, &error) != 0) {
		fprintf(stderr, "cprof: %s\n", error.text);
		return false;
	}
	cpa_profile_done(profile);
	*profile = merged;
	return true;
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

/* Take -base or -diff_base away. */
static bool take_base(struct cpa_cli_loaded *loaded, const struct cpa_cli_select *select)
{
	const char *path = select->base != NULL ? select->base : select->diff_base;
	struct cpa_error error = {""};
	struct cpa_profile base;
	bool is_good;

	loaded->has_base = path != NULL;
	if (path == NULL)
		return true;
	if (!cpa_cli_out_load(&base, path))
		return false;
	is_good = cpa_merge_subtract(&loaded->profile, &base, select->base == NULL,
			  select->normalize, &error) == 0;
	cpa_profile_done(&base);
	if (!is_good)
		fprintf(stderr, "cprof: %s\n", error.text);
	return is_good;
}

static bool are_options_sound(const struct cpa_cli_select *select)
{
	if (select->base != NULL && select->diff_base != NULL)
		fputs("cprof: -base and -diff_base are two ways to do one thing; give one\n",
			stderr);
	else if (select->normalize && select->base == NULL && select->diff_base == NULL)
		fputs("cprof: -normalize needs a profile to compare with: -base or -diff_base\n",
			stderr);
	else if (!cpa_scale_knows(select->unit))
		fprintf(stderr, "cprof: -unit=%s: want a unit such as B, kB, MB, GB, ns, ms, s\n",
			select->unit);
	else
		return true;
	return false;
}

static bool has_negative(const struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->values.count; i++)
		if (profile->values.items[i] < 0)
			return true;
	return false;
}

static bool read_all(struct cpa_cli_loaded *loaded, const struct cpa_cli_select *select,
	char *const *paths, int path_count)
{
	loaded->file_count = (size_t)path_count;
	if (path_count > 1)
		return cpa_cli_add_files(&loaded->profile, paths, path_count);
	if (!cpa_cli_out_load(&loaded->profile, paths[0]))
		return false;
	if (!select->merges && !has_negative(&loaded->profile))
		return true;
	return merge_one(&loaded->profile);
}

bool cpa_cli_load(struct cpa_cli_loaded *ret_loaded, const struct cpa_cli_select *select,
	char *const *paths, int path_count)
{
	struct cpa_error error = {""};

	memset(ret_loaded, 0, sizeof(*ret_loaded));
	if (!are_options_sound(select))
		return false;
	if (read_all(ret_loaded, select, paths, path_count) && take_base(ret_loaded, select)) {
		symbolize(&ret_loaded->profile, select);
		if (finish(ret_loaded, select, &error))
			return true;
		complain(paths[0], &error);
	}
	cpa_cli_load_done(ret_loaded);
	return false;
}

void cpa_cli_load_done(struct cpa_cli_loaded *loaded)
{
	cpa_profile_done(&loaded->profile);
	memset(loaded, 0, sizeof(*loaded));
}

static double fraction(const struct cpa_cli_select *select, double wanted, double by_default)
{
	return !select->trim ? 0 : wanted >= 0 ? wanted : by_default;
}

struct cpa_graph_options cpa_cli_load_graph_options(const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select, const struct cpa_cli_trim *defaults)
{
	struct cpa_graph_options options = {
		.by = (enum cpa_nodes_by)select->by,
		.no_inlines = select->no_inlines,
		.sort_by_cum = select->sort_by_cum != 0,
		.drop_negative = select->drop_negative,
		.is_mean = loaded->is_mean,
		.node_fraction = fraction(select, select->node_fraction, defaults->node_fraction),
		.edge_fraction = fraction(select, select->edge_fraction, defaults->edge_fraction),
	};

	if (select->trim)
		options.node_count =
			select->row_count >= 0 ? (size_t)select->row_count : defaults->node_count;
	return options;
}
