/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far an estimate may be from the truth. The one place where that is computed.
 * Not here: which numbers are summed (table.h, diff.h), how they are printed (units.h).
 *
 * The law. An object of s bytes is sampled with p = 1 - exp(-s / R), R the rate. A bucket that
 * shows N objects (already divided by p) holds n = N p samples. The variance of N is n (1 - p)
 * / p^2 = N (1 - p) / p, and of its bytes s^2 times that (Horvitz-Thompson, objects sampled
 * independently). Buckets add.
 *
 * One sample's weight. variance / value = s (1 - p) / p for bytes: R for small objects, near 0
 * for objects far above R. A sum with n_eff = value^2 / variance effective samples is treated
 * below as n_eff equal samples of that weight.
 *
 * The interval. half width = 1.96 sd everywhere. Under about 10 effective samples that is too
 * short upwards and too long downwards, so low and high come from the gamma interval for
 * weighted Poisson sums (Fay and Feuer 1997), exact for one sample on; gamma quantiles by
 * Wilson and Hilferty. Such values are marked.
 *
 * The test of a change. births and deaths of samples between two profiles are compared as
 * McNemar does, with the continuity correction of Edwards in units of one sample's weight: z =
 * (|change| - weight) / sd. At 4 births and no death its p is 0.13, as the exact binomial test
 * has it, where the plain z would say 0.046.
 */
#ifndef CPA_ANALYSIS_STATS_H
#define CPA_ANALYSIS_STATS_H

#include "report/analysis/profile.h"

#define CPA_STATS_Z95 1.959963984540054
#define CPA_STATS_FEW 10 /* effective samples below which an interval is marked */

/* What one sample type of a profile counts. */
enum cpa_stats_what {
	CPA_STATS_OTHER, /* not a heap quantity: no interval is known */
	CPA_STATS_OBJECTS,
	CPA_STATS_BYTES,
};

struct cpa_stats_view {
	enum cpa_stats_what what;
	int objects_type; /* sample types that belong together; -1 when one is missing */
	int bytes_type;
	double rate_bytes;
	bool is_known; /* an interval can be given */
	bool is_exact; /* every allocation was recorded: the interval is 0 */
};

/* A sum of estimates with its variance. */
struct cpa_stats_sum {
	double value;
	double variance;
	double weight;  /* of the heaviest single sample in it */
	double samples; /* expected number behind it */
};

/*
 * What the sample type with this index counts, and its partner.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
struct cpa_stats_view cpa_stats_view(const struct cpa_profile *profile, size_t type);

/*
 * Add the variance, weight and samples (not the value) of objects of block_bytes each.
 *
 * @block_bytes  mean size; 0: unknown, nothing is added
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_stats_add_objects(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	double objects, double block_bytes);

/*
 * Add one sample of a profile: value and variance.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_stats_add_sample(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	const struct cpa_profile *profile, size_t sample, size_t type);

/*
 * Half of the 95% interval; -1 when the view knows none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_stats_half_width(const struct cpa_stats_view *view, const struct cpa_stats_sum *sum);

/*
 * The 95% interval, sound for few samples too. value on both sides when the view knows none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_stats_interval(const struct cpa_stats_view *view, const struct cpa_stats_sum *sum,
	double *ret_low, double *ret_high);

/*
 * value^2 / variance under CPA_STATS_FEW: the half width alone misleads.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_stats_is_few(const struct cpa_stats_sum *sum);

/*
 * Two-sided p-value of a change (sum->value) with its variance and weight: 1 when it is within
 * one sample, 0 when there is no variance and a change.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_stats_p_value(const struct cpa_stats_sum *change, double *ret_z);

/*
 * Benjamini and Hochberg: the q-value of each p. Rejecting all with q <= 0.05 holds the false
 * discoveries under 5%.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_stats_q_values(const double *p, size_t count, double *ret_q);

/*
 * Bytes a site must hold at this rate to be seen at all with probability 0.95.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_stats_visible_bytes(double rate_bytes);

/*
 * Bytes of small objects that a site must gain, losing none, to be called grown with
 * probability 0.95 when its p-value must be at most p_limit.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_stats_detectable_bytes(double rate_bytes, double p_limit);

#endif
