/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The course of a site from its points; changes, deaths and survivors.
 * Not here: points from profiles (test_history.c), how often intervals hold (test_verdict.c).
 */
#include "report/trend/site.h"
#include "tests/unit/cmocka_all.h"

#define COUNT 5

/* Values 10 10 30 30 25: 20 born and none dead, then 5 born and 10 dead. */
static const struct cpa_site_point points[] = {
	{.at = 0, .value = 10, .variance = 100, .births = 99, .weight = 1, .jump = 2},
	{.at = 2, .value = 30, .variance = 300, .births = 20, .births_variance = 200, .weight = 3},
	{.at = 4,
		.value = 25,
		.variance = 250,
		.births = 5,
		.births_variance = 50,
		.deaths_variance = 100,
		.jump = 4},
};

static void fill(struct cpa_site *site)
{
	cpa_site_init(site, COUNT);
	cpa_site_add(site, points, 3);
}

static void points_become_a_course(void **state)
{
	static const double values[COUNT] = {10, 10, 30, 30, 25}, deaths[COUNT] = {0, 0, 0, 0, 10};
	struct cpa_site site;
	size_t i;

	fill(&site);
	for (i = 0; i < COUNT; i++) {
		assert_true(site.value[i] == values[i]);
		assert_true(cpa_site_deaths(&site, i) == deaths[i]);
	}
	/* What was born before the first snapshot was born in none of its intervals. */
	assert_true(site.births[0] == 0 && site.births[2] == 20 && site.births[3] == 0);
	assert_true(site.weight == 3 && site.jump == 4);
	/* A second stack, there from snapshot 3 on. */
	cpa_site_add(&site, &(struct cpa_site_point){.at = 3, .value = 7, .births = 7}, 1);
	assert_true(site.value[2] == 30 && site.value[3] == 37 && site.value[4] == 32);
	cpa_site_clear(&site);
	assert_true(site.value[4] == 0 && site.weight == 0);
	cpa_site_done(&site);
}

static void a_change_counts_what_is_not_in_both(void **state)
{
	struct cpa_site site;
	struct cpa_stats_sum change;

	fill(&site);
	assert_true(cpa_site_change(&site, 0, 1).variance == 0);
	change = cpa_site_change(&site, 0, 4);
	assert_true(change.value == 15);
	/* 250 of births, as much as there is now; 100 of deaths, as much as there was. */
	assert_true(change.variance == 350);
	assert_true(change.weight == 3 && change.jumps == 350 * 16);
	/* No more can have died than there was. */
	site.deaths_variance[4] = 1000;
	assert_true(cpa_site_change(&site, 0, 4).variance == 350);
	/* No more of the born can be there than there is. */
	site.births_variance[4] = 1000;
	assert_true(cpa_site_change(&site, 0, 4).variance == 350);
	cpa_site_done(&site);
}

static void survivors_are_bounded_on_both_sides(void **state)
{
	struct cpa_site site;
	double low, high;

	fill(&site);
	cpa_site_survivors(&site, 2, &low, &high);
	/* 5 were born since: 20 of the 25 at least are older. All of them may be. */
	assert_true(low == 20 && high == 25);
	cpa_site_survivors(&site, 0, &low, &high);
	assert_true(low == 0 && high == 10);
	/* What was nowhere in between did not live through it. */
	site.value[3] = 2;
	cpa_site_survivors(&site, 0, &low, &high);
	assert_true(high == 2);
	cpa_site_done(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_become_a_course),
		cmocka_unit_test(a_change_counts_what_is_not_in_both),
		cmocka_unit_test(survivors_are_bounded_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
