/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The snapshots of one process as a table of stacks by time, made by reading one profile after
 * another: only what changed is kept.
 * Not here: which files (files.h), what a stack's course means (verdict.h).
 *
 * The stacks of all snapshots are one profile, places, so that each address is symbolized once. A
 * sample of it is a stack, its one value the stack's number: filters may remove samples.
 */
#ifndef CPA_TREND_HISTORY_H
#define CPA_TREND_HISTORY_H

#include "report/analysis/change.h"
#include "report/profile/graft.h"
#include "report/trend/site.h"

/* Figures of the whole process in a snapshot's comments; -1 where it does not say. */
enum cpa_history_fact {
	CPA_HISTORY_RSS,
	CPA_HISTORY_ALLOCATED,
	CPA_HISTORY_ACTIVE,
	CPA_HISTORY_RESIDENT,
	CPA_HISTORY_RETAINED,
	CPA_HISTORY_FACTS,
};

struct cpa_history_snapshot {
	char *path;
	int64_t time_ns;
	int64_t sequence;  /* -1: not said */
	bool may_be_final; /* it is said to be of the program's end, or nothing is said */
	int64_t rate_bytes;
	struct cpa_stats_sum total;
	int64_t facts[CPA_HISTORY_FACTS];
};

struct cpa_history_stack {
	struct cpa_site_point *points;
	size_t point_count, point_capacity;
	struct cpa_site_point now; /* of the snapshot being added */
};

struct cpa_history_bucket {
	uint32_t stack;
	struct cpa_change_amount inuse[2], alloc[2]; /* in the snapshot before, in this one */
};

struct cpa_history {
	bool counts_objects; /* values are objects, not bytes */
	struct cpa_history_snapshot *snapshots;
	size_t snapshot_count, snapshot_capacity;
	struct cpa_profile places;
	struct cpa_graft graft;
	struct cpa_intern stack_keys, bucket_keys;
	struct cpa_history_stack *stacks; /* as many as stack_keys */
	size_t stack_capacity;
	struct cpa_history_bucket *buckets; /* as many as bucket_keys */
	size_t bucket_capacity;
	struct cpa_stats_view view; /* of the last snapshot, with the largest rate of all */
	int64_t least_rate_bytes;   /* of all snapshots: another rate was in force once */
	double last_alloc;          /* all that was ever allocated, in the last snapshot */
	bool has_counters;          /* every snapshot has them: births and deaths are known */
	uint32_t *scratch;          /* locations of one stack */
	size_t scratch_capacity;
};

/*
 * Begin with no snapshot. Freed with cpa_history_done, which is fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_history_init(struct cpa_history *ret_history, bool counts_objects);
void cpa_history_done(struct cpa_history *history);

/*
 * Take the next snapshot, later than those before. It may be freed then.
 *
 * Return: 0, or -EINVAL with the cause in error (without the file's name); nothing was added then.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_history_add(
	struct cpa_history *history, const struct cpa_profile *profile, struct cpa_error *error);

/*
 * Take the last snapshot back if it was written when the program had torn down its heap: nothing of
 * the course before can be seen in it. It counts as such when it holds less than half of the one
 * before, and does not say that it was written for another reason than the program's end.
 *
 * @ret_freed  what it holds less
 *
 * Return: whether it was taken back.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_history_drop_teardown(struct cpa_history *history, double *ret_freed);

/*
 * Can profile be the next snapshot of the same process? Not when less was ever allocated than
 * before: the counters of one process only rise.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_history_continues(const struct cpa_history *history, const struct cpa_profile *profile);

#endif
