/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do the rows of a profile of events have the types, units and numbers that readers expect, and are
 * rows in it that are in no sum yet?
 * Not here: the sums (test_tally.c), whole files (test_pprof.c, test_text.c).
 */
#include "tests/unit/cmocka_all.h"

#include "report/tallyrows.h"

static int make(void **state)
{
	(void)state;
	if (cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init() || cpa_tally_init())
		return -1;
	cpa_tally_add(CPA_TALLY_MUTEX, 10, 2, 2.4, 1000.6);
	cpa_tally_add(CPA_TALLY_MUTEX, 10, 0, 0.1, 7);
	cpa_tally_add(CPA_TALLY_CPU, 10, 0, 3, 30000000);
	return 0;
}

static void test_types(void **state)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_BLOCK};
	struct cpa_pprof_content content = cpa_tallyrows_pprof(&rows, 0, 0);
	struct cpa_pprof_row row;

	(void)state;
	assert_int_equal(content.type_count, 2);
	assert_string_equal(content.types[0].type, "contentions");
	assert_string_equal(content.types[0].unit, "count");
	assert_string_equal(content.types[1].type, "delay");
	assert_string_equal(content.types[1].unit, "nanoseconds");
	assert_string_equal(content.period_type.type, "contentions");
	assert_int_equal(content.period, 1);
	assert_int_equal(content.duration_ns, 0);
	assert_false(content.next(content.context, &row));
}

static void test_cpu(void **state)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_CPU};
	struct cpa_pprof_content content = cpa_tallyrows_pprof(&rows, 10000000, 5000000000);
	struct cpa_pprof_row row;

	(void)state;
	assert_string_equal(content.types[0].type, "samples");
	assert_string_equal(content.types[1].type, "cpu");
	assert_string_equal(content.period_type.type, "cpu");
	assert_string_equal(content.period_type.unit, "nanoseconds");
	assert_int_equal(content.period, 10000000);
	assert_int_equal(content.duration_ns, 5000000000);
	assert_true(content.next(content.context, &row));
	assert_int_equal(row.values[0], 3);
	assert_int_equal(row.values[1], 30000000);
	assert_false(content.next(content.context, &row));
}

/* Counts are at least one; a row of no sum comes after the others. */
static void test_rows(void **state)
{
	const struct cpa_tally_row more = {.stack = 11, .count = 1, .value_ns = 5};
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_MUTEX, .more = &more, .more_count = 1};
	struct cpa_pprof_content content = cpa_tallyrows_pprof(&rows, 0, 0);
	struct cpa_pprof_row row;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(content.next(content.context, &row));
		assert_int_equal(row.stack, 10);
		assert_int_equal(row.values[0], row.label_set ? 2 : 1);
		assert_int_equal(row.values[1], row.label_set ? 1001 : 7);
	}
	assert_true(content.next(content.context, &row));
	assert_int_equal(row.stack, 11);
	assert_int_equal(row.values[1], 5);
	assert_false(content.next(content.context, &row));
}

static void test_text(void **state)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_MUTEX};
	struct cpa_text_content content = cpa_tallyrows_text(&rows);
	uint64_t sums[CPA_TEXT_NUMBERS_MAX] = {0};
	struct cpa_text_row row;
	char text[200];

	(void)state;
	assert_true(content.row_room >= 2);
	content.say_head(content.context, sums, text, sizeof(text));
	assert_string_equal(text, "--- mutex:\ncycles/second=1000000000\nsampling period=1");
	do
		assert_true(content.next(content.context, &row));
	while (!row.label_set);
	assert_int_equal(row.weight, 1001);
	content.say_numbers(row.numbers, text, sizeof(text));
	assert_string_equal(text, "1001 2");
	rows = (struct cpa_tallyrows){.walk.kind = CPA_TALLY_BLOCK};
	content = cpa_tallyrows_text(&rows);
	content.say_head(content.context, sums, text, sizeof(text));
	assert_string_equal(text, "--- contention:\ncycles/second=1000000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_cpu),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
