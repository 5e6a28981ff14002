/* SPDX-License-Identifier: BSD-2-Clause */
/* Is the table of the module found in which an address lies, and none where there is no module? */
#include "tests/unit/cmocka_all.h"

#include "sampling/far_table.h"

#include <stdlib.h>

static struct cpa_far_memory memory;

static void check(uint64_t ip)
{
	struct cpa_far_table table;
	uint64_t first;

	assert_true(cpa_far_table_find(&memory, ip, &table));
	assert_in_range(ip, table.start_ip, table.end_ip - 1);
	assert_in_range(table.addr, table.start_ip, table.end_ip - 1);
	assert_true(table.entries_bytes >= 8);
	/* Entries are sorted: the first function lies before this one, or is it. */
	assert_true(cpa_far_memory_word(&memory, table.entries_addr, &first));
	assert_in_range(table.addr + (uint64_t)(int64_t)(int32_t)first, table.start_ip, ip);
}

static void test_modules(void **state)
{
	(void)state;
	check((uint64_t)(uintptr_t)test_modules);
	check((uint64_t)(uintptr_t)qsort);
}

static void test_no_module(void **state)
{
	struct cpa_far_table table;

	assert_false(cpa_far_table_find(&memory, (uint64_t)(uintptr_t)&state, &table));
	assert_false(cpa_far_table_find(&memory, 1, &table));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_no_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
