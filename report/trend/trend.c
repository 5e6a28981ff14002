/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a series of values rise, and how fast? The formulas and their sources are in trend.h.
 * Not here: whether a rise is a leak (verdict.c).
 */
#include "report/trend/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis/stats.h"
#include "report/profile/memory.h"

#define FIT_MAX 120 /* values: 7140 pairs */

struct pair {
	double slope, weight;
};

struct ranked {
	double value;
	size_t at;
};

/* The values that are fitted. */
struct data {
	size_t count;
	double times[FIT_MAX], values[FIT_MAX];
};

static void thin(struct data *data, const double *times, const double *values, size_t count)
{
	size_t i;

	data->count = count < FIT_MAX ? count : FIT_MAX;
	for (i = 0; i < data->count; i++) {
		size_t at = data->count < 2 ? i : i * (count - 1) / (data->count - 1);

		data->times[i] = times[at];
		data->values[i] = values[at];
	}
}

static int compare_pairs(const void *left, const void *right)
{
	const struct pair *l = left, *r = right;

	return (l->slope > r->slope) - (l->slope < r->slope);
}

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *l = left, *r = right;

	return (l->value > r->value) - (l->value < r->value);
}

static size_t make_pairs(const struct data *data, struct pair *pairs)
{
	size_t i, j, count = 0;

	for (i = 0; i < data->count; i++)
		for (j = i + 1; j < data->count; j++) {
			double elapsed = data->times[j] - data->times[i];

			if (elapsed > 0)
				pairs[count++] = (struct pair){
					(data->values[j] - data->values[i]) / elapsed, elapsed};
		}
	return count;
}

/* The slope at which the weights of the sorted pairs reach a sum. */
static double slope_at(const struct pair *pairs, size_t count, double sum)
{
	double reached = 0;
	size_t i;

	for (i = 0; i + 1 < count; i++) {
		reached += pairs[i].weight;
		if (reached >= sum)
			break;
	}
	return pairs[i].slope;
}

/* Ranks from 1, equal values share the mean of theirs. */
static void rank(const double *values, size_t count, double *ret_ranks)
{
	struct ranked ranked[FIT_MAX];
	size_t i, j, k;

	for (i = 0; i < count; i++)
		ranked[i] = (struct ranked){values[i], i};
	qsort(ranked, count, sizeof(*ranked), compare_ranked);
	for (i = 0; i < count; i = j) {
		for (j = i + 1; j < count && !(ranked[j].value > ranked[i].value); j++)
			;
		for (k = i; k < j; k++)
			ret_ranks[ranked[k].at] = (double)(i + 1 + j) / 2;
	}
}

/* Hamed and Rao: by what autocorrelation multiplies the variance of S. */
static double inflation(const struct data *data, double slope)
{
	double left[FIT_MAX], ranks[FIT_MAX], sum = 0, square_sum = 0;
	double count = (double)data->count, mean = (count + 1) / 2;
	size_t lag, i;

	for (i = 0; i < data->count; i++)
		left[i] = data->values[i] - slope * (data->times[i] - data->times[0]);
	rank(left, data->count, ranks);
	for (i = 0; i < data->count; i++)
		square_sum += (ranks[i] - mean) * (ranks[i] - mean);
	if (data->count < 4 || square_sum <= 0)
		return 1;
	for (lag = 1; lag + 2 < data->count; lag++) {
		double product = 0, distance = (double)lag, r;

		for (i = 0; i + lag < data->count; i++)
			product += (ranks[i] - mean) * (ranks[i + lag] - mean);
		r = product / square_sum;
		if (fabs(r) > CPA_STATS_Z95 / sqrt(count))
			sum += (count - distance) * (count - distance - 1) *
			       (count - distance - 2) * r;
	}
	/* Errors that alternate would make the test sharper: that is not claimed. */
	return fmax(1, 1 + 2 * sum / (count * (count - 1) * (count - 2)));
}

static void fit_slope(const struct data *data, struct cpa_trend *trend)
{
	size_t i, pair_count, n = data->count;
	struct pair *pairs = cpa_memory_new(n * (n - 1) / 2, sizeof(*pairs));
	double total = 0, mean = 0, spread = 0, half;

	pair_count = make_pairs(data, pairs);
	qsort(pairs, pair_count, sizeof(*pairs), compare_pairs);
	for (i = 0; i < pair_count; i++)
		total += pairs[i].weight;
	for (i = 0; i < n; i++)
		mean += data->times[i] / (double)n;
	for (i = 0; i < n; i++)
		spread += (data->times[i] - mean) * (data->times[i] - mean);
	if (pair_count > 0) {
		trend->slope = slope_at(pairs, pair_count, total / 2);
		trend->inflation = inflation(data, trend->slope);
		half = CPA_STATS_Z95 *
		       sqrt((double)n * (double)(n + 1) / 3 * spread * trend->inflation);
		trend->slope_low = slope_at(pairs, pair_count, (total - half) / 2);
		trend->slope_high = slope_at(pairs, pair_count, (total + half) / 2);
	}
	free(pairs);
}

static void test_rise(const struct data *data, struct cpa_trend *trend)
{
	struct ranked ranked[FIT_MAX];
	double count = (double)data->count, s = 0, ties = 0, variance;
	size_t i, j;

	for (i = 0; i < data->count; i++) {
		ranked[i] = (struct ranked){data->values[i], i};
		for (j = i + 1; j < data->count; j++)
			s += (data->values[j] > data->values[i]) -
			     (data->values[j] < data->values[i]);
	}
	qsort(ranked, data->count, sizeof(*ranked), compare_ranked);
	for (i = 0; i < data->count; i = j) {
		double equal;

		for (j = i + 1; j < data->count && !(ranked[j].value > ranked[i].value); j++)
			;
		equal = (double)(j - i);
		ties += equal * (equal - 1) * (2 * equal + 5);
	}
	variance = (count * (count - 1) * (2 * count + 5) - ties) / 18 * trend->inflation;
	if (variance > 0 && fabs(s) > 1)
		trend->z = copysign((fabs(s) - 1) / sqrt(variance), s);
	trend->p = erfc(fabs(trend->z) / sqrt(2));
}

static double walk_z(const double *times, const double *values, size_t count)
{
	double squares = 0, steps = 0, elapsed = times[count - 1] - times[0];
	size_t i;

	for (i = 1; i < count; i++) {
		double step = values[i] - values[i - 1], time = times[i] - times[i - 1];

		if (time <= 0)
			continue;
		squares += step * step / time;
		steps++;
	}
	if (squares <= 0 || elapsed <= 0)
		return 0;
	return (values[count - 1] - values[0]) / sqrt(elapsed * squares / steps);
}

void cpa_trend_fit(
	const double *times, const double *values, size_t count, struct cpa_trend *ret_trend)
{
	struct data data;

	*ret_trend = (struct cpa_trend){.p = 1, .inflation = 1};
	if (count < 3)
		return;
	thin(&data, times, values, count);
	fit_slope(&data, ret_trend);
	test_rise(&data, ret_trend);
	ret_trend->walk_z = walk_z(times, values, count);
}
