/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many objects that were not sampled a sampled one stands for, on average.
 * Not here: which objects are sampled (sampling/gate.h), what it means for a sum of estimates
 * (report/analysis/stats.h).
 */
#ifndef CPA_BASE_MISSED_H
#define CPA_BASE_MISSED_H

#include <math.h>

/*
 * (1 - p) / p, where an object of size_bytes > 0 is sampled with p = 1 - exp(-size / rate). Times
 * the estimated number of objects it is the variance of that number (Horvitz-Thompson).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline double cpa_missed(double size_bytes, double rate_bytes)
{
	double share = size_bytes / rate_bytes;

	return exp(-share) / -expm1(-share); /* not from p: without cancellation */
}

#endif
