/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far an estimate may be from the truth. The law and the choices are told in stats.h.
 * Not here: which numbers are summed (report/graph/graph.c, diff.c), whether a change is chance
 * (chance.c).
 */
#include "report/analysis/stats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/missed.h"

static bool ends_with(const char *text, const char *end)
{
	size_t text_bytes = strlen(text), end_bytes = strlen(end);

	return text_bytes >= end_bytes && strcmp(text + text_bytes - end_bytes, end) == 0;
}

/* "inuse_space" and "objects" -> the type "inuse_objects". */
static int partner(const struct cpa_profile *profile, const char *name, const char *old_end,
	const char *new_end)
{
	char text[64];
	int prefix_bytes = (int)(strlen(name) - strlen(old_end));

	if (prefix_bytes > 32)
		return -1;
	snprintf(text, sizeof(text), "%.*s%s", prefix_bytes, name, new_end);
	return cpa_profile_type_named(profile, text);
}

/*
 * Several ticks may have come with one signal, where the clock is finer than the kernel's: they
 * are one event.
 */
static double ticks_per_signal(const struct cpa_profile *profile)
{
	double ticks = (double)cpa_comments_number(profile, "cpu_ticks");
	double signals = (double)cpa_comments_number(profile, "cpu_signals");

	return signals > 0 && ticks > signals ? ticks / signals : 1;
}

/* Samples of a clock, in ticks or in time. False: it is something else. */
static bool view_hits(
	const struct cpa_profile *profile, size_t type, struct cpa_stats_view *ret_view)
{
	const char *name = cpa_profile_string(profile, profile->types.items[type].type);
	const char *unit = cpa_profile_string(profile, profile->types.items[type].unit);
	struct cpa_stats_view view = {
		.what = CPA_STATS_HITS, .objects_type = -1, .bytes_type = -1, .is_known = true};

	if (strcmp(cpa_profile_string(profile, profile->period_type.type), "cpu") != 0 ||
		profile->period <= 0)
		return false;
	if (strcmp(name, "samples") == 0 && strcmp(unit, "count") == 0)
		view.hit = 1;
	else if (strcmp(name, "cpu") == 0 &&
		 strcmp(unit, cpa_profile_string(profile, profile->period_type.unit)) == 0)
		view.hit = (double)profile->period;
	else
		return false;
	view.hit *= ticks_per_signal(profile);
	view.rate_bytes = view.hit;
	*ret_view = view;
	return true;
}

struct cpa_stats_view cpa_stats_view(const struct cpa_profile *profile, size_t type)
{
	struct cpa_stats_view view = {.objects_type = -1, .bytes_type = -1};
	const char *name = cpa_profile_string(profile, profile->types.items[type].type);
	const char *unit = cpa_profile_string(profile, profile->types.items[type].unit);
	bool is_heap =
		strcmp(cpa_profile_string(profile, profile->period_type.type), "space") == 0 &&
		strcmp(cpa_profile_string(profile, profile->period_type.unit), "bytes") == 0;
	int64_t largest_bytes;

	if (view_hits(profile, type, &view))
		return view;
	if (ends_with(name, "space") && strcmp(unit, "bytes") == 0) {
		view.what = CPA_STATS_BYTES;
		view.bytes_type = (int)type;
		view.objects_type = partner(profile, name, "space", "objects");
	} else if (ends_with(name, "objects") && strcmp(unit, "count") == 0) {
		view.what = CPA_STATS_OBJECTS;
		view.objects_type = (int)type;
		view.bytes_type = partner(profile, name, "objects", "space");
	}
	if (!is_heap || view.objects_type < 0 || view.bytes_type < 0) {
		view.what = is_heap ? view.what : CPA_STATS_OTHER;
		return view;
	}
	/*
	 * Sampling was turned off in mid-run: the period no longer tells at which rate the
	 * samples were taken.
	 */
	if (cpa_comments_number(profile, "rate_bytes") == 0)
		return view;
	/* The rate was lowered in mid-run: old objects are as uncertain as the largest made it. */
	largest_bytes = cpa_comments_number(profile, "rate_max_bytes");
	if (largest_bytes < profile->period)
		largest_bytes = profile->period;
	view.is_known = true;
	view.rate_bytes = (double)largest_bytes;
	view.is_exact = largest_bytes <= 1;
	return view;
}

void cpa_stats_add_hits(struct cpa_stats_sum *sum, const struct cpa_stats_view *view, double value)
{
	double variance = value * view->hit;

	sum->value += value;
	if (!(value > 0))
		return;
	sum->variance += variance;
	sum->jumps += variance * view->hit * view->hit;
	sum->samples += value / view->hit;
	if (view->hit > sum->weight)
		sum->weight = view->hit;
}

void cpa_stats_add_objects(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	double objects, double block_bytes)
{
	double missed, scale, weight, variance, jump, p;

	if (!view->is_known || !(objects > 0) || !(block_bytes > 0))
		return;
	if (view->is_exact) {
		sum->samples += objects;
		return;
	}
	p = -expm1(-block_bytes / view->rate_bytes);
	missed = cpa_missed(block_bytes, view->rate_bytes);
	scale = view->what == CPA_STATS_BYTES ? block_bytes : 1;
	weight = scale * missed;
	jump = scale / p;
	variance = objects * missed * scale * scale;
	sum->samples += objects * p;
	sum->seen += floor(objects * p + 0.5) * scale;
	sum->variance += variance;
	sum->jumps += variance * jump * jump;
	if (weight > sum->weight)
		sum->weight = weight;
}

/*
 * Few objects as the profile has them are 1.6 rounded to 2; bytes over their size say more. The
 * size may be off by a few percent itself, so many objects are taken as they are.
 */
static double objects_before_rounding(double objects, double bytes, double block_bytes)
{
	double finer = bytes / block_bytes;

	return objects < 16 && fabs(finer - objects) <= 0.55 + 0.07 * objects ? finer : objects;
}

void cpa_stats_add_sample(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	const struct cpa_profile *profile, size_t sample, size_t type)
{
	double objects, bytes, block_bytes, finer;

	if (view->what == CPA_STATS_HITS) {
		cpa_stats_add_hits(sum, view, (double)cpa_profile_value(profile, sample, type));
		return;
	}
	sum->value += (double)cpa_profile_value(profile, sample, type);
	if (!view->is_known)
		return;
	objects = (double)cpa_profile_value(profile, sample, (size_t)view->objects_type);
	bytes = (double)cpa_profile_value(profile, sample, (size_t)view->bytes_type);
	block_bytes = (double)cpa_profile_block_bytes(profile, &profile->samples.items[sample]);
	if (!(block_bytes > 0) && objects > 0)
		block_bytes = bytes / objects;
	finer = block_bytes > 0 ? objects_before_rounding(objects, bytes, block_bytes) : objects;
	cpa_stats_add_objects(sum, view, finer, block_bytes);
	if (view->is_exact)
		return;
	if (view->what == CPA_STATS_OBJECTS)
		sum->rounding += finer - objects;
	else
		sum->slack += 0.5;
}

void cpa_stats_add_sum(struct cpa_stats_sum *sum, const struct cpa_stats_sum *more)
{
	sum->value += more->value;
	sum->variance += more->variance;
	sum->samples += more->samples;
	sum->seen += more->seen;
	sum->jumps += more->jumps;
	sum->rounding += more->rounding;
	sum->slack += more->slack;
	if (more->weight > sum->weight)
		sum->weight = more->weight;
}

double cpa_stats_half_width(const struct cpa_stats_view *view, const struct cpa_stats_sum *sum)
{
	if (!view->is_known)
		return -1;
	return CPA_STATS_Z95 * sqrt(sum->variance);
}

double cpa_stats_gamma_quantile(double shape, double z)
{
	double root = 1 - 1 / (9 * shape) + z / (3 * sqrt(shape));

	return root > 0 ? shape * root * root * root : 0;
}

bool cpa_stats_equal_jumps(const struct cpa_stats_sum *sum, double *ret_jump, double *ret_count)
{
	if (!(sum->variance > 0) || !(sum->jumps > 0))
		return false;
	*ret_jump = sqrt(sum->jumps / sum->variance);
	*ret_count = sum->variance / (*ret_jump * *ret_jump);
	return true;
}

/* Below which an estimate from few samples leaves a truth with 2.5% (Jeffreys). */
static double low_of_few(double value, double variance, double weight)
{
	value += weight / 2;
	variance += weight * weight / 2;
	return variance / value *
	       cpa_stats_gamma_quantile(value * value / variance, -CPA_STATS_Z95);
}

void cpa_stats_interval(const struct cpa_stats_view *view, const struct cpa_stats_sum *sum,
	double *ret_low, double *ret_high)
{
	double value = sum->value + sum->rounding, variance = sum->variance, weight, middle, arm;
	double low, high, jump, count;

	*ret_low = *ret_high = sum->value;
	if (!view->is_known || variance <= 0 || value <= 0)
		return;
	weight = variance / value;
	middle = value + CPA_STATS_Z95 * CPA_STATS_Z95 * weight / 2;
	arm = CPA_STATS_Z95 * sqrt(variance + CPA_STATS_Z95 * CPA_STATS_Z95 * weight * weight / 4);
	low = middle - arm;
	high = middle + arm;
	if (value < 3 * weight)
		low = fmin(low, low_of_few(value, variance, weight));
	if (cpa_stats_equal_jumps(sum, &jump, &count) && count > 0.03 && count < 0.5)
		high = fmax(high, value + jump);
	low = fmax(low, sum->seen);
	*ret_low = fmin(low, sum->value) - sum->slack;
	*ret_high = fmax(high, sum->value) + sum->slack;
}

void cpa_stats_change_interval(const struct cpa_stats_view *const view[2],
	const struct cpa_stats_sum *gained, const struct cpa_stats_sum *lost, double *ret_low,
	double *ret_high)
{
	double change = gained->value - lost->value, gained_low, gained_high, lost_low, lost_high;

	cpa_stats_interval(view[1], gained, &gained_low, &gained_high);
	cpa_stats_interval(view[0], lost, &lost_low, &lost_high);
	/* Wilson's interval of nothing seen. */
	if (!(lost->variance > 0) && gained->variance > 0)
		lost_high = lost->value + CPA_STATS_Z95 * CPA_STATS_Z95 * gained->weight;
	if (!(gained->variance > 0) && lost->variance > 0)
		gained_high = gained->value + CPA_STATS_Z95 * CPA_STATS_Z95 * lost->weight;
	*ret_low = change - hypot(gained->value - gained_low, lost_high - lost->value);
	*ret_high = change + hypot(gained_high - gained->value, lost->value - lost_low);
}

bool cpa_stats_is_few(const struct cpa_stats_sum *sum)
{
	return sum->variance > 0 && sum->value * sum->value < CPA_STATS_FEW * sum->variance;
}
