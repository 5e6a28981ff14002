/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several profiles as one, and one taken away from another.
 * Not here: adding up samples (sum.c), what is the same quantity (align.c).
 */
#include "report/profile/merge.h"

#include <errno.h>
#include <stdlib.h>

#include "report/profile/sum.h"

/* The head of the sum; types and period as align says. */
static void set_types(
	struct cpa_sum *sum, const struct cpa_sum_part *parts, const struct cpa_align *align)
{
	const struct cpa_profile *first = parts[0].profile;
	struct cpa_graft *graft = &sum->graft;
	size_t type;

	cpa_graft_from(graft, first);
	for (type = 0; type < align->type_count; type++) {
		struct cpa_profile_type *to = CPA_PROFILE_ADD(&sum->to->types);

		to->type = cpa_graft_string(
			graft, first->types.items[parts[0].columns[type].type].type);
		to->unit = cpa_graft_text(graft, align->units[type]);
	}
	sum->to->period_type.type = cpa_graft_string(graft, first->period_type.type);
	sum->to->period_type.unit = cpa_graft_text(graft, align->period_unit);
	sum->to->drop_frames = cpa_graft_string(graft, first->drop_frames);
	sum->to->keep_frames = cpa_graft_string(graft, first->keep_frames);
	if (first->path != NULL)
		sum->to->path = cpa_memory_text(first->path, strlen(first->path));
}

/* What one profile says of itself, into the sum. */
static void add_head(struct cpa_sum *sum, const struct cpa_profile *from, double period_ratio,
	struct cpa_intern *comments)
{
	struct cpa_profile *to = sum->to;
	int64_t period = cpa_sum_scale(from->period, period_ratio);
	size_t i;

	if (to->time_ns == 0 || (from->time_ns != 0 && from->time_ns < to->time_ns))
		to->time_ns = from->time_ns;
	to->duration_ns = (int64_t)((uint64_t)to->duration_ns + (uint64_t)from->duration_ns);
	if (to->period == 0 || period > to->period)
		to->period = period;
	if (to->default_type == 0)
		to->default_type = cpa_graft_string(&sum->graft, from->default_type);
	if (to->doc_url == 0)
		to->doc_url = cpa_graft_string(&sum->graft, from->doc_url);
	to->unpacked_bytes += from->unpacked_bytes;
	for (i = 0; i < from->comments.count; i++) {
		uint32_t comment = cpa_graft_string(&sum->graft, from->comments.items[i]);
		bool is_new;

		(void)cpa_intern_add(comments, &comment, sizeof(comment), &is_new);
		if (is_new)
			*CPA_PROFILE_ADD(&to->comments) = comment;
	}
}

static int add_parts(struct cpa_sum *sum, const struct cpa_sum_part *parts, size_t count,
	const struct cpa_align *align, struct cpa_error *error)
{
	struct cpa_intern comments = {0};
	int error_code = 0;
	size_t i, j;

	for (i = 0; i < count && error_code == 0; i++) {
		const struct cpa_profile *from = parts[i].profile;

		cpa_graft_from(&sum->graft, from);
		add_head(sum, from, align->period_ratios[i], &comments);
		/* The first mapping of a profile is that of the program, in the sum too. */
		if (sum->to->mappings.count == 0 && from->mappings.count > 0)
			(void)cpa_graft_mapping(&sum->graft, 0);
		for (j = 0; j < from->samples.count && error_code == 0; j++)
			error_code = cpa_sum_add(sum, &parts[i], j, error);
	}
	cpa_intern_done(&comments);
	return error_code;
}

static int sum_parts(struct cpa_profile *ret_sum, const struct cpa_sum_part *parts, size_t count,
	const struct cpa_align *align, struct cpa_error *error)
{
	struct cpa_sum sum;
	struct cpa_profile raw;
	const struct cpa_profile *again = &raw;
	bool has_zeros;
	int error_code;

	memset(ret_sum, 0, sizeof(*ret_sum));
	cpa_sum_init(&sum, ret_sum, align->type_count);
	set_types(&sum, parts, align);
	error_code = add_parts(&sum, parts, count, align, error);
	has_zeros = sum.has_zeros;
	cpa_sum_done(&sum);
	if (error_code != 0) {
		cpa_profile_done(ret_sum);
		return error_code;
	}
	cpa_comments_split(ret_sum);
	if (!has_zeros)
		return 0;
	/* What has cancelled goes, with the places that nothing else names. */
	raw = *ret_sum;
	error_code = cpa_merge_profiles(ret_sum, &again, 1, error);
	cpa_profile_done(&raw);
	return error_code;
}

int cpa_merge_profiles(struct cpa_profile *ret_merged, const struct cpa_profile *const *profiles,
	size_t count, struct cpa_error *error)
{
	struct cpa_sum_part *parts = cpa_memory_new(count, sizeof(*parts));
	struct cpa_align align;
	size_t i;
	int error_code = cpa_align_init(&align, profiles, count, error);

	for (i = 0; i < count && error_code == 0; i++)
		parts[i] = (struct cpa_sum_part){
			.profile = profiles[i], .columns = align.columns + i * align.type_count};
	if (error_code == 0) {
		error_code = sum_parts(ret_merged, parts, count, &align, error);
		cpa_align_done(&align);
	} else {
		memset(ret_merged, 0, sizeof(*ret_merged));
	}
	free(parts);
	return error_code;
}

/* By what each type of profile is multiplied to have the sum that base has. */
static void fill_factors(double *factors, const struct cpa_sum_part *profile,
	const struct cpa_sum_part *base, size_t type_count)
{
	size_t type, i;

	for (type = 0; type < type_count; type++) {
		uint64_t sum = 0, base_sum = 0;

		for (i = 0; i < profile->profile->samples.count; i++)
			sum += (uint64_t)cpa_sum_value(profile, i, type);
		for (i = 0; i < base->profile->samples.count; i++)
			base_sum += (uint64_t)cpa_sum_value(base, i, type);
		factors[type] = sum == 0 ? 0 : (double)(int64_t)base_sum / (double)(int64_t)sum;
	}
}

int cpa_merge_subtract(struct cpa_profile *profile, const struct cpa_profile *base, bool marks_base,
	bool normalizes, struct cpa_error *error)
{
	const struct cpa_profile *const both[] = {profile, base};
	struct cpa_profile difference;
	struct cpa_align align;
	struct cpa_sum_part parts[2] = {
		{.profile = profile}, {.profile = base, .is_marked = marks_base}};
	double *factors = NULL;
	int error_code = cpa_align_init(&align, both, 2, error);

	if (error_code != 0)
		return error_code;
	parts[0].columns = align.columns;
	parts[1].columns = align.columns + align.type_count;
	if (normalizes) {
		factors = cpa_memory_new(align.type_count, sizeof(*factors));
		fill_factors(factors, &parts[0], &parts[1], align.type_count);
		parts[0].factors = factors;
	}
	parts[1].is_negative = true;
	error_code = sum_parts(&difference, parts, 2, &align, error);
	cpa_align_done(&align);
	free(factors);
	if (error_code != 0)
		return error_code;
	cpa_profile_done(profile);
	*profile = difference;
	return 0;
}
