/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two profiles compared, call site by call site.
 * Not here: how sure a change is (change.c, chance.c), whether it is one process (process.c),
 * printing (cli/diff.c).
 */
#include "report/analysis/diff.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis/change.h"
#include "report/profile/own.h"

/* The state of one comparison, gone when it is done. */
struct work {
	struct cpa_diff *diff;
	const struct cpa_profile *profile[2];
	struct cpa_nodes_map map[2];
	size_t type[2];
	const struct cpa_stats_view *view[2];
	int inuse_objects[2], inuse_bytes[2], alloc_objects[2],
		alloc_bytes[2]; /* sample types, -1 where missing */
	struct cpa_change buckets;
	size_t site_capacity;
	uint32_t *stack; /* scratch: frames of one stack, and their lines */
	int64_t *lines;
	size_t stack_capacity, line_capacity;
};

static struct cpa_diff_site *find_site(struct work *work, enum cpa_change_side side, size_t sample)
{
	struct cpa_diff *diff = work->diff;
	const struct cpa_profile *profile = work->profile[side];
	struct cpa_nodes_walk walk;
	int64_t line;
	struct cpa_diff_site *site;
	size_t depth = 0, i;
	uint32_t node, number;
	bool is_new;

	cpa_nodes_begin(&walk, &work->map[side], &profile->samples.items[sample]);
	while (cpa_nodes_next(&walk, &node, &line)) {
		work->stack = cpa_memory_grow(
			work->stack, &work->stack_capacity, depth + 1, sizeof(*work->stack));
		work->lines = cpa_memory_grow(
			work->lines, &work->line_capacity, depth + 1, sizeof(*work->lines));
		work->lines[depth] = line;
		work->stack[depth++] = node;
	}
	number = cpa_intern_add(&diff->stacks, work->stack, depth * sizeof(*work->stack), &is_new);
	/* Room, not zeros: what is not used costs no memory then. */
	diff->sites = cpa_memory_room(
		diff->sites, &work->site_capacity, number + 1, sizeof(*diff->sites));
	site = &diff->sites[number];
	if (is_new) {
		memset(site, 0, sizeof(*site));
		site->stack = number;
		site->shown_from = cpa_own_shown_from(&diff->nodes, work->stack, depth);
		for (i = 0; i < CPA_DIFF_LINES && site->shown_from + i < depth; i++)
			site->lines[i] = work->lines[site->shown_from + i];
		diff->site_count = number + 1;
		site->is_new = side == CPA_CHANGE_NEW;
	}
	for (i = 0; i < CPA_DIFF_LINES && site->shown_from + i < depth; i++)
		if (site->lines[i] != work->lines[site->shown_from + i] &&
			site->is_new == (side == CPA_CHANGE_NEW))
			site->lines[i] = -1;
	return site;
}

static double value_or_0(
	const struct work *work, enum cpa_change_side side, size_t sample, int type)
{
	return type < 0 ? 0 : (double)cpa_profile_value(work->profile[side], sample, (size_t)type);
}

static void add_to_bucket(
	struct work *work, enum cpa_change_side side, size_t sample, uint32_t site)
{
	const struct cpa_profile *profile = work->profile[side];
	struct cpa_change_amount inuse = {value_or_0(work, side, sample, work->inuse_objects[side]),
		value_or_0(work, side, sample, work->inuse_bytes[side])};
	struct cpa_change_amount alloc = {value_or_0(work, side, sample, work->alloc_objects[side]),
		value_or_0(work, side, sample, work->alloc_bytes[side])};
	double block_bytes =
		(double)cpa_profile_block_bytes(profile, &profile->samples.items[sample]);

	cpa_change_add(&work->buckets, side, site, block_bytes, inuse, alloc);
}

static void add_profile(struct work *work, enum cpa_change_side side)
{
	const struct cpa_profile *profile = work->profile[side];
	size_t i;

	for (i = 0; i < profile->samples.count; i++) {
		struct cpa_diff_site *site = find_site(work, side, i);
		double value = (double)cpa_profile_value(profile, i, work->type[side]);
		double sign = side == CPA_CHANGE_NEW ? 1 : -1;

		*(side == CPA_CHANGE_NEW ? &site->new_value : &site->old_value) += value;
		site->change.value += sign * value;
		site->objects_change +=
			sign * value_or_0(work, side, i, work->view[side]->objects_type);
		add_to_bucket(work, side, i, site->stack);
	}
}

static bool is_one_process(const struct work *work, enum cpa_diff_relation relation)
{
	bool has_all =
		work->alloc_objects[CPA_CHANGE_OLD] >= 0 &&
		work->alloc_objects[CPA_CHANGE_NEW] >= 0 &&
		work->alloc_bytes[CPA_CHANGE_OLD] >= 0 && work->alloc_bytes[CPA_CHANGE_NEW] >= 0 &&
		work->inuse_objects[CPA_CHANGE_NEW] >= 0 &&
		work->inuse_bytes[CPA_CHANGE_NEW] >= 0 &&
		work->inuse_objects[CPA_CHANGE_OLD] >= 0 && work->inuse_bytes[CPA_CHANGE_OLD] >= 0;

	if (work->view[CPA_CHANGE_NEW]->what == CPA_STATS_HITS)
		return relation != CPA_DIFF_TWO_PROCESSES &&
		       cpa_diff_one_clock(
			       work->profile[CPA_CHANGE_OLD], work->profile[CPA_CHANGE_NEW]);
	if (!has_all || relation == CPA_DIFF_TWO_PROCESSES)
		return false;
	if (relation == CPA_DIFF_ONE_PROCESS)
		return true;
	switch (cpa_diff_one_process(
		work->profile[CPA_CHANGE_OLD], work->profile[CPA_CHANGE_NEW])) {
	case 1:
		return true;
	case 0:
		return false;
	default:
		return !cpa_change_has_fallen(&work->buckets);
	}
}

/* Whether what is compared is what was ever allocated, not what is in use. */
static bool is_alloc(const struct work *work)
{
	size_t type = work->type[CPA_CHANGE_NEW];

	return type == (size_t)work->alloc_bytes[CPA_CHANGE_NEW] ||
	       type == (size_t)work->alloc_objects[CPA_CHANGE_NEW];
}

static void compute_variances(struct work *work)
{
	struct cpa_diff *diff = work->diff;
	size_t i;

	if (!work->view[CPA_CHANGE_OLD]->is_known || !work->view[CPA_CHANGE_NEW]->is_known)
		return;
	for (i = 0; i < diff->site_count && diff->new_view.what == CPA_STATS_HITS; i++) {
		struct cpa_diff_site *site = &diff->sites[i];

		cpa_change_hits(work->view, site->old_value, site->new_value, diff->is_one_process,
			&site->gained, &site->lost);
	}
	for (i = 0; i < work->buckets.keys.count && diff->new_view.what != CPA_STATS_HITS; i++) {
		const struct cpa_change_bucket *bucket = &work->buckets.items[i];
		struct cpa_diff_site *site = &diff->sites[bucket->site];

		cpa_change_parts(bucket, work->view, is_alloc(work), diff->is_one_process,
			&site->gained, &site->lost);
	}
	for (i = 0; i < diff->site_count; i++) {
		struct cpa_diff_site *site = &diff->sites[i];

		cpa_change_add_parts(&site->change, &site->gained, &site->lost);
		cpa_stats_add_sum(&diff->gained, &site->gained);
		cpa_stats_add_sum(&diff->lost, &site->lost);
	}
}

/* The interval of a change, from those of what was gained and lost. */
static void set_interval(const struct cpa_diff *diff, double change,
	const struct cpa_stats_sum *gained, const struct cpa_stats_sum *lost, double *ret_low,
	double *ret_high)
{
	const struct cpa_stats_view *const view[2] = {&diff->old_view, &diff->new_view};
	double off;

	*ret_low = *ret_high = change;
	if (!diff->old_view.is_known || !diff->new_view.is_known)
		return;
	cpa_stats_change_interval(view, gained, lost, ret_low, ret_high);
	off = change - (gained->value - lost->value); /* rounding, or what the bounds cut off */
	*ret_low += off;
	*ret_high += off;
}

/* Sites that cannot have changed are no hypotheses: they would only hide the others. */
static void judge(struct cpa_diff *diff)
{
	double *p = cpa_memory_new(diff->site_count, sizeof(*p)),
	       *q = cpa_memory_new(diff->site_count, sizeof(*q));
	bool is_known = diff->old_view.is_known && diff->new_view.is_known;
	size_t i, tested = 0;

	for (i = 0; i < diff->site_count; i++) {
		struct cpa_diff_site *site = &diff->sites[i];

		site->p = cpa_stats_p_value(&site->change, &site->z);
		set_interval(diff, site->change.value, &site->gained, &site->lost, &site->low,
			&site->high);
		if (site->change.variance > 0 || site->change.value != 0)
			p[tested++] = site->p;
	}
	cpa_stats_q_values(p, tested, q);
	diff->tested_count = tested;
	tested = 0;
	for (i = 0; i < diff->site_count; i++) {
		struct cpa_diff_site *site = &diff->sites[i];

		site->q = site->change.variance > 0 || site->change.value != 0 ? q[tested++] : 1;
		site->verdict = CPA_DIFF_NOISE;
		/* Without a known law every change counts as it stands. */
		if (site->change.value != 0 && (!is_known || site->q <= CPA_DIFF_Q_MAX))
			site->verdict = site->change.value > 0 ? CPA_DIFF_GREW : CPA_DIFF_SHRANK;
		diff->grown_count += site->verdict == CPA_DIFF_GREW;
		diff->shrunk_count += site->verdict == CPA_DIFF_SHRANK;
		cpa_stats_add_sum(&diff->change, &site->change);
		if (site->verdict == CPA_DIFF_NOISE)
			cpa_stats_add_sum(&diff->noise, &site->change);
	}
	set_interval(diff, diff->change.value, &diff->gained, &diff->lost, &diff->low, &diff->high);
	free(p);
	free(q);
}

static int compare_sites(const void *left, const void *right)
{
	const struct cpa_diff_site *l = left, *r = right;
	double l_size = fabs(l->change.value), r_size = fabs(r->change.value);

	if (l->verdict != r->verdict)
		return l->verdict < r->verdict ? -1 : 1;
	if (l_size != r_size)
		return l_size > r_size ? -1 : 1;
	return (l->stack > r->stack) - (l->stack < r->stack);
}

/*
 * The new profile knows what a default or a number means; the old one must have the type of
 * that name.
 */
static int pick_types(struct work *work, const char *type_name, struct cpa_error *error)
{
	const char *name = type_name;
	int side;

	for (side = CPA_CHANGE_NEW; side >= CPA_CHANGE_OLD; side--) {
		const struct cpa_profile *profile = work->profile[side];
		struct cpa_error why = {""};
		int type = cpa_profile_type(profile, name, &why);

		if (type < 0)
			return cpa_error_set(error, "%.200s: %s", profile->path, why.text);
		work->type[side] = (size_t)type;
		name = cpa_profile_string(profile, profile->types.items[type].type);
	}
	return 0;
}

static void find_types(struct work *work, enum cpa_change_side side)
{
	const struct cpa_profile *profile = work->profile[side];

	work->inuse_objects[side] = cpa_profile_type_named(profile, "inuse_objects");
	work->inuse_bytes[side] = cpa_profile_type_named(profile, "inuse_space");
	work->alloc_objects[side] = cpa_profile_type_named(profile, "alloc_objects");
	work->alloc_bytes[side] = cpa_profile_type_named(profile, "alloc_space");
	/* Profiles with one pair only ("objects", "space"): it stands for what is in use. */
	if (work->view[side]->is_known && work->inuse_bytes[side] < 0 &&
		work->alloc_bytes[side] < 0) {
		work->inuse_objects[side] = work->view[side]->objects_type;
		work->inuse_bytes[side] = work->view[side]->bytes_type;
	}
}

static void describe(struct work *work)
{
	struct cpa_diff *diff = work->diff;
	const struct cpa_profile *old_profile = work->profile[CPA_CHANGE_OLD];
	const struct cpa_profile *new_profile = work->profile[CPA_CHANGE_NEW];

	diff->old_view = cpa_stats_view(old_profile, work->type[CPA_CHANGE_OLD]);
	diff->new_view = cpa_stats_view(new_profile, work->type[CPA_CHANGE_NEW]);
	diff->has_objects = diff->old_view.objects_type >= 0 && diff->new_view.objects_type >= 0;
	diff->old_total = (double)cpa_profile_total(old_profile, work->type[CPA_CHANGE_OLD]);
	diff->new_total = (double)cpa_profile_total(new_profile, work->type[CPA_CHANGE_NEW]);
	if (old_profile->time_ns > 0 && new_profile->time_ns > old_profile->time_ns)
		diff->elapsed_ns = new_profile->time_ns - old_profile->time_ns;
	diff->is_reversed = cpa_diff_reversed(old_profile, new_profile);
	diff->nodes.from_start = cpa_diff_two_builds(old_profile, new_profile);
	work->view[CPA_CHANGE_OLD] = &diff->old_view;
	work->view[CPA_CHANGE_NEW] = &diff->new_view;
}

int cpa_diff_init(struct cpa_diff *ret_diff, const struct cpa_profile *old_profile,
	const struct cpa_profile *new_profile, const struct cpa_diff_options *options,
	struct cpa_error *error)
{
	struct cpa_diff *diff = ret_diff;
	struct work work = {.diff = diff, .profile = {old_profile, new_profile}};
	int side;

	memset(diff, 0, sizeof(*diff));
	if (pick_types(&work, options->type_name, error) != 0)
		return -EINVAL;
	diff->nodes.by = options->by;
	diff->nodes.no_inlines = options->no_inlines;
	describe(&work);
	/* The new one first: of what differs in places that are the same, its is shown. */
	for (side = CPA_CHANGE_NEW; side >= CPA_CHANGE_OLD; side--) {
		find_types(&work, (enum cpa_change_side)side);
		cpa_nodes_map_init(&work.map[side], &diff->nodes, work.profile[side]);
		add_profile(&work, (enum cpa_change_side)side);
		cpa_nodes_map_done(&work.map[side]);
	}
	diff->is_one_process = is_one_process(&work, options->relation);
	compute_variances(&work);
	judge(diff);
	if (diff->site_count > 0)
		qsort(diff->sites, diff->site_count, sizeof(*diff->sites), compare_sites);
	cpa_change_done(&work.buckets);
	free(work.stack);
	free(work.lines);
	return 0;
}

void cpa_diff_done(struct cpa_diff *diff)
{
	cpa_nodes_done(&diff->nodes);
	cpa_intern_done(&diff->stacks);
	free(diff->sites);
	memset(diff, 0, sizeof(*diff));
}
