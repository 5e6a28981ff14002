/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions mean what they mean to RE2, whatever the text holds, and give up in time.
 * Not here: what they are applied to (test_filter.c).
 */
#include <errno.h>
#include <string.h>

#include "report/profile/pattern.h"
#include "tests/unit/cmocka_all.h"

static bool matches(const char *expression, const char *text)
{
	struct cpa_pattern pattern;
	struct cpa_error error = {""};
	bool is_match;

	if (cpa_pattern_init(&pattern, expression, &error) != 0)
		fail_msg("%s: %s", expression, error.text);
	is_match = cpa_pattern_matches(&pattern, text);
	assert_false(cpa_pattern_gave_up(&pattern));
	cpa_pattern_done(&pattern);
	cpa_pattern_done(&pattern);
	return is_match;
}

static void as_re2_has_it(void **state)
{
	assert_true(matches("alloc", "ns::alloc_page"));
	assert_true(matches("", ""));
	assert_true(matches("^main$", "main"));
	assert_false(matches("^main$", "main\n"));
	assert_true(matches("(?i)MALLOC", "malloc"));
	assert_true(matches("\\pL\\d", "\xc3\xa4"
				       "1"));
	assert_false(matches("^\\w+$", "\xc3\xa4"));
	assert_false(matches("^\\d$", "\xd9\xa3")); /* a digit, but no ASCII */
	assert_true(matches("^.$", "\xc3\xa4"));
	assert_true(matches("std::(vector|map)<", "std::map<int>"));
}

static void any_bytes(void **state)
{
	assert_true(matches("b", "a\xff"
				 "b"));
	assert_false(matches("a.b", "a\xff"
				    "b"));
}

static void refuses(const char *expression, const char *words)
{
	struct cpa_pattern pattern;
	struct cpa_error error = {""};

	assert_int_equal(cpa_pattern_init(&pattern, expression, &error), -EINVAL);
	assert_null(pattern.state);
	if (strstr(error.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error.text, words);
}

static void broken(void **state)
{
	refuses("(", "missing closing parenthesis, at character 2");
	refuses("a**+*", "at character");
	refuses("\\C", "not a regular expression");
	refuses("\xff", "not a regular expression");
}

/* One that takes 2^40 steps gives up, and matches nothing any more. */
static void gives_up(void **state)
{
	struct cpa_pattern pattern;
	struct cpa_error error = {""};

	assert_int_equal(cpa_pattern_init(&pattern, "^(a|aa|a?a)+$", &error), 0);
	assert_true(cpa_pattern_matches(&pattern, "aaa"));
	assert_false(cpa_pattern_matches(&pattern, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
	assert_true(cpa_pattern_gave_up(&pattern));
	assert_false(cpa_pattern_matches(&pattern, "aaa"));
	cpa_pattern_done(&pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_re2_has_it),
		cmocka_unit_test(any_bytes),
		cmocka_unit_test(broken),
		cmocka_unit_test(gives_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
