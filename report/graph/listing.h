/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the source lines of some functions hold, as Go's client counts: a line of an inlined
 * function counts in that function, the line it was called from in the caller.
 * Not here: the source itself (sourcefile.h), printing (cli/list.c).
 */
#ifndef CPA_GRAPH_LISTING_H
#define CPA_GRAPH_LISTING_H

#include "report/analysis/stats.h"
#include "report/profile/nodes.h"
#include "report/profile/pattern.h"

struct cpa_listing_line {
	int64_t line; /* 0: unknown */
	struct cpa_stats_sum flat, cum;
};

/* One function in one source file. */
struct cpa_listing_function {
	const char *name; /* as shown */
	const char *file; /* as in the profile; "" unknown */
	/* Each stack once, as in the table by functions. The lines may add up to more, where
	   the function calls itself. */
	struct cpa_stats_sum flat, cum;
	int64_t start_line;             /* 0: unknown */
	uint32_t mapping;               /* one that has code of it, or CPA_PROFILE_NONE */
	struct cpa_listing_line *lines; /* sorted, only those with a sample that is not 0 */
	size_t line_count;
};

struct cpa_listing {
	struct cpa_listing_function *functions; /* those that hold most first */
	size_t function_count;
	struct cpa_stats_view view;
	struct cpa_nodes nodes; /* the names above live in it */
};

/*
 * The lines of all functions whose name matches. Freed with cpa_listing_done.
 *
 * @no_inlines  inlined functions count for what they were inlined into
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_listing_init(struct cpa_listing *ret_listing, const struct cpa_profile *profile,
	size_t type, bool no_inlines, const struct cpa_pattern *wanted);
void cpa_listing_done(struct cpa_listing *listing);

/*
 * Is this line within context lines of one that holds something, or the function's first?
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_listing_is_near(
	const struct cpa_listing_function *function, int64_t line, int64_t context);

/*
 * The first and the last line to show of a file with line_count lines: from the function's own
 * first line, where it is known, to behind the last that holds something, as Go's client does.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cpa_listing_begin(const struct cpa_listing_function *function, int64_t context);
int64_t cpa_listing_end(
	const struct cpa_listing_function *function, size_t line_count, int64_t context);

/*
 * What the lines add up to; Go's client shows it as the function's cum. It is more than that
 * where a stack has the function more than once.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_listing_lines_cum(const struct cpa_listing_function *function);

#endif
