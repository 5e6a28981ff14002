/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slope and rise of a series, against values worked out by hand.
 * Not here: how often the interval holds (test_verdict.c).
 */
#include <math.h>

#include "report/trend/trend.h"
#include "tests/unit/cmocka_all.h"

static void assert_near(double have, double want)
{
	assert_true(fabs(have - want) < 1e-6 * fmax(1, fabs(want)));
}

static const double times[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

static void a_straight_line(void **state)
{
	static const double values[] = {1, 3, 5, 7, 9};
	struct cpa_trend trend;

	cpa_trend_fit(times, values, 5, &trend);
	assert_true(trend.slope == 2 && trend.slope_low == 2 && trend.slope_high == 2);
	/* S = 10, variance 5 4 15 / 18. */
	assert_near(trend.z, 9 / sqrt(5 * 4 * 15 / 18.));
	assert_near(trend.p, erfc(trend.z / sqrt(2)));
	/* Four equal steps: 4 / sqrt(4). */
	assert_near(trend.walk_z, 2);
	assert_true(trend.inflation == 1);
}

static void ties_lessen_the_variance(void **state)
{
	static const double values[] = {1, 2, 2, 3};
	struct cpa_trend trend;

	cpa_trend_fit(times, values, 4, &trend);
	assert_near(trend.z, 4 / sqrt((4 * 3 * 13 - 2 * 1 * 9) / 18.));
}

static void one_outlier_moves_nothing(void **state)
{
	static const double values[] = {0, 1, 2, 3, 400, 5, 6, 7, 8, 9, 10, 11};
	struct cpa_trend trend;

	cpa_trend_fit(times, values, 12, &trend);
	assert_near(trend.slope, 1);
	assert_true(trend.slope_low <= 1 && trend.slope_high >= 1);
}

/* Slopes 1, 9 and 5 of pairs 1, 1 and 2 apart: the median of the weights is 5. */
static void long_pairs_weigh_more(void **state)
{
	static const double values[] = {0, 1, 10};
	static const double uneven[] = {0, 1, 2, 12}, jump[] = {0, 5, 10, 10};
	struct cpa_trend trend;

	cpa_trend_fit(times, values, 3, &trend);
	assert_true(trend.slope == 5);
	/* Without weights the median of 0, 5/11, 10/12, 5, 5, 5 would be 10/12 or 5. */
	cpa_trend_fit(uneven, jump, 4, &trend);
	assert_near(trend.slope, 5. / 11);
}

static void up_and_down_is_no_rise(void **state)
{
	static const double values[] = {5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6};
	static const double walk[] = {0, 8, 3, 9, 1, 6, 2, 12, 4, 7, 3, 5};
	struct cpa_trend trend;

	cpa_trend_fit(times, values, 12, &trend);
	assert_true(trend.p > 0.1 && trend.slope_low <= 0 && trend.slope_high >= 0);
	cpa_trend_fit(times, walk, 12, &trend);
	assert_true(fabs(trend.walk_z) < 1 && trend.p > 0.3);
}

/* A step over a longer time may be longer: only its square over that time counts. */
static void a_pause_is_one_step(void **state)
{
	static const double pause[] = {0, 1, 2, 12, 13}, values[] = {0, 1, 2, 12, 13};
	struct cpa_trend trend;

	cpa_trend_fit(pause, values, 5, &trend);
	assert_near(trend.walk_z, 2);
	assert_true(trend.slope == 1);
}

static void values_that_drag_on_are_less_sure(void **state)
{
	static const double values[] = {5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6};
	struct cpa_trend trend;

	cpa_trend_fit(times, values, 12, &trend);
	assert_true(trend.inflation > 1.3);
}

static void too_little_says_nothing(void **state)
{
	static const double values[] = {4, 4, 4, 4};
	struct cpa_trend trend;

	cpa_trend_fit(times, values, 2, &trend);
	assert_true(trend.slope == 0 && trend.p == 1);
	cpa_trend_fit(times, values, 4, &trend);
	assert_true(trend.slope == 0 && trend.p == 1 && trend.walk_z == 0);
}

/* Of 1000 values some are taken: both ends and the slope are the same. */
static void many_values_are_thinned(void **state)
{
	double many_times[1000], values[1000];
	struct cpa_trend trend;
	size_t i;

	for (i = 0; i < 1000; i++) {
		many_times[i] = 30. * (double)i;
		values[i] = 7 + 60. * (double)i;
	}
	cpa_trend_fit(many_times, values, 1000, &trend);
	assert_near(trend.slope, 2);
	assert_near(trend.walk_z, sqrt(999));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_straight_line),
		cmocka_unit_test(ties_lessen_the_variance),
		cmocka_unit_test(one_outlier_moves_nothing),
		cmocka_unit_test(long_pairs_weigh_more),
		cmocka_unit_test(up_and_down_is_no_rise),
		cmocka_unit_test(a_pause_is_one_step),
		cmocka_unit_test(values_that_drag_on_are_less_sure),
		cmocka_unit_test(too_little_says_nothing),
		cmocka_unit_test(many_values_are_thinned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
