/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The course a site took.
 * Not here: the slope (trend.c), the word for it (verdict.c).
 */
#include "report/trend/shape.h"

#include <math.h>

#define NEAR        0.1 /* of the range: as good as its end */
#define SWING       0.5 /* of the range: a swing */
#define SWING_SIGMA 4.0

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
	double variance = cpa_site_change(site, left, right).variance;

	return change >= SWING * range && change >= SWING_SIGMA * sqrt(variance);
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
 * Did growth slow down at snapshot at? Under one rate all along both parts have it; its variance
 * per time is taken from the sampling error, or from how the steps scatter in each part where that
 * is more: a program need not leak evenly.
 */
static double slowdown(const struct cpa_site *site, const double *times, size_t from, size_t at,
	double *ret_before, double *ret_after)
{
	size_t last = site->count - 1, i;
	struct cpa_stats_sum before = cpa_site_change(site, from, at),
			     after = cpa_site_change(site, at, last);
	double time_before = times[at] - times[from], time_after = times[last] - times[at];
	double variance, scatter = 0;

	*ret_before = *ret_after = 0;
	if (time_before <= 0 || time_after <= 0)
		return 0;
	*ret_before = before.value / time_before;
	*ret_after = after.value / time_after;
	for (i = from + 1; i <= last; i++) {
		double time = times[i] - times[i - 1];
		double off = site->value[i] - site->value[i - 1] -
			     time * (i <= at ? *ret_before : *ret_after);

		if (time > 0)
			scatter += off * off / time;
	}
	scatter /= fmax(1, (double)(last - from) - 2);
	variance = fmax((before.variance + after.variance) / (time_before + time_after), scatter);
	if (variance <= 0)
		return *ret_before > *ret_after ? INFINITY : 0;
	return (*ret_before - *ret_after) / sqrt(variance * (1 / time_before + 1 / time_after));
}

/* Half of the time since growth began, then a third, a quarter, a sixth of it at the end. */
static void find_slowdown(const struct cpa_site *site, const double *times, struct cpa_shape *shape)
{
	static const double parts[] = {1. / 2, 1. / 3, 1. / 4, 1. / 6};
	size_t last = site->count - 1, from = shape->grows_since, i;

	for (i = 0; i < CPA_ARRAY_LEN(parts); i++) {
		double before, after, z,
			when = times[last] - parts[i] * (times[last] - times[from]);
		size_t at = from + 1;

		while (at + 1 < last && times[at] < when)
			at++;
		/* Two intervals at least: one may have been quiet. */
		if (at + 2 > last)
			break;
		z = slowdown(site, times, from, at, &before, &after);
		if (z > shape->slow_z) {
			shape->slow_z = z;
			shape->rate_before = before;
			shape->rate_after = after;
		}
	}
}

void cpa_shape_of(const struct cpa_site *site, const double *times, struct cpa_shape *ret_shape)
{
	size_t last = site->count - 1, at;
	double low, high, now = site->value[last];

	*ret_shape = (struct cpa_shape){0};
	count_steps(site, ret_shape);
	find_range(site, &low, &high);
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
