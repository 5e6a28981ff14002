/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The course a site took.
 * Not here: the slope (trend.c), the word for it (verdict.c).
 */
#include "report/trend/shape.h"

#include <math.h>

#define NEAR        0.1 /* of the range: as good as its end */
#define SWING       0.5 /* of the range: a swing */
#define SWING_SIGMA 1.5
#define SLOW_PART   (1. / 6) /* of the time of growth, on each side of a slowdown */

static void count_steps(const struct cpa_site *site, struct cpa_shape *shape)
{
	size_t at;

	for (at = 1; at < site->count; at++) {
		double step = site->value[at] - site->value[at - 1];

		shape->up_count += step > 0;
		shape->down_count += step < 0;
		shape->births += site->births[at];
		shape->deaths += cpa_site_deaths(site, at);
		if (step > shape->largest_up) {
			shape->largest_up = step;
			shape->largest_up_at = at;
		}
	}
	if (shape->births > 0)
		shape->kept = fmax(0, 1 - shape->deaths / shape->births);
}

static void find_range(const struct cpa_site *site, double *ret_low, double *ret_high)
{
	size_t at;

	*ret_low = *ret_high = site->value[0];
	for (at = 1; at < site->count; at++) {
		*ret_low = fmin(*ret_low, site->value[at]);
		*ret_high = fmax(*ret_high, site->value[at]);
	}
}

/* Is the way from one snapshot to the other a swing, whichever way it goes? */
static bool is_swing(const struct cpa_site *site, size_t left, size_t right, double range)
{
	double change = fabs(site->value[right] - site->value[left]);

	/* The variance takes a look at all in between: only where it can decide. */
	return change >= SWING * range &&
	       change >= SWING_SIGMA * sqrt(cpa_site_change(site, left, right).variance);
}

/*
 * From turn to turn: the extreme of the swing under way is kept, and a swing back from it by more
 * than the threshold makes it a turn.
 */
static void find_swings(
	const struct cpa_site *site, const double *times, double range, struct cpa_shape *shape)
{
	size_t low = 0, high = 0, at, first_peak = 0, last_peak = 0, peaks = 0;
	size_t first_trough = 0, last_trough = 0, troughs = 0;
	int direction = 0;

	for (at = 1; at < site->count; at++) {
		if (direction >= 0 && site->value[at] >= site->value[high])
			high = at;
		if (direction <= 0 && site->value[at] <= site->value[low])
			low = at;
		if (direction <= 0 && at != low && is_swing(site, low, at, range) &&
			site->value[at] > site->value[low]) {
			shape->rise_count++;
			first_trough = troughs++ == 0 ? low : first_trough;
			last_trough = low;
			direction = 1;
			high = at;
		} else if (direction >= 0 && at != high && is_swing(site, high, at, range) &&
			   site->value[at] < site->value[high]) {
			shape->fall_count++;
			first_peak = peaks++ == 0 ? high : first_peak;
			last_peak = high;
			direction = -1;
			low = at;
		}
	}
	if (peaks > 1)
		shape->period = (times[last_peak] - times[first_peak]) / (double)(peaks - 1);
	if (troughs > 1)
		shape->floor = cpa_site_change(site, first_trough, last_trough);
}

/*
 * The variance of growth per time if its rate changed at snapshot at: the sampling error; and where
 * little dies, so that steps do not undo each other, how the steps scatter if that is more: a
 * program need not leak evenly.
 */
static double step_variance(const struct cpa_site *site, const double *times, size_t from,
	size_t at, const struct cpa_shape *shape)
{
	size_t last = site->count - 1, i;
	struct cpa_stats_sum before = cpa_site_change(site, from, at),
			     after = cpa_site_change(site, at, last);
	double scatter = 0;

	for (i = from + 1; shape->kept >= CPA_SHAPE_KEPT && i <= last; i++) {
		double time = times[i] - times[i - 1];
		double mean = i <= at ? before.value / (times[at] - times[from])
				      : after.value / (times[last] - times[at]);
		double off = site->value[i] - site->value[i - 1] - time * mean;

		scatter += off * off / time;
	}
	return fmax((before.variance + after.variance) / (times[last] - times[from]),
		scatter / fmax(1, (double)(last - from) - 2));
}

/*
 * Did growth slow down at snapshot at? Growth over its variance per unit of growth is a number of
 * equal events; those of both parts are compared by their square roots (Huffman 1984), which keeps
 * its level where one part is short and its events are few.
 */
static double slowdown(
	const struct cpa_site *site, const double *times, size_t at, const struct cpa_shape *shape)
{
	size_t last = site->count - 1, from = shape->grows_since;
	double before = site->value[at] - site->value[from],
	       after = fmax(0, site->value[last] - site->value[at]);
	double time = (times[at] - times[from]) / (times[last] - times[at]);
	double variance, event;

	if (before <= 0 || after / before > CPA_SHAPE_SLOWER / time)
		return 0;
	variance = step_variance(site, times, from, at, shape);
	if (variance <= 0)
		return INFINITY;
	event = variance * (times[last] - times[from]) / (before + after);
	return 2 * (sqrt(before / event + 3. / 8) - sqrt(time * (after / event + 3. / 8))) /
	       sqrt(1 + time);
}

/*
 * At any snapshot since growth began that leaves at least two intervals and a sixth of the time on
 * both sides: a moment's quiet is no slowdown.
 */
static void find_slowdown(const struct cpa_site *site, const double *times, struct cpa_shape *shape)
{
	size_t last = site->count - 1, from = shape->grows_since, at;
	double part = (times[last] - times[from]) * SLOW_PART;

	for (at = from + 1; at + 2 <= last && times[at] <= times[last] - part; at++) {
		double z;

		if (times[at] < times[from] + part)
			continue;
		z = slowdown(site, times, at, shape);
		if (!(z > shape->slow_z))
			continue;
		shape->slow_z = z;
		shape->rate_before =
			(site->value[at] - site->value[from]) / (times[at] - times[from]);
		shape->rate_after =
			(site->value[last] - site->value[at]) / (times[last] - times[at]);
	}
}

/*
 * Do the values differ by more than the sampling error of a steady site explains? The normal
 * deviate of a chi-square (Wilson and Hilferty 1931). Objects that live on make the values more
 * alike, so this errs to the safe side.
 */
static double dispersion_z(const struct cpa_site *site)
{
	double mean = 0, squares = 0, variance = 0, freedom = (double)site->count - 1;
	size_t at;

	for (at = 0; at < site->count; at++) {
		mean += site->value[at] / (double)site->count;
		variance += site->variance[at] / (double)site->count;
	}
	for (at = 0; at < site->count; at++)
		squares += (site->value[at] - mean) * (site->value[at] - mean);
	if (variance <= 0)
		return squares > 0 ? INFINITY : 0;
	return (cbrt(squares / variance / freedom) - (1 - 2 / (9 * freedom))) /
	       sqrt(2 / (9 * freedom));
}

void cpa_shape_of(const struct cpa_site *site, const double *times, struct cpa_shape *ret_shape)
{
	size_t last = site->count - 1, at;
	double low, high, now = site->value[last];

	*ret_shape = (struct cpa_shape){0};
	count_steps(site, ret_shape);
	find_range(site, &low, &high);
	ret_shape->dispersion_z = dispersion_z(site);
	if (high > low)
		find_swings(site, times, high - low, ret_shape);
	for (at = 0; at <= last; at++)
		if (site->value[at] <= low + NEAR / 2 * (now - low))
			ret_shape->grows_since = at;
	for (at = last; at > 0 && site->value[at - 1] >= now - NEAR * (high - low); at--)
		;
	ret_shape->level_since = at;
	if (last >= 3)
		find_slowdown(site, times, ret_shape);
}
