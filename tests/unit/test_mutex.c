/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do one in n contended unlocks, scaled, sum up to all of them?
 * Not here: which unlocks are contended (test_waits.c).
 *
 * 40,000 events of equal delay with fraction 10: the sum has a relative deviation of
 * sqrt(9 / 40000) = 1.5%. 6 of these is 9%: a false alarm in 5e8 runs, and the seed is fixed.
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/gate.h"
#include "sampling/mutex.h"
#include "sampling/tally.h"

#define EVENTS   40000
#define DELAY_NS 1000

static int make(void **state)
{
	(void)state;
	cpa_gate_seed(1);
	return cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init() || cpa_tally_init();
}

static struct cpa_tally_row sum_with(int fraction)
{
	struct cpa_tally_walk walk = {.kind = CPA_TALLY_MUTEX};
	struct cpa_tally_row row = {0};

	(void)cpa_mutex_fraction(fraction);
	cpa_tally_clear(CPA_TALLY_MUTEX);
	for (int i = 0; i < EVENTS; i++) {
		uint32_t events = cpa_mutex_draw();

		if (events)
			cpa_mutex_record(7, 0, DELAY_NS, events);
	}
	(void)cpa_tally_next(&walk, &row);
	return row;
}

static void test_fractions(void **state)
{
	struct cpa_tally_row one = sum_with(1), ten = sum_with(10);

	(void)state;
	assert_int_equal(one.count, EVENTS);
	assert_int_equal(one.value_ns, EVENTS * DELAY_NS);
	assert_in_range(ten.count, EVENTS * 0.91, EVENTS * 1.09);
	assert_in_range(ten.value_ns, EVENTS * 0.91 * DELAY_NS, EVENTS * 1.09 * DELAY_NS);
	assert_int_equal(cpa_mutex_fraction(0), 10);
	assert_int_equal(cpa_mutex_draw(), 0);
	assert_int_equal(cpa_mutex_fraction(-1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fractions),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
