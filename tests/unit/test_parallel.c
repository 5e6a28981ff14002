/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts: every one is done once, and there are never more than there is work for.
 * Not here: that the output stays the same (integration/symbols.bats).
 */
#include <stdatomic.h>

#include "report/symbols/parallel.h"
#include "tests/unit/cmocka_all.h"

static void count_part(void *context, size_t part)
{
	atomic_int *calls = context;

	atomic_fetch_add(&calls[part], 1);
}

static void each_once(void **state)
{
	size_t part_count, i;

	for (part_count = 1; part_count <= CPA_PARALLEL_MAX; part_count++) {
		atomic_int calls[CPA_PARALLEL_MAX] = {0};

		cpa_parallel_run(part_count, count_part, calls);
		for (i = 0; i < CPA_PARALLEL_MAX; i++)
			assert_int_equal(calls[i], i < part_count);
	}
}

static void as_many_as_there_is_work_for(void **state)
{
	assert_int_equal(cpa_parallel_parts(0, 100), 1);
	assert_int_equal(cpa_parallel_parts(199, 100), 1);
	assert_in_range(cpa_parallel_parts(200, 100), 1, 2);
	assert_in_range(cpa_parallel_parts(SIZE_MAX, 1), 1, CPA_PARALLEL_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_once),
		cmocka_unit_test(as_many_as_there_is_work_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
