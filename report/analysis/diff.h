/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two profiles compared, call site by call site: what grew, what shrank, and what may be
 * chance.
 * Not here: the test itself (stats.h), printing (cli/diff.c).
 *
 * A site is a full stack of functions (or lines, or addresses); sites of the two profiles meet
 * by name. Of two builds of a program lines meet by their distance from where their function
 * begins, where that is known; addresses only within one build.
 *
 * The variance of a change. Two processes: the variances of both profiles add. Two snapshots
 * of one process: an object that is in both was sampled once and cancels, so only what was
 * born or freed in between counts. Of that the profiles tell births = growth of alloc, deaths
 * = growth of (alloc - inuse), and of these no more than min(births, new inuse) is in the new
 * profile and no more than min(deaths, old inuse) only in the old one. Bucket by bucket (site
 * and size) those two bound what could have been sampled differently, and their variances add.
 */
#ifndef CPA_ANALYSIS_DIFF_H
#define CPA_ANALYSIS_DIFF_H

#include "report/analysis/stats.h"
#include "report/profile/nodes.h"

#define CPA_DIFF_Q_MAX 0.05
#define CPA_DIFF_LINES 8

enum cpa_diff_verdict { CPA_DIFF_GREW, CPA_DIFF_SHRANK, CPA_DIFF_NOISE };

struct cpa_diff_site {
	uint32_t stack;    /* number in stacks: its key is the frames, leaf first */
	size_t shown_from; /* the frame that its short form begins with, see cpa_own_shown_from */
	/* Source lines from there on; 0 unknown, -1 several. */
	int64_t lines[CPA_DIFF_LINES];
	bool is_new; /* the new profile has it: the lines are its */
	double old_value, new_value;
	double objects_change;
	struct cpa_stats_sum change;       /* value: new - old */
	struct cpa_stats_sum gained, lost; /* what of it can have been sampled differently */
	double low, high; /* 95% interval of the change; both its value where none is known */
	double z, p, q;
	enum cpa_diff_verdict verdict;
};

struct cpa_diff {
	struct cpa_nodes nodes;
	struct cpa_intern stacks;
	/* Grown first (most first), then shrunk (most first), then noise. */
	struct cpa_diff_site *sites;
	size_t site_count;
	size_t grown_count, shrunk_count;
	size_t tested_count; /* sites that may have changed: what the q-values correct for */
	struct cpa_stats_view old_view, new_view;
	double old_total, new_total;
	struct cpa_stats_sum change; /* of all sites together */
	struct cpa_stats_sum gained, lost;
	double low, high;
	struct cpa_stats_sum noise; /* of the noise together */
	bool is_one_process;
	bool is_reversed; /* one process, but the new profile is the older one */
	bool has_objects;
	int64_t elapsed_ns; /* new - old; 0 where it is not known */
};

enum cpa_diff_relation { CPA_DIFF_ASK, CPA_DIFF_ONE_PROCESS, CPA_DIFF_TWO_PROCESSES };

struct cpa_diff_options {
	const char *type_name; /* as in cpa_profile_type; both must have it */
	enum cpa_nodes_by by;
	bool no_inlines;
	enum cpa_diff_relation relation;
};

/*
 * Compare one sample type of two profiles. Freed with cpa_diff_done.
 *
 * @options  relation ASK: by the comments pid and start, else by equal mappings and counters that
 *           only rose
 *
 * Return: 0, or -EINVAL with the cause in error (with the name of the file).
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_diff_init(struct cpa_diff *ret_diff, const struct cpa_profile *old_profile,
	const struct cpa_profile *new_profile, const struct cpa_diff_options *options,
	struct cpa_error *error);
void cpa_diff_done(struct cpa_diff *diff);

/*
 * Bytes that a site must have gained to be called grown with probability 0.95 beside the sites that
 * were: what the comparison cannot see. 0 when all was recorded.
 *
 * @site  where other memory comes and goes, too; NULL: a site where nothing else does
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_diff_invisible(const struct cpa_diff *diff, const struct cpa_diff_site *site);

/*
 * The site whose change is the least certain; NULL when none is uncertain, or bytes are not what is
 * compared.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_diff_site *cpa_diff_busiest(const struct cpa_diff *diff);

/*
 * Whether both say that they are of one process, and the new one is the older.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_diff_reversed(
	const struct cpa_profile *old_profile, const struct cpa_profile *new_profile);

/*
 * Whether the main programs are two builds of it: both have a build id, and they differ.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_diff_two_builds(
	const struct cpa_profile *old_profile, const struct cpa_profile *new_profile);

/*
 * Whether both profiles came from one process, as far as their comments and mappings tell: 1
 * yes, 0 no, -1 they do not tell. Two of one process in the wrong order are no such pair, as what
 * follows from its counters would be wrong.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cpa_diff_one_process(
	const struct cpa_profile *old_profile, const struct cpa_profile *new_profile);

/*
 * Whether both are CPU profiles of one process whose clock was not started anew between them: then
 * the new one holds all samples of the old one.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_diff_one_clock(
	const struct cpa_profile *old_profile, const struct cpa_profile *new_profile);

#endif
