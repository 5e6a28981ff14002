/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The word for what a call site did over a series of snapshots, and why.
 * Not here: the tests it rests on (trend.c, shape.c), the order of sites (leaks.c).
 */
#include "report/trend/verdict.h"

#include <math.h>
#include <stdio.h>

#include "report/profile/units.h"

#define ONE_SIDED_95  1.6448536269514722
#define ONE_SIDED_995 2.5758293035489004
#define SLOW_Z        3. /* at the most telling of many places */
#define HINT_Z        2.
#define LEVEL_RATE    0.25 /* of the rate before: what is left is no growth to speak of */
#define DISPERSION_Z  3.09 /* one-sided 0.1% */
#define JUMP          0.6  /* of the whole growth, in one interval */

static bool is_sawtooth(const struct cpa_shape *shape)
{
	return shape->fall_count >= 2 && shape->rise_count >= 2 &&
	       shape->dispersion_z >= DISPERSION_Z;
}

static bool has_slowed(const struct cpa_shape *shape)
{
	return shape->slow_z >= SLOW_Z;
}

static bool rises(const struct cpa_trend *trend, double z)
{
	return trend->z >= z && trend->walk_z >= z;
}

static enum cpa_verdict of_grown(const struct cpa_verdict_case *about)
{
	const struct cpa_shape *shape = &about->shape;

	if (has_slowed(shape) && shape->rate_after <= LEVEL_RATE * shape->rate_before)
		return CPA_VERDICT_LEVELLED;
	if (about->snapshot_count > CPA_VERDICT_SNAPSHOTS &&
		shape->largest_up >= JUMP * about->change.value)
		return CPA_VERDICT_JUMPED;
	if (!rises(&about->trend, ONE_SIDED_95))
		return CPA_VERDICT_VARIES;
	if (has_slowed(shape))
		return CPA_VERDICT_GROWING;
	if (shape->kept >= CPA_SHAPE_KEPT)
		return CPA_VERDICT_LEAK;
	/* A full cache that renews itself looks so too, but for a hint of a slowdown. */
	return shape->slow_z < HINT_Z && rises(&about->trend, ONE_SIDED_995)
		       ? CPA_VERDICT_MAYBE_LEAK
		       : CPA_VERDICT_GROWING;
}

enum cpa_verdict cpa_verdict_of(const struct cpa_verdict_case *about)
{
	if (about->snapshot_count < CPA_VERDICT_SNAPSHOTS)
		return CPA_VERDICT_TOO_FEW;
	if (is_sawtooth(&about->shape))
		return CPA_VERDICT_SAWTOOTH;
	if (about->change.value == 0 || about->q > CPA_VERDICT_Q_MAX)
		return CPA_VERDICT_STEADY;
	if (about->change.value > 0)
		return of_grown(about);
	return about->trend.z <= -ONE_SIDED_95 ? CPA_VERDICT_SHRINKING : CPA_VERDICT_VARIES;
}

const char *cpa_verdict_name(enum cpa_verdict verdict)
{
	static const char *const names[] = {"LEAK", "LEAK?", "growing", "jumped", "levelled off",
		"sawtooth", "varies", "shrinking", "steady", "too few"};

	return names[verdict];
}

/* "nothing born there was ever freed", "2% of what was born there was freed". */
static void describe_deaths(char *to, size_t to_bytes, const struct cpa_shape *shape)
{
	double freed = shape->births > 0 ? shape->deaths / shape->births : 0;

	if (freed <= 0)
		snprintf(to, to_bytes, "nothing born there was ever freed");
	else if (freed < 0.985)
		snprintf(to, to_bytes, "%.*f%% of what was born there was freed",
			freed < 0.0095 ? 1 : 0, fmax(100 * freed, 0.1));
	else if (freed < 1)
		snprintf(to, to_bytes, "nearly all that was born there was freed again");
	else
		snprintf(to, to_bytes, "more was freed than was born");
}

char *cpa_verdict_reason(char *to, size_t to_bytes, const struct cpa_verdict_case *about,
	enum cpa_verdict verdict, const double *seconds)
{
	const struct cpa_shape *shape = &about->shape;
	size_t last = about->snapshot_count - 1;
	char deaths[64], span[40];

	describe_deaths(deaths, sizeof(deaths), shape);
	to[0] = '\0';
	switch (verdict) {
	case CPA_VERDICT_LEAK:
	case CPA_VERDICT_MAYBE_LEAK:
	case CPA_VERDICT_GROWING:
		snprintf(to, to_bytes, "grew in %zu of %zu intervals, %s%s", shape->up_count, last,
			deaths, has_slowed(shape) ? "; it is slowing down" : "");
		break;
	case CPA_VERDICT_JUMPED:
		snprintf(to, to_bytes, "%.0f%% of its growth came between snapshots %zu and %zu",
			fmin(100, 100 * shape->largest_up / about->change.value),
			shape->largest_up_at, shape->largest_up_at + 1);
		break;
	case CPA_VERDICT_LEVELLED:
		cpa_units_time(span, sizeof(span), seconds[last] - seconds[shape->level_since]);
		snprintf(to, to_bytes, "grew, and has been level for %s", span);
		break;
	case CPA_VERDICT_SAWTOOTH:
		cpa_units_time(span, sizeof(span), shape->period);
		snprintf(to, to_bytes, "fell by half or more %zu times, every %s",
			shape->fall_count, span);
		break;
	case CPA_VERDICT_VARIES:
		snprintf(to, to_bytes, "up in %zu and down in %zu of %zu intervals, to no pattern",
			shape->up_count, shape->down_count, last);
		break;
	case CPA_VERDICT_SHRINKING:
		snprintf(to, to_bytes, "fell in %zu of %zu intervals", shape->down_count, last);
		break;
	case CPA_VERDICT_STEADY:
		snprintf(to, to_bytes, "no change that chance does not explain");
		break;
	case CPA_VERDICT_TOO_FEW:
		snprintf(to, to_bytes, "%zu snapshots; a verdict needs %d", about->snapshot_count,
			CPA_VERDICT_SNAPSHOTS);
		break;
	}
	return to;
}
