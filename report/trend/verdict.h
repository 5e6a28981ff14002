/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The word for what a call site did over a series of snapshots, and why, in plain words.
 * Not here: the tests it rests on (trend.h, shape.h, report/analysis/stats.h), the order of sites
 * (leaks.h).
 *
 * A leak is what grows without end and keeps what is born there. So LEAK needs all of these:
 *   - it grew from the first snapshot to the last by more than the sampling error explains
 *     (q-value over all sites at most 0.05),
 *   - the values rise (Mann-Kendall, autocorrelation allowed for) and the steps do not merely
 *     wander (the walk test), each at 5% one-sided,
 *   - no slowdown is seen (one-sided 0.5%),
 *   - of what was born there most is still live.
 * Without the last it is LEAK? when the rise and the steps are sure at 0.5% each and not even a
 * hint of a slowdown is seen: one path in many leaks there, or what comes and goes becomes more.
 * Else it is growing.
 */
#ifndef CPA_TREND_VERDICT_H
#define CPA_TREND_VERDICT_H

#include "report/trend/shape.h"
#include "report/trend/trend.h"

#define CPA_VERDICT_SNAPSHOTS 4 /* with fewer, three rises in a row are no evidence */
#define CPA_VERDICT_Q_MAX     0.05

/* In the order of the report. */
enum cpa_verdict {
	CPA_VERDICT_LEAK,
	CPA_VERDICT_MAYBE_LEAK,
	CPA_VERDICT_GROWING,
	CPA_VERDICT_JUMPED,
	CPA_VERDICT_LEVELLED,
	CPA_VERDICT_SAWTOOTH,
	CPA_VERDICT_VARIES,
	CPA_VERDICT_SHRINKING,
	CPA_VERDICT_STEADY,
	CPA_VERDICT_TOO_FEW, /* snapshots */
};

/* What is known of one site. */
struct cpa_verdict_case {
	struct cpa_stats_sum change; /* first to last snapshot */
	double q;
	struct cpa_shape shape;
	struct cpa_trend trend; /* over all snapshots */
	size_t snapshot_count;
};

/*
 * The verdict on a case.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
enum cpa_verdict cpa_verdict_of(const struct cpa_verdict_case *about);

/*
 * Its name as people read it: "LEAK", "levelled off".
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_verdict_name(enum cpa_verdict verdict);

/*
 * Why, in half a sentence: "grew in 25 of 25 intervals, nothing born there was ever freed".
 *
 * @seconds  times of the snapshots, for how long something has lasted
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_verdict_reason(char *to, size_t to_bytes, const struct cpa_verdict_case *about,
	enum cpa_verdict verdict, const double *seconds);

#endif
