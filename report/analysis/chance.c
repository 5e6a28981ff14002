/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a change may be chance, and what chance hides. The law and the choices are told in
 * stats.h.
 * Not here: how far a value may be off (stats.c).
 */
#include <math.h>
#include <stdlib.h>

#include "report/analysis/diff.h"

/*
 * The chance that two equal Poisson numbers with this sum of means differ by count or more, up or
 * down.
 */
static double skellam_tail(double sum_of_means, double count)
{
	double mean = sum_of_means / 2, one = exp(-mean), tail = 0, both = 0;
	int most = (int)(mean + 12 * sqrt(mean) + 20), i, from = (int)count;

	/* tail: of a number of from + i or more; filled from its far end. */
	for (i = most + from; i >= from; i--)
		tail += exp(-mean + i * log(mean) - lgamma(i + 1.));
	for (i = 0; i <= most; i++) {
		both += one * tail;
		tail -= exp(-mean + (i + from) * log(mean) - lgamma(i + from + 1.));
		one *= mean / (i + 1);
	}
	return from == 0 ? 1 : fmin(2 * both, 1);
}

/* What chance does with objects that are nearly all sampled: one object's variance more. */
static double p_of_jumps(const struct cpa_stats_sum *change, double distance)
{
	double jump, count, distance_jumps, p;

	if (!cpa_stats_equal_jumps(change, &jump, &count))
		return 0;
	count += change->weight / jump;
	distance_jumps = distance / jump + 1e-6;
	if (count > 200 || distance_jumps > 1000)
		return 0; /* the normal law is at home there */
	/* Between two whole numbers, as straight as probabilities go. */
	p = skellam_tail(count, floor(distance_jumps));
	if (!(p > 0))
		return 0;
	return p * pow(skellam_tail(count, floor(distance_jumps) + 1) / p,
			   distance_jumps - floor(distance_jumps));
}

/* The z beyond which a normal variable falls, up or down, with probability p. */
static double z_of(double p)
{
	double low = 0, high = 40;
	int step;

	for (step = 0; step < 60; step++) {
		double middle = (low + high) / 2;

		*(erfc(middle / sqrt(2)) > p ? &low : &high) = middle;
	}
	return low;
}

double cpa_stats_p_value(const struct cpa_stats_sum *change, double *ret_z)
{
	double value = change->value + change->rounding, z, p, p_floor;

	*ret_z = 0;
	if (change->variance <= 0) {
		*ret_z = value < 0 || value > 0 ? copysign(INFINITY, value) : 0;
		return isinf(*ret_z) ? 0 : 1;
	}
	z = (fabs(value) - change->weight) / sqrt(change->variance);
	if (z <= 0)
		return 1;
	p = erfc(z / sqrt(2));
	/* Dear, and of no use where nothing is found anyway. */
	p_floor = p < 0.2 ? p_of_jumps(change, fabs(value)) : 0;
	if (p_floor > p) {
		p = p_floor;
		z = z_of(p);
	}
	*ret_z = copysign(z, value);
	return p;
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

double cpa_stats_visible(const struct cpa_stats_view *view)
{
	return view->is_exact ? 0 : view->rate_bytes * log(20); /* 1 - exp(-M / R) = 0.95 */
}

double cpa_stats_detectable_bytes(double rate_bytes, double p_limit, double variance)
{
	struct cpa_stats_sum gained = {.weight = rate_bytes};
	double needed = 0, step, spread, z;

	if (!(rate_bytes > 1))
		return 0;
	/* The p-value falls fast: a few hundred steps, or of what the variance is anyway. */
	step = fmax(1, floor(sqrt(variance) / rate_bytes / 16));
	do {
		needed += step;
		gained.value = needed * rate_bytes;
		gained.variance = gained.value * rate_bytes + variance;
		gained.jumps = gained.variance * rate_bytes * rate_bytes;
	} while (cpa_stats_p_value(&gained, &z) > p_limit && needed < 10000 * step);
	/* The mean of what reaches needed samples with probability 0.95. */
	spread = gained.variance / (gained.value * rate_bytes);
	return spread * cpa_stats_gamma_quantile(needed / spread, 1.6448536269514722) * rate_bytes;
}

double cpa_diff_invisible(const struct cpa_diff *diff, const struct cpa_diff_site *site)
{
	/* The p-value that one more site would have to reach beside those found. */
	double limit = CPA_DIFF_Q_MAX * (double)(diff->grown_count + diff->shrunk_count + 1) /
		       (double)(diff->tested_count + 1);

	return cpa_stats_detectable_bytes(
		fmax(diff->old_view.rate_bytes, diff->new_view.rate_bytes),
		fmin(limit, CPA_DIFF_Q_MAX), site != NULL ? site->change.variance : 0);
}

const struct cpa_diff_site *cpa_diff_busiest(const struct cpa_diff *diff)
{
	const struct cpa_diff_site *busiest = NULL;
	size_t i;

	if (diff->new_view.what != CPA_STATS_BYTES)
		return NULL;
	for (i = 0; i < diff->site_count; i++)
		if (diff->sites[i].change.variance > 0 &&
			(busiest == NULL ||
				diff->sites[i].change.variance > busiest->change.variance))
			busiest = &diff->sites[i];
	return busiest;
}
