/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The course a site took: up and down, in one jump, again and again, or up and then level.
 * Not here: the slope (trend.h), the word for it (verdict.h).
 *
 * Every threshold is one of the sampling error: chance alone should not give a site a shape.
 */
#ifndef CPA_TREND_SHAPE_H
#define CPA_TREND_SHAPE_H

#include "report/trend/site.h"

/* Of what is born: a site that keeps so much is one where things stay. */
#define CPA_SHAPE_KEPT   0.7
/* Of the rate before: a slowdown worth the name. */
#define CPA_SHAPE_SLOWER 0.5

struct cpa_shape {
	size_t up_count, down_count; /* intervals in which the value rose, fell */
	double births, deaths;       /* over all intervals */
	double kept; /* (births - deaths) / births: the part of what was born that stays; 0..1 */
	double largest_up;
	size_t largest_up_at; /* the snapshot after it */
	/* Swings: rises and falls by at least half of the range, and by 1.5 standard errors. */
	size_t rise_count, fall_count;
	double period; /* mean time from one peak to the next; 0 with less than two peaks */
	struct cpa_stats_sum floor; /* the change from the first trough to the last one */
	double dispersion_z; /* how much more the values differ than those of a steady site do */
	/* Since which snapshot it has been growing: the last one that was near the lowest value. */
	size_t grows_since;
	/* The most significant slowdown to half the rate or less: z, the rates before and after. */
	double slow_z, rate_before, rate_after;
	size_t level_since; /* the first snapshot near the last value; for what levelled off */
};

/*
 * Look at a site of at least 2 snapshots taken at rising times.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_shape_of(const struct cpa_site *site, const double *times, struct cpa_shape *ret_shape);

#endif
