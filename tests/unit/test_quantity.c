/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are sizes and times read as people write them, and nothing else?
 * Not here: signals and whole settings (test_conf.c).
 */
#include "tests/unit/cmocka_all.h"

#include "base/quantity.h"

#include <errno.h>

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{"0", 0},
		{"1", 1},
		{"007", 7},
		{"512k", 524288},
		{"512K", 524288},
		{"3m", 3145728},
		{"2G", 2147483648u},
		{"18446744073709551615", UINT64_MAX},
		{"17179869183g", 17179869183ull << 30},
	};
	static const char *const bad[] = {
		"",
		" ",
		"-1",
		"+1",
		" 1",
		"1 ",
		"k",
		"1kk",
		"1kb",
		"1q",
		"1.5m",
		"0x10",
		"1e3",
		"18446744073709551616",
		"17179869184g",
		"99999999999999999999999",
		"m1",
		"1,",
		"\xff",
		"1\n",
	};
	uint64_t bytes;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(cpa_quantity_parse(CPA_QUANTITY_SIZE, good[i].text, &bytes), 0);
		assert_int_equal(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bytes = 42;
		if (cpa_quantity_parse(CPA_QUANTITY_SIZE, bad[i], &bytes) != -EINVAL)
			fail_msg("size \"%s\" was accepted", bad[i]);
		assert_int_equal(bytes, 42);
	}
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{"0", 0},
		{"1", 1000000000},
		{"30s", 30000000000},
		{"10us", 10000},
		{"1ns", 1},
		{"500ms", 500000000},
		{"2m", 120000000000},
		{"1h", 3600000000000},
		{"1H", 3600000000000},
	};
	static const char *const bad[] = {
		"", "s", "1d", "1n", "-1s", "1 s", "1.5s", "1s1", "5124095577h", "1mss"};
	uint64_t ns;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(cpa_quantity_parse(CPA_QUANTITY_TIME, good[i].text, &ns), 0);
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ns = 42;
		if (cpa_quantity_parse(CPA_QUANTITY_TIME, bad[i], &ns) != -EINVAL)
			fail_msg("time \"%s\" was accepted", bad[i]);
		assert_int_equal(ns, 42);
	}
}

static void test_say(void **state)
{
	struct cpa_line line = {0};

	(void)state;
	cpa_quantity_say(&line, CPA_QUANTITY_SIZE, 512 << 10);
	cpa_line_add(&line, " ");
	cpa_quantity_say(&line, CPA_QUANTITY_TIME, 1500000000);
	cpa_line_add(&line, " ");
	cpa_quantity_say(&line, CPA_QUANTITY_TIME, 0);
	cpa_line_add(&line, " ");
	cpa_quantity_say(&line, CPA_QUANTITY_COUNT, 1025);
	assert_string_equal(line.text, "512k 1500ms 0 1025");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
