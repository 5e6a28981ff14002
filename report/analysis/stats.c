/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far an estimate may be from the truth. The law and the choices are told in stats.h.
 * Not here: which numbers are summed (table.c, diff.c).
 */
#include "report/analysis/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct cpa_stats_view cpa_stats_view(const struct cpa_profile *profile, size_t type)
{
	struct cpa_stats_view view = {.objects_type = -1, .bytes_type = -1};
	const char *name = cpa_profile_string(profile, profile->types.items[type].type);
	const char *unit = cpa_profile_string(profile, profile->types.items[type].unit);
	bool is_heap =
		strcmp(cpa_profile_string(profile, profile->period_type.type), "space") == 0 &&
		strcmp(cpa_profile_string(profile, profile->period_type.unit), "bytes") == 0;

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
	view.is_known = true;
	view.rate_bytes = (double)profile->period;
	view.is_exact = profile->period <= 1;
	return view;
}

void cpa_stats_add_objects(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	double objects, double block_bytes)
{
	double p, not_seen, scale, weight;

	if (!view->is_known || !(objects > 0) || !(block_bytes > 0))
		return;
	if (view->is_exact) {
		sum->samples += objects;
		return;
	}
	p = -expm1(-block_bytes / view->rate_bytes);
	not_seen = exp(-block_bytes / view->rate_bytes) / p; /* (1 - p) / p without cancellation */
	scale = view->what == CPA_STATS_BYTES ? block_bytes : 1;
	weight = scale * not_seen;
	sum->samples += objects * p;
	sum->variance += objects * not_seen * scale * scale;
	if (weight > sum->weight)
		sum->weight = weight;
}

void cpa_stats_add_sample(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	const struct cpa_profile *profile, size_t sample, size_t type)
{
	double objects, block_bytes;

	sum->value += (double)cpa_profile_value(profile, sample, type);
	if (!view->is_known)
		return;
	objects = (double)cpa_profile_value(profile, sample, (size_t)view->objects_type);
	block_bytes = (double)cpa_profile_block_bytes(profile, &profile->samples.items[sample]);
	if (block_bytes <= 0 && objects > 0)
		block_bytes = (double)cpa_profile_value(profile, sample, (size_t)view->bytes_type) /
			      objects;
	cpa_stats_add_objects(sum, view, objects, block_bytes);
}

double cpa_stats_half_width(const struct cpa_stats_view *view, const struct cpa_stats_sum *sum)
{
	if (!view->is_known)
		return -1;
	return CPA_STATS_Z95 * sqrt(sum->variance);
}

/*
 * The point below which a gamma variable of this shape and scale 1 falls with the probability
 * of the normal quantile z.
 */
static double gamma_quantile(double shape, double z)
{
	double root = 1 - 1 / (9 * shape) + z / (3 * sqrt(shape));

	return root > 0 ? shape * root * root * root : 0;
}

void cpa_stats_interval(const struct cpa_stats_view *view, const struct cpa_stats_sum *sum,
	double *ret_low, double *ret_high)
{
	double value = sum->value, variance = sum->variance, weight = sum->weight;

	*ret_low = *ret_high = value;
	if (!view->is_known || variance <= 0 || value <= 0)
		return;
	*ret_low = variance / value * gamma_quantile(value * value / variance, -CPA_STATS_Z95);
	value += weight;
	variance += weight * weight;
	*ret_high = variance / value * gamma_quantile(value * value / variance, CPA_STATS_Z95);
}

bool cpa_stats_is_few(const struct cpa_stats_sum *sum)
{
	return sum->variance > 0 && sum->value * sum->value < CPA_STATS_FEW * sum->variance;
}

double cpa_stats_p_value(const struct cpa_stats_sum *change, double *ret_z)
{
	double distance = fabs(change->value);

	*ret_z = 0;
	if (change->variance <= 0) {
		*ret_z = distance > 0 ? copysign(INFINITY, change->value) : 0;
		return distance > 0 ? 0 : 1;
	}
	distance -= change->weight;
	if (distance <= 0)
		return 1;
	*ret_z = copysign(distance / sqrt(change->variance), change->value);
	return erfc(fabs(*ret_z) / sqrt(2));
}

struct ranked {
	double p;
	size_t index;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *l = left, *r = right;

	if (l->p != r->p)
		return l->p < r->p ? -1 : 1;
	return (l->index > r->index) - (l->index < r->index);
}

void cpa_stats_q_values(const double *p, size_t count, double *ret_q)
{
	struct ranked *ranked = cpa_memory_new(count, sizeof(*ranked));
	double least = 1;
	size_t i;

	for (i = 0; i < count; i++)
		ranked[i] = (struct ranked){p[i], i};
	qsort(ranked, count, sizeof(*ranked), compare_ranked);
	for (i = count; i > 0; i--) {
		double q = ranked[i - 1].p * (double)count / (double)i;

		if (q < least)
			least = q;
		ret_q[ranked[i - 1].index] = least;
	}
	free(ranked);
}

double cpa_stats_visible_bytes(double rate_bytes)
{
	return rate_bytes > 1 ? rate_bytes * log(20) : 0; /* 1 - exp(-M / R) = 0.95 */
}

double cpa_stats_detectable_bytes(double rate_bytes, double p_limit)
{
	double needed = 1, mean;

	if (!(rate_bytes > 1))
		return 0;
	/*
	 * Samples needed: (n - 1) / sqrt(n) reaches the limit. erfc falls fast, so this ends
	 * within a few hundred steps.
	 */
	while (erfc((needed - 1) / sqrt(needed) / sqrt(2)) > p_limit && needed < 10000)
		needed++;
	/*
	 * Mean of a Poisson count that reaches needed with probability 0.95: the upper end of
	 * the gamma interval.
	 */
	mean = gamma_quantile(needed, 1.6448536269514722);
	return mean * rate_bytes;
}
