/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call site over a series of snapshots: what it held, what was born and what died in between.
 * Not here: collecting it from profiles (history.h), what it means (shape.h, verdict.h).
 *
 * An object that is live in two snapshots was sampled once, so its sampling error is in both values
 * and cancels in their difference. What two snapshots do not share was born or died in between:
 *
 *   variance of value[j] - value[i]  <=  min(births i..j, variance of value[j])
 *                                      + min(deaths i..j, variance of value[i])
 *
 * births and deaths standing for the variance of all that was born or died, as in
 * report/analysis/diff.h.
 */
#ifndef CPA_TREND_SITE_H
#define CPA_TREND_SITE_H

#include "report/analysis/stats.h"

/* What changed in one snapshot, or was there first. */
struct cpa_site_point {
	uint32_t at; /* number of the snapshot */
	double value, variance;
	double births; /* since the snapshot before */
	double births_variance, deaths_variance;
	/* Largest among the born, the dead and the living; see report/analysis/stats.h. */
	double weight, jump;
};

/* All arrays are [count], by snapshot. */
struct cpa_site {
	size_t count;
	double *value, *variance;
	double *births; /* since the snapshot before; [0] is 0 */
	double *births_variance, *deaths_variance;
	double weight, jump;
};

/*
 * Room for so many snapshots, all zero. Freed with cpa_site_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_site_init(struct cpa_site *ret_site, size_t count);
void cpa_site_done(struct cpa_site *site);

/*
 * Back to all zero.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_site_clear(struct cpa_site *site);

/*
 * Add one stack: its points in the order of snapshots; between two nothing changed.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_site_add(struct cpa_site *site, const struct cpa_site_point *points, size_t point_count);

/*
 * What died in snapshot at's interval.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_site_deaths(const struct cpa_site *site, size_t at);

/*
 * The change from one snapshot to a later one, with its variance.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_stats_sum cpa_site_change(const struct cpa_site *site, size_t from, size_t to);

/*
 * How much of what the last snapshot holds was live in snapshot since already. The counters tell
 * bounds: at least what the births since then cannot account for, at most the least that was held
 * at any time in between.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_site_survivors(
	const struct cpa_site *site, size_t since, double *ret_low, double *ret_high);

#endif
