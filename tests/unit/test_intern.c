/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers for byte strings: equal ones equal, many at once.
 * Not here: what is numbered (test_diff.c).
 */
#include <stdio.h>
#include <string.h>

#include "report/profile/intern.h"
#include "tests/unit/cmocka_all.h"

static void numbers_in_order(void **state)
{
	struct cpa_intern intern = {0};
	size_t length_bytes;
	bool is_new;

	assert_int_equal(cpa_intern_add(&intern, "ab", 2, &is_new), 0);
	assert_true(is_new);
	assert_int_equal(cpa_intern_add(&intern, "", 0, &is_new), 1);
	assert_int_equal(cpa_intern_add(&intern, "abc", 3, NULL), 2);
	assert_int_equal(cpa_intern_add(&intern, "ab", 2, &is_new), 0);
	assert_false(is_new);
	assert_int_equal(cpa_intern_add(&intern, "", 0, &is_new), 1);
	assert_false(is_new);
	assert_memory_equal(cpa_intern_get(&intern, 2, &length_bytes), "abc", 3);
	assert_int_equal(length_bytes, 3);
	cpa_intern_done(&intern);
	cpa_intern_done(&intern);
}

static void many(void **state)
{
	struct cpa_intern intern = {0};
	char key[32];
	int round, i;

	for (round = 0; round < 2; round++)
		for (i = 0; i < 50000; i++) {
			int length = snprintf(key, sizeof(key), "key %d", i);

			assert_int_equal(cpa_intern_add(&intern, key, (size_t)length, NULL), i);
		}
	cpa_intern_done(&intern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_in_order), cmocka_unit_test(many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
