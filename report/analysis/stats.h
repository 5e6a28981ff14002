/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far an estimate may be from the truth. The one place where that is computed.
 * Not here: which numbers are summed (report/graph/table.h, diff.h), how they are printed
 * (report/profile/units.h).
 *
 * The law. An object of s bytes is sampled with p = 1 - exp(-s / R), R the rate. A bucket that
 * shows N objects (already divided by p) holds n = N p samples. The variance of N is n (1 - p)
 * / p^2 = N (1 - p) / p, and of its bytes s^2 times that (Horvitz-Thompson, objects sampled
 * independently). Buckets add.
 *
 * What a sum keeps of its samples. weight = variance / value = s (1 - p) / p for bytes: R for
 * small objects, near 0 for objects far above R. jump = s / p: what one object sampled or missed
 * moves the estimate by, R for small objects and s for large ones. seen: the objects that were
 * sampled are certain, and the truth is no less.
 *
 * The interval. half width = 1.96 sd everywhere, as people add and compare it. It is too short
 * for few samples (86 to 90% at 2 to 5), so such values are marked, and low and high come from
 * Wilson's idea (1927): they hold each truth T that differs from the estimate by no more than
 * 1.96 sd(T), where the variance grows with T as weight T:
 *     T = value + z^2 weight / 2 +- z sqrt(variance + z^2 weight^2 / 4)
 * Its coverage is 95% on average over the number of samples, from one sample on, and for any p;
 * Garwood's gamma interval and that of Fay and Feuer hold 97 to 98% where samples are few. Two
 * ends are moved: low, under three samples, to that of Jeffreys (gamma, n + 1/2 samples), lest a
 * tiny site that happens to be seen is given too much; high, where one miss is less likely than
 * not but above 3%, to one object more. And low is at least what was seen. tests/unit/
 * test_coverage.c measures all of it.
 *
 * CPU time. The samples of a clock in one place are taken for a Poisson number: variance = value
 * times what one counts. A clock that ticks regularly does better where a function runs for long at
 * a time, so that this is at most too much.
 *
 * The test of a change. births and deaths of samples between two profiles are compared as
 * McNemar does, with the continuity correction of Edwards in units of one sample's weight: z =
 * (|change| - weight) / sd. At 4 births and no death its p is 0.13, as the exact binomial test
 * has it, where the plain z would say 0.046. Objects far above R are nearly always sampled; there
 * a change is a missed object or two, rare and large, and no normal law. So p is no less than the
 * chance that the difference of two equal Poisson numbers of jumps (Skellam 1946) goes so far.
 */
#ifndef CPA_ANALYSIS_STATS_H
#define CPA_ANALYSIS_STATS_H

#include "report/profile/profile.h"

#define CPA_STATS_Z95 1.959963984540054
#define CPA_STATS_FEW 10 /* effective samples below which an interval is marked */

/* What one sample type of a profile counts. */
enum cpa_stats_what {
	CPA_STATS_OTHER, /* neither heap nor CPU time: no interval is known */
	CPA_STATS_OBJECTS,
	CPA_STATS_BYTES,
	CPA_STATS_HITS, /* of a clock that ticks: CPU time, or its samples */
};

struct cpa_stats_view {
	enum cpa_stats_what what;
	int objects_type; /* sample types that belong together; -1 when one is missing */
	int bytes_type;
	double rate_bytes;
	double hit;    /* what one signal of the clock counts; of CPA_STATS_HITS only */
	bool is_known; /* an interval can be given */
	bool is_exact; /* every allocation was recorded: the interval is 0 */
};

/* A sum of estimates with its variance. */
struct cpa_stats_sum {
	double value;
	double variance;
	double weight;   /* of the heaviest single sample in it */
	double samples;  /* expected number behind it */
	double seen;     /* in objects that were sampled: certain */
	double jumps;    /* sum of variance times jump squared */
	double rounding; /* to add to value for the estimate before the profile rounded it */
	double slack;    /* by which value may be off for being whole */
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
 * Add a value that ticks have made.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_stats_add_hits(struct cpa_stats_sum *sum, const struct cpa_stats_view *view, double value);

/*
 * Add all but the value of objects of block_bytes each.
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
 * Add one sum of samples to another with none in common.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_stats_add_sum(struct cpa_stats_sum *sum, const struct cpa_stats_sum *more);

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
 * The 95% interval, sound for few samples too. value on both sides when the view knows none, and
 * where there is no sample: what holds nothing in a profile may hold cpa_stats_visible.
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
 * The point below which a gamma variable of this shape and scale 1 falls with the probability of
 * the normal quantile z (Wilson and Hilferty 1931).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_stats_gamma_quantile(double shape, double z);

/*
 * Jumps of one size that would give this variance and its fourth moment: how large they are, and
 * how many are expected. false: there are none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_stats_equal_jumps(const struct cpa_stats_sum *sum, double *ret_jump, double *ret_count);

/*
 * The 95% interval of gained - lost, two sums that are independent: the arms of their intervals
 * add as squares (Zou and Donner 2008). A sum without samples may be up to z^2 weight of the other.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_stats_change_interval(const struct cpa_stats_view *const view[2],
	const struct cpa_stats_sum *gained, const struct cpa_stats_sum *lost, double *ret_low,
	double *ret_high);

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
 * What a place must hold to be seen at all with probability 0.95: bytes, also where objects are
 * counted; of CPU profiles in the unit of the type. 0: all was recorded.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_stats_visible(const struct cpa_stats_view *view);

/*
 * Bytes of small objects that a site must gain to be called grown with probability 0.95 when its
 * p-value must be at most p_limit and what comes and goes there besides has this variance.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_stats_detectable_bytes(double rate_bytes, double p_limit, double variance);

#endif
