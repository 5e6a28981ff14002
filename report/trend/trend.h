/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a series of values rise, and how fast?
 * Not here: how sure one value is (report/analysis/stats.h), whether a rise is a leak (verdict.h).
 *
 * slope. The weighted median of the slopes of all pairs of values, each weighted by the time
 * between its two (Theil 1950, Sen 1968; the weights of Jaeckel 1972 suit uneven times). Its 95%
 * interval inverts the rank test that belongs to it, whose statistic sum |dt| sign(dv) has variance
 * n (n + 1) / 3 sum (t - mean t)^2: so it assumes no law of the errors.
 *
 * rise. The test of Mann (1945) and Kendall (1975): S = sum over pairs of sign(dv), with the
 * variance for ties and the continuity correction of 1.
 *
 * Both assume independent errors. Those of a heap are not: what lives on carries its error along.
 * So the variances of both are multiplied by the factor of Hamed and Rao (1998), from the
 * autocorrelation of the ranks of what is left when the slope is taken away.
 *
 * walk. Of a series that only wanders the steps are as often up as down: then the sum of the steps
 * is within about 2 of sqrt(sum of their squares), whatever their sizes (signs drawn at random). A
 * step over a longer time counts by its square over that time. This test needs no independence of
 * the values, only of the steps.
 */
#ifndef CPA_TREND_TREND_H
#define CPA_TREND_TREND_H

#include <stddef.h>

struct cpa_trend {
	double slope, slope_low, slope_high; /* per unit of time */
	double z;                            /* Mann-Kendall */
	double p;                            /* two-sided */
	double walk_z;
	double inflation; /* of variances, by autocorrelation; 1: none */
};

/*
 * Fit count values at rising times. Fewer than 3 values, or equal ones, have slope 0 and p 1. Of
 * more than some hundred values as many are taken at even distances.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_trend_fit(
	const double *times, const double *values, size_t count, struct cpa_trend *ret_trend);

#endif
