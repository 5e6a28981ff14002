/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All call sites of a series of snapshots, judged and ranked.
 * Not here: one site's verdict (verdict.c), reading snapshots (history.c), printing (cli/leaks.c).
 */
#include "report/trend/leaks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/own.h"

#define PAUSE_INTERVALS 3 /* usual ones; as in notes.c */

static int compare_times(const void *left, const void *right)
{
	double l = *(const double *)left, r = *(const double *)right;

	return (l > r) - (l < r);
}

void cpa_leaks_clock(const double *seconds, size_t count, double *ret_clock)
{
	double *intervals = cpa_memory_new(count, sizeof(*intervals)), usual;
	size_t i;

	for (i = 1; i < count; i++)
		intervals[i - 1] = seconds[i] - seconds[i - 1];
	qsort(intervals, count - 1, sizeof(*intervals), compare_times);
	usual = count > 1 ? intervals[(count - 1) / 2] : 0;
	ret_clock[0] = 0;
	for (i = 1; i < count; i++) {
		double interval = seconds[i] - seconds[i - 1];

		ret_clock[i] =
			ret_clock[i - 1] + (interval > PAUSE_INTERVALS * usual ? usual : interval);
	}
	free(intervals);
}

/* The largest round time within half of the series, and the snapshot it leads back to. */
static void choose_age(struct cpa_leaks *leaks)
{
	static const double steps[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2,
		5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
		172800, 604800, 1209600, 2419200};
	size_t last = leaks->history->snapshot_count - 1, i;
	double half = leaks->seconds[last] / 2;

	for (i = 0; i < CPA_ARRAY_LEN(steps) && steps[i] <= half; i++)
		leaks->age = steps[i];
	for (i = 0; i < last && leaks->seconds[i] <= leaks->seconds[last] - leaks->age; i++)
		leaks->age_since = i;
}

/* One stack: its frames and their lines. */
struct scratch {
	uint32_t *stack;
	int64_t *lines;
	size_t stack_capacity, line_capacity;
};

static struct cpa_leaks_site *find_site(struct cpa_leaks *leaks, const struct cpa_nodes_map *map,
	size_t sample, struct scratch *scratch)
{
	struct cpa_nodes_walk walk;
	int64_t line;
	struct cpa_leaks_site *site;
	size_t depth = 0, i;
	uint32_t node, number;
	bool is_new;

	cpa_nodes_begin(&walk, map, &map->profile->samples.items[sample]);
	while (cpa_nodes_next(&walk, &node, &line)) {
		scratch->stack = cpa_memory_room(scratch->stack, &scratch->stack_capacity,
			depth + 1, sizeof(*scratch->stack));
		scratch->lines = cpa_memory_room(scratch->lines, &scratch->line_capacity, depth + 1,
			sizeof(*scratch->lines));
		scratch->lines[depth] = line;
		scratch->stack[depth++] = node;
	}
	number = cpa_intern_add(
		&leaks->stacks, scratch->stack, depth * sizeof(*scratch->stack), &is_new);
	leaks->sites = cpa_memory_grow(
		leaks->sites, &leaks->site_capacity, number + 1, sizeof(*leaks->sites));
	site = &leaks->sites[number];
	if (is_new) {
		site->stack = number;
		site->shown_from = cpa_own_shown_from(&leaks->nodes, scratch->stack, depth);
		for (i = 0; i < CPA_LEAKS_LINES && site->shown_from + i < depth; i++)
			site->lines[i] = scratch->lines[site->shown_from + i];
		leaks->site_count = number + 1;
	}
	for (i = 0; i < CPA_LEAKS_LINES && site->shown_from + i < depth; i++)
		if (site->lines[i] != scratch->lines[site->shown_from + i])
			site->lines[i] = -1;
	return site;
}

static void find_sites(struct cpa_leaks *leaks)
{
	const struct cpa_profile *places = &leaks->history->places;
	struct cpa_nodes_map map;
	struct scratch scratch = {0};
	size_t i;

	cpa_nodes_map_init(&map, &leaks->nodes, places);
	for (i = 0; i < places->samples.count; i++) {
		struct cpa_leaks_site *site;

		/* Only in a snapshot that was taken back. */
		if (leaks->history->stacks[places->values.items[i]].point_count == 0)
			continue;
		site = find_site(leaks, &map, i, &scratch);

		site->rows = cpa_memory_room(
			site->rows, &site->row_capacity, site->row_count + 1, sizeof(*site->rows));
		site->rows[site->row_count++] = (uint32_t)places->values.items[i];
	}
	cpa_nodes_map_done(&map);
	free(scratch.stack);
	free(scratch.lines);
}

void cpa_leaks_fill(
	const struct cpa_leaks *leaks, const struct cpa_leaks_site *site, struct cpa_site *course)
{
	size_t i;

	cpa_site_clear(course);
	for (i = 0; i < site->row_count; i++) {
		const struct cpa_history_stack *stack = &leaks->history->stacks[site->rows[i]];

		cpa_site_add(course, stack->points, stack->point_count);
	}
}

void cpa_leaks_examine(
	const struct cpa_site *course, const double *clock, struct cpa_leaks_site *ret_site)
{
	struct cpa_verdict_case *about = &ret_site->about;
	size_t last = course->count - 1;

	about->snapshot_count = course->count;
	about->change = cpa_site_change(course, 0, last);
	about->q = 1;
	ret_site->now = (struct cpa_stats_sum){.value = course->value[last],
		.variance = course->variance[last],
		.weight = course->weight};
	ret_site->p = cpa_stats_p_value(&about->change, &ret_site->z);
	about->trend = (struct cpa_trend){.p = 1, .inflation = 1};
	if (course->count >= 2)
		cpa_shape_of(course, clock, &about->shape);
	if (about->shape.up_count + about->shape.down_count > 0)
		cpa_trend_fit(clock, course->value, course->count, &about->trend);
}

static bool may_have_changed(const struct cpa_leaks_site *site)
{
	return site->about.change.variance > 0 || site->about.change.value < 0 ||
	       site->about.change.value > 0;
}

/* Sites that cannot have changed are no hypotheses: they would only hide the others. */
static void correct(struct cpa_leaks *leaks)
{
	double *p = cpa_memory_new(leaks->site_count, sizeof(*p)),
	       *q = cpa_memory_new(leaks->site_count, sizeof(*q));
	size_t i, tested = 0;

	for (i = 0; i < leaks->site_count; i++)
		if (may_have_changed(&leaks->sites[i]))
			p[tested++] = leaks->sites[i].p;
	cpa_stats_q_values(p, tested, q);
	leaks->tested_count = tested;
	tested = 0;
	for (i = 0; i < leaks->site_count; i++)
		if (may_have_changed(&leaks->sites[i]))
			leaks->sites[i].about.q = q[tested++];
	free(p);
	free(q);
}

/* The pace of the present, not the mean of a change of course. */
static size_t pace_since(const struct cpa_leaks_site *site, size_t last)
{
	const struct cpa_shape *shape = &site->about.shape;
	size_t since = 0;

	if (site->verdict <= CPA_VERDICT_GROWING)
		since = shape->grows_since;
	else if (site->verdict == CPA_VERDICT_LEVELLED || site->verdict == CPA_VERDICT_JUMPED)
		since = shape->level_since;
	/* A slope takes three values. */
	return last < 2 ? 0 : since + 2 > last ? last - 2 : since;
}

void cpa_leaks_conclude(const struct cpa_site *course, const double *seconds, size_t age_since,
	struct cpa_leaks_site *site)
{
	size_t last = course->count - 1, since;
	double elapsed, half;

	site->verdict = cpa_verdict_of(&site->about);
	since = pace_since(site, last);
	elapsed = seconds[last] - seconds[since];
	site->pace = (struct cpa_trend){.p = 1, .inflation = 1};
	if (site->about.shape.up_count + site->about.shape.down_count > 0)
		cpa_trend_fit(
			seconds + since, course->value + since, course->count - since, &site->pace);
	/*
	 * No rank test is surer than the samples it rests on. Where errors add up from step to
	 * step a slope has 6/5 of the variance that the two ends have.
	 */
	if (elapsed > 0) {
		half = CPA_STATS_Z95 * sqrt(1.2 * cpa_site_change(course, since, last).variance) /
		       elapsed;
		site->pace.slope_low = fmin(site->pace.slope_low, site->pace.slope - half);
		site->pace.slope_high = fmax(site->pace.slope_high, site->pace.slope + half);
	}
	site->grows_for = site->verdict <= CPA_VERDICT_GROWING ? elapsed : 0;
	cpa_site_survivors(course, age_since, &site->old_low, &site->old_high);
}

static void add_to_totals(struct cpa_leaks *leaks, const struct cpa_site *course)
{
	size_t i;

	for (i = 0; i < course->count; i++) {
		leaks->totals[i].value += course->value[i];
		leaks->totals[i].variance += course->variance[i];
	}
}

static void judge(struct cpa_leaks *leaks)
{
	struct cpa_site course;
	size_t i;

	cpa_site_init(&course, leaks->history->snapshot_count);
	for (i = 0; i < leaks->site_count; i++) {
		cpa_leaks_fill(leaks, &leaks->sites[i], &course);
		cpa_leaks_examine(&course, leaks->clock, &leaks->sites[i]);
		add_to_totals(leaks, &course);
		leaks->change.value += leaks->sites[i].about.change.value;
		leaks->change.variance += leaks->sites[i].about.change.variance;
	}
	correct(leaks);
	for (i = 0; i < leaks->site_count; i++) {
		struct cpa_leaks_site *site = &leaks->sites[i];

		cpa_leaks_fill(leaks, site, &course);
		cpa_leaks_conclude(&course, leaks->seconds, leaks->age_since, site);
		leaks->verdict_counts[site->verdict]++;
	}
	cpa_site_done(&course);
}

/* What it grew by at least, where it grew; else how large it is. */
static double importance(const struct cpa_leaks_site *site)
{
	if (site->verdict <= CPA_VERDICT_LEVELLED)
		return site->about.change.value - CPA_STATS_Z95 * sqrt(site->about.change.variance);
	if (site->verdict == CPA_VERDICT_SHRINKING)
		return -site->about.change.value;
	return site->now.value;
}

int cpa_leaks_compare(const void *left, const void *right)
{
	const struct cpa_leaks_site *l = left, *r = right;
	double l_size = importance(l), r_size = importance(r);

	if (l->verdict != r->verdict)
		return l->verdict < r->verdict ? -1 : 1;
	if (l_size > r_size || l_size < r_size)
		return l_size > r_size ? -1 : 1;
	return (l->stack > r->stack) - (l->stack < r->stack);
}

void cpa_leaks_init(struct cpa_leaks *ret_leaks, const struct cpa_history *history,
	enum cpa_nodes_by by, bool no_inlines)
{
	size_t i;

	memset(ret_leaks, 0, sizeof(*ret_leaks));
	ret_leaks->history = history;
	ret_leaks->nodes.by = by;
	ret_leaks->nodes.no_inlines = no_inlines;
	ret_leaks->seconds = cpa_memory_new(history->snapshot_count, sizeof(double));
	for (i = 0; i < history->snapshot_count; i++)
		ret_leaks->seconds[i] =
			(double)(history->snapshots[i].time_ns - history->snapshots[0].time_ns) /
			1e9;
	ret_leaks->clock = cpa_memory_new(history->snapshot_count, sizeof(double));
	cpa_leaks_clock(ret_leaks->seconds, history->snapshot_count, ret_leaks->clock);
	ret_leaks->totals = cpa_memory_new(history->snapshot_count, sizeof(struct cpa_stats_sum));
	choose_age(ret_leaks);
	find_sites(ret_leaks);
	judge(ret_leaks);
	if (ret_leaks->site_count > 0)
		qsort(ret_leaks->sites, ret_leaks->site_count, sizeof(*ret_leaks->sites),
			cpa_leaks_compare);
}

void cpa_leaks_done(struct cpa_leaks *leaks)
{
	size_t i;

	for (i = 0; i < leaks->site_count; i++)
		free(leaks->sites[i].rows);
	free(leaks->sites);
	free(leaks->seconds);
	free(leaks->clock);
	free(leaks->totals);
	cpa_nodes_done(&leaks->nodes);
	cpa_intern_done(&leaks->stacks);
	memset(leaks, 0, sizeof(*leaks));
}
