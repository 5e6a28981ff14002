/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a line put together right, cut at its end, and harmless for a terminal?
 * Not here: the complaints made with it (test_conf.c).
 */
#include "tests/unit/cmocka_all.h"

#include "base/line.h"

#include <string.h>

static void test_parts(void **state)
{
	struct cpa_line line = {0};

	cpa_line_add(&line, "a=");
	cpa_line_add_number(&line, 0);
	cpa_line_add(&line, "");
	cpa_line_add(&line, ",b=");
	cpa_line_add_number(&line, UINT64_MAX);
	assert_string_equal(line.text, "a=0,b=18446744073709551615");
	assert_int_equal(line.used_bytes, strlen(line.text));
}

static void test_pairs(void **state)
{
	struct cpa_line line = {0};

	cpa_line_add(&line, "mutex:");
	cpa_line_add_pair(&line, "fraction", 10);
	cpa_line_add_pair(&line, "events", 0);
	assert_string_equal(line.text, "mutex: fraction=10 events=0");
}

static void test_shown(void **state)
{
	struct cpa_line line = {0};
	char text[CPA_LINE_SHOWN_MAX + 1];

	cpa_line_add_shown(&line, "a\033[1m\n\177\xc3\xa4z", 9);
	assert_string_equal(line.text, "a?[1m??\xc3\xa4");
	memset(text, 'x', sizeof(text));
	line = (struct cpa_line){0};
	cpa_line_add_shown(&line, text, CPA_LINE_SHOWN_MAX);
	assert_int_equal(line.used_bytes, CPA_LINE_SHOWN_MAX);
	line = (struct cpa_line){0};
	cpa_line_add_shown(&line, text, CPA_LINE_SHOWN_MAX + 1);
	assert_string_equal(line.text + CPA_LINE_SHOWN_MAX, "...");
}

static void test_cut(void **state)
{
	struct cpa_line line = {0};

	for (size_t i = 0; i < 1000; i++)
		cpa_line_add(&line, "wwwww");
	cpa_line_add_number(&line, 12345);
	assert_int_equal(line.used_bytes, sizeof(line.text) - 1);
	assert_int_equal(strlen(line.text), sizeof(line.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
