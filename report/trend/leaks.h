/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All call sites of a series of snapshots, judged and ranked.
 * Not here: one site's verdict (verdict.h), reading snapshots (history.h), printing (cli/leaks.c).
 */
#ifndef CPA_TREND_LEAKS_H
#define CPA_TREND_LEAKS_H

#include "report/profile/nodes.h"
#include "report/trend/history.h"
#include "report/trend/verdict.h"

#define CPA_LEAKS_LINES 8

/* Values are those of the history: bytes or objects. Times are in seconds. */
struct cpa_leaks_site {
	uint32_t stack;    /* number in stacks: its key is the frames, leaf first */
	size_t shown_from; /* the frame that its short form begins with, see cpa_own_shown_from */
	/* Source lines from there on; 0 unknown, -1 several. */
	int64_t lines[CPA_LEAKS_LINES];
	uint32_t *rows; /* stacks of the history that belong to it */
	size_t row_count, row_capacity;
	struct cpa_verdict_case about;
	double p, z;
	enum cpa_verdict verdict;
	struct cpa_stats_sum now;
	double old_low, old_high; /* of now: what was live for longer than the age; bounds */
	/* Growth per second, over the time that the verdict is about: since it began to grow, or
	 * since it is level, else all of it. */
	struct cpa_trend pace;
	double grows_for; /* 0: it does not */
};

struct cpa_leaks {
	const struct cpa_history *history;
	struct cpa_nodes nodes;
	struct cpa_intern stacks;
	struct cpa_leaks_site *sites; /* ranked */
	size_t site_count, site_capacity;
	size_t verdict_counts[CPA_VERDICT_TOO_FEW + 1];
	size_t tested_count; /* sites that may have changed: what the q-values correct for */
	double *seconds;     /* [snapshots], since the first one */
	double *clock;       /* the same with pauses cut short, see cpa_leaks_clock */
	size_t age_since;    /* the snapshot that the age is counted from */
	double age;          /* a round time, at most half of the whole */
	struct cpa_stats_sum change;  /* of all sites together, first to last */
	struct cpa_stats_sum *totals; /* [snapshots], of all sites: of what passed the filters */
};

/*
 * Judge what history holds; its places may have been symbolized and filtered before. history stays
 * and must live as long as the result. Freed with cpa_leaks_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_leaks_init(struct cpa_leaks *ret_leaks, const struct cpa_history *history,
	enum cpa_nodes_by by, bool no_inlines);
void cpa_leaks_done(struct cpa_leaks *leaks);

/*
 * The course of one site, into a cpa_site of as many snapshots as the history has.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_leaks_fill(
	const struct cpa_leaks *leaks, const struct cpa_leaks_site *site, struct cpa_site *course);

/*
 * The clock of a process that may have been stopped: an interval of more than three usual ones
 * counts as one. Of a suspended program it cannot be said that its growth slowed down.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_leaks_clock(const double *seconds, size_t count, double *ret_clock);

/*
 * The steps of judging one course: what needs no other site, q still being 1; then, when q is
 * known, the verdict and what follows from it.
 *
 * @age_since  the snapshot that survivors are counted from
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_leaks_examine(
	const struct cpa_site *course, const double *clock, struct cpa_leaks_site *ret_site);
void cpa_leaks_conclude(const struct cpa_site *course, const double *seconds, size_t age_since,
	struct cpa_leaks_site *site);

/*
 * The order of the report, for qsort: by verdict, then what grew by most for sure.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cpa_leaks_compare(const void *left, const void *right);

#endif
