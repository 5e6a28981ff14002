/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shape of courses given as they are, exact: without sampling error.
 * Not here: shapes told through the noise of samples (test_verdict.c).
 */
#include <math.h>

#include "report/trend/shape.h"
#include "tests/unit/cmocka_all.h"

/* A site that holds these values, where what rises is born and what falls dies. */
static struct cpa_shape shape_of(const double *values, size_t count, double passing)
{
	double times[64];
	struct cpa_shape shape;
	struct cpa_site site;
	size_t i;

	cpa_site_init(&site, count);
	for (i = 0; i < count; i++) {
		times[i] = 10 * (double)i;
		site.value[i] = values[i];
		if (i > 0)
			site.births[i] = fmax(0, values[i] - values[i - 1]) + passing;
	}
	cpa_shape_of(&site, times, &shape);
	cpa_site_done(&site);
	return shape;
}

static void steps_and_what_stays(void **state)
{
	static const double values[] = {0, 10, 20, 20, 50, 45};
	struct cpa_shape shape = shape_of(values, 6, 0);

	assert_int_equal(shape.up_count, 3);
	assert_int_equal(shape.down_count, 1);
	assert_true(shape.births == 50 && shape.deaths == 5);
	assert_true(fabs(shape.kept - 0.9) < 1e-12);
	assert_true(shape.largest_up == 30);
	assert_int_equal(shape.largest_up_at, 4);
	/* Born and dead within an interval: seen by the counters alone. */
	shape = shape_of(values, 6, 100);
	assert_true(shape.births == 550 && shape.deaths == 505);
}

static void swings_are_counted_from_turn_to_turn(void **state)
{
	static const double saw[] = {0, 5, 10, 0, 5, 10, 1, 4, 9, 0, 6};
	static const double ripple[] = {0, 10, 9, 10, 8, 10, 9, 10, 9, 10};
	struct cpa_shape shape = shape_of(saw, 11, 0);

	assert_int_equal(shape.fall_count, 3);
	assert_int_equal(shape.rise_count, 4);
	assert_true(shape.period == 30);
	assert_true(shape.dispersion_z > 1e6);
	shape = shape_of(ripple, 10, 0);
	assert_int_equal(shape.fall_count, 0);
}

static void growth_begins_at_the_last_low(void **state)
{
	static const double late[] = {3, 2, 3, 2, 2, 10, 20, 30, 40};
	struct cpa_shape shape = shape_of(late, 9, 0);

	assert_int_equal(shape.grows_since, 4);
	assert_true(shape.slow_z == 0);
}

static void what_stopped_growing_is_level_since(void **state)
{
	static const double cache[] = {0, 10, 20, 30, 40, 40, 40, 40, 40, 40};
	static const double leak[] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90};
	static const double slower[] = {0, 10, 20, 30, 40, 43, 46, 49, 52, 55};
	struct cpa_shape shape = shape_of(cache, 10, 0);

	assert_int_equal(shape.level_since, 4);
	assert_true(shape.slow_z > 3 && shape.rate_after == 0);
	assert_true(fabs(shape.rate_before - 1) < 1e-12);
	shape = shape_of(leak, 10, 0);
	assert_true(shape.slow_z == 0);
	/* To a third of the rate: a slowdown, and no level. */
	shape = shape_of(slower, 10, 0);
	assert_true(shape.slow_z > 3 && shape.rate_after > 0.25 * shape.rate_before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_and_what_stays),
		cmocka_unit_test(swings_are_counted_from_turn_to_turn),
		cmocka_unit_test(growth_begins_at_the_last_low),
		cmocka_unit_test(what_stopped_growing_is_level_since),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
