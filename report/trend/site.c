/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call site over a series of snapshots.
 * Not here: collecting it from profiles (history.c), what it means (shape.c, verdict.c).
 */
#include "report/trend/site.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cpa_site_init(struct cpa_site *ret_site, size_t count)
{
	ret_site->count = count;
	ret_site->value = cpa_memory_new(count, sizeof(double));
	ret_site->variance = cpa_memory_new(count, sizeof(double));
	ret_site->births = cpa_memory_new(count, sizeof(double));
	ret_site->births_variance = cpa_memory_new(count, sizeof(double));
	ret_site->deaths_variance = cpa_memory_new(count, sizeof(double));
	ret_site->weight = 0;
}

void cpa_site_done(struct cpa_site *site)
{
	free(site->value);
	free(site->variance);
	free(site->births);
	free(site->births_variance);
	free(site->deaths_variance);
	memset(site, 0, sizeof(*site));
}

void cpa_site_clear(struct cpa_site *site)
{
	size_t bytes = site->count * sizeof(double);

	memset(site->value, 0, bytes);
	memset(site->variance, 0, bytes);
	memset(site->births, 0, bytes);
	memset(site->births_variance, 0, bytes);
	memset(site->deaths_variance, 0, bytes);
	site->weight = site->jump = 0;
}

void cpa_site_add(struct cpa_site *site, const struct cpa_site_point *points, size_t point_count)
{
	size_t i, at;

	for (i = 0; i < point_count; i++) {
		const struct cpa_site_point *point = &points[i];
		size_t end = i + 1 < point_count ? points[i + 1].at : site->count;

		for (at = point->at; at < end; at++) {
			site->value[at] += point->value;
			site->variance[at] += point->variance;
		}
		if (point->at > 0) {
			site->births[point->at] += point->births;
			site->births_variance[point->at] += point->births_variance;
			site->deaths_variance[point->at] += point->deaths_variance;
		}
		site->weight = fmax(site->weight, point->weight);
		site->jump = fmax(site->jump, point->jump);
	}
}

double cpa_site_deaths(const struct cpa_site *site, size_t at)
{
	if (at == 0)
		return 0;
	return fmax(0, site->births[at] - (site->value[at] - site->value[at - 1]));
}

struct cpa_stats_sum cpa_site_change(const struct cpa_site *site, size_t from, size_t to)
{
	struct cpa_stats_sum sum = {
		.value = site->value[to] - site->value[from], .weight = site->weight};
	double births = 0, deaths = 0;
	size_t at;

	for (at = from + 1; at <= to; at++) {
		births += site->births_variance[at];
		deaths += site->deaths_variance[at];
	}
	sum.variance = fmin(births, site->variance[to]) + fmin(deaths, site->variance[from]);
	sum.jumps = sum.variance * site->jump * site->jump;
	return sum;
}

void cpa_site_survivors(
	const struct cpa_site *site, size_t since, double *ret_low, double *ret_high)
{
	size_t last = site->count - 1, at;
	double births = 0, least = site->value[since];

	for (at = since + 1; at <= last; at++) {
		births += site->births[at];
		least = fmin(least, site->value[at]);
	}
	*ret_high = least;
	*ret_low = fmin(least, fmax(0, site->value[last] - births));
}
