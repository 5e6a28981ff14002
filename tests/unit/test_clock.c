/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do the clocks tell nanoseconds of the right kind?
 * Not here: waiting (test_lock.c).
 */
#include "tests/unit/cmocka_all.h"

#include "base/clock.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

static void test_mono(void **state)
{
	struct timespec before, after;
	uint64_t last_ns = 0;

	clock_gettime(CLOCK_MONOTONIC, &before);
	errno = 4711;
	for (int i = 0; i < 1000; i++) {
		uint64_t now_ns = cpa_clock_mono_ns();

		assert_true(now_ns >= last_ns);
		last_ns = now_ns;
	}
	assert_int_equal(errno, 4711);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range(last_ns, (uint64_t)before.tv_sec * 1000000000u + (uint64_t)before.tv_nsec,
		(uint64_t)after.tv_sec * 1000000000u + (uint64_t)after.tv_nsec);
}

static void test_wall(void **state)
{
	time_t before = time(NULL);
	uint64_t now_ns = cpa_clock_wall_ns();

	/* time() may lag behind by a tick. */
	assert_in_range(now_ns / 1000000000u, (uint64_t)before, (uint64_t)before + 60);
}

/* The same clock, never ahead of the fine one, and behind it by ticks. */
static void test_coarse(void **state)
{
	uint64_t coarse_ns = cpa_clock_coarse_ns();
	uint64_t fine_ns = cpa_clock_mono_ns();

	assert_in_range(fine_ns - coarse_ns, 0, 60 * 1000000000ull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mono),
		cmocka_unit_test(test_wall),
		cmocka_unit_test(test_coarse),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
