/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How uncertain the change of a site is: what each of its buckets held in both profiles, and
 * what of that can have been sampled differently.
 * Not here: the sites (diff.h), the law of one sample (stats.h).
 */
#ifndef CPA_ANALYSIS_CHANGE_H
#define CPA_ANALYSIS_CHANGE_H

#include "report/analysis/stats.h"
#include "report/profile/intern.h"

enum cpa_change_side { CPA_CHANGE_OLD, CPA_CHANGE_NEW };

/* So many objects of so many bytes together, as estimated. */
struct cpa_change_amount {
	double objects, bytes;
};

/* One site and size class, in both profiles. */
struct cpa_change_bucket {
	uint32_t site;
	double block_bytes; /* mean size of its blocks, as last told; 0: as the amounts have it */
	struct cpa_change_amount inuse[2], alloc[2];
};

struct cpa_change {
	struct cpa_intern keys;
	struct cpa_change_bucket *items; /* as many as keys */
	size_t capacity;
};

/*
 * Add what one sample of one profile tells.
 *
 * @block_bytes  mean size of its blocks; 0: as the amounts have it
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_change_add(struct cpa_change *change, enum cpa_change_side side, uint32_t site,
	double block_bytes, struct cpa_change_amount inuse, struct cpa_change_amount alloc);

/*
 * Whether the new profile has allocated less than the old one somewhere. The counters of one
 * process only rise.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_change_has_fallen(const struct cpa_change *change);

/*
 * Add what one bucket gained and what it lost, as far as either can have been sampled differently
 * in the two profiles, by the rule at the head of diff.h: gained - lost is its change.
 *
 * @view            of the old and of the new profile
 * @is_alloc        the change is one of what was ever allocated
 * @is_one_process  objects in both profiles cancel
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_change_parts(const struct cpa_change_bucket *bucket,
	const struct cpa_stats_view *const view[2], bool is_alloc, bool is_one_process,
	struct cpa_stats_sum *gained, struct cpa_stats_sum *lost);

/*
 * Make of what was gained and lost all but the value of their difference, in sum.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_change_add_parts(struct cpa_stats_sum *sum, const struct cpa_stats_sum *gained,
	const struct cpa_stats_sum *lost);

/*
 * Both at once: add the variance of one bucket's change to sum.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_change_add_variance(const struct cpa_change_bucket *bucket,
	const struct cpa_stats_view *const view[2], bool is_alloc, bool is_one_process,
	struct cpa_stats_sum *sum);

/*
 * What a place gained and lost in CPU time. Of one clock that ran on, both are one sum that only
 * grows: what was in the old one cancels.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_change_hits(const struct cpa_stats_view *const view[2], double old_value, double new_value,
	bool is_one_clock, struct cpa_stats_sum *gained, struct cpa_stats_sum *lost);

/*
 * Free all; fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_change_done(struct cpa_change *change);

#endif
