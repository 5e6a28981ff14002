/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do the waits that are recorded, scaled, sum up to all of them?
 * Not here: how long a wait was (test_waits.c).
 *
 * 40,000 waits of 1 us with rate 10 us: the sum has a relative deviation of
 * sqrt(9 / 40000) = 1.5%. 6 of these is 9%: a false alarm in 5e8 runs, and the seed is fixed.
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/block.h"
#include "sampling/gate.h"
#include "sampling/tally.h"

#define EVENTS   40000
#define DELAY_NS 1000

static int make(void **state)
{
	(void)state;
	cpa_gate_seed(1);
	return cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init() || cpa_tally_init();
}

static struct cpa_tally_row sum_with(int64_t rate_ns)
{
	struct cpa_tally_walk walk = {.kind = CPA_TALLY_BLOCK};
	struct cpa_tally_row row = {0};

	(void)cpa_block_rate(rate_ns);
	cpa_tally_clear(CPA_TALLY_BLOCK);
	for (int i = 0; i < EVENTS; i++)
		cpa_block_record(7, 0, DELAY_NS);
	(void)cpa_tally_next(&walk, &row);
	return row;
}

static void test_rates(void **state)
{
	struct cpa_tally_row all = sum_with(1), few = sum_with(10000), none = sum_with(0);

	(void)state;
	assert_int_equal(all.count, EVENTS);
	assert_int_equal(all.value_ns, EVENTS * DELAY_NS);
	assert_in_range(few.count, EVENTS * 0.91, EVENTS * 1.09);
	assert_in_range(few.value_ns, EVENTS * 0.91 * DELAY_NS, EVENTS * 1.09 * DELAY_NS);
	assert_int_equal(none.count, 0);
	assert_int_equal(cpa_block_rate(-1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
