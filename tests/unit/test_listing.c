/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What source lines hold: inlined frames, recursion, several files, and which lines are near.
 * Not here: equality with Go's client on real profiles (integration/list.bats).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/graph/listing.h"
#include "report/profile/read.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define HEAD "type space bytes\nmapping 1000 9000 1000 /bin/x ab\n"

static struct cpa_profile profile;
static struct cpa_listing listing;

static void list_text(const char *text, const char *wanted, bool no_inlines)
{
	char path[] = "/tmp/cpa-test-listing-XXXXXX";
	int fd = mkstemp(path);
	struct cpa_error error = {""};
	struct cpa_pattern pattern;
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);

	assert_true(fd >= 0);
	close(fd);
	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	if (cpa_read_profile(&profile, path, &error) != 0)
		fail_msg("%s", error.text);
	unlink(path);
	assert_int_equal(cpa_pattern_init(&pattern, wanted, &error), 0);
	cpa_listing_init(&listing, &profile, 0, no_inlines, &pattern);
	cpa_pattern_done(&pattern);
}

static void done(void)
{
	cpa_listing_done(&listing);
	cpa_profile_done(&profile);
}

/* "name file flat/cum: line flat/cum, ...; ..." */
static void lists(const char *text, const char *wanted, bool no_inlines, const char *expected)
{
	char found[2048] = "";
	size_t used = 0, i, j;

	list_text(text, wanted, no_inlines);
	for (i = 0; i < listing.function_count; i++) {
		const struct cpa_listing_function *function = &listing.functions[i];

		used += (size_t)snprintf(found + used, sizeof(found) - used,
			"%s%s %s %.0f/%.0f:", i > 0 ? "; " : "", function->name, function->file,
			function->flat.value, function->cum.value);
		for (j = 0; j < function->line_count; j++)
			used += (size_t)snprintf(found + used, sizeof(found) - used,
				"%s %d %.0f/%.0f", j > 0 ? "," : "", (int)function->lines[j].line,
				function->lines[j].flat.value, function->lines[j].cum.value);
	}
	assert_string_equal(found, expected);
	done();
}

static void test_lines(void **unused)
{
	(void)unused;
	lists(HEAD "sample 5 | | f@a.c:3 main@a.c:9\nsample 7 | | f@a.c:2 main@a.c:9\n", "f|main",
		false, "f a.c 12/12: 2 7/7, 3 5/5; main a.c 0/12: 9 0/12");
	lists(HEAD "sample 5 | | f@a.c:3 main@a.c:9\n", "^f", false, "f a.c 5/5: 3 5/5");
	lists(HEAD "sample 5 | | f@a.c:3 main@a.c:9\n", "g", false, "");
}

static void test_inlined_lines_count_in_their_function(void **unused)
{
	const char *text = HEAD "sample 5 | | in@h.h:3^out@a.c:8 main@a.c:9\n";

	(void)unused;
	lists(text, "in|out", false, "in h.h 5/5: 3 5/5; main a.c 0/5: 9 0/5; out a.c 0/5: 8 0/5");
	lists(text, "in|out", true, "main a.c 0/5: 9 0/5; out a.c 5/5: 8 5/5");
}

static void test_recursion_counts_a_stack_once(void **unused)
{
	(void)unused;
	lists(HEAD "sample 5 | | f@a.c:3 f@a.c:4 f@a.c:4 main@a.c:9\n", "f", false,
		"f a.c 5/5: 3 5/5, 4 0/5");
	list_text(HEAD "sample 5 | | f@a.c:3 f@a.c:4 f@a.c:4 main@a.c:9\n", "f", false);
	assert_true(cpa_listing_lines_cum(&listing.functions[0]) == 10);
	done();
}

static void test_one_name_in_two_files_is_two_functions(void **unused)
{
	(void)unused;
	lists(HEAD "sample 5 | | f@a.c:3 main@a.c:9\nsample 6 | | f@b.c:3\nsample 1 | | f\n", "^f",
		false, "f b.c 6/6: 3 6/6; f a.c 5/5: 3 5/5; f  1/1: 0 1/1");
}

static void test_what_is_nothing_is_not_listed(void **unused)
{
	(void)unused;
	lists(HEAD "sample 5 | | f@a.c:3 g@a.c:7\nsample -5 | | f@a.c:4 g@a.c:7\nsample 0 | | "
		   "h@a.c:1\n",
		".", false, "f a.c 0/0: 3 5/5, 4 -5/-5");
	lists(HEAD "sample 5 | | 0x1234 f@a.c:3\n", ".", false, "f a.c 0/5: 3 0/5");
}

static void test_lines_near(void **unused)
{
	const struct cpa_listing_function *function;

	(void)unused;
	list_text(HEAD "sample 5 | | f@a.c:3\nsample 5 | | f@a.c:40\n", "f", false);
	function = &listing.functions[0];
	assert_true(cpa_listing_is_near(function, 8, 5));
	assert_false(cpa_listing_is_near(function, 9, 5));
	assert_false(cpa_listing_is_near(function, 34, 5));
	assert_true(cpa_listing_is_near(function, 35, 5));
	assert_true(cpa_listing_is_near(function, 45, 5));
	assert_false(cpa_listing_is_near(function, 46, 5));
	assert_int_equal(cpa_listing_begin(function, 5), 1);
	assert_int_equal(cpa_listing_end(function, 1000, 5), 45);
	assert_int_equal(cpa_listing_end(function, 42, 5), 42);
	done();
	/* Hostile lines stay numbers. */
	list_text(HEAD
		"sample 5 | | f@a.c:9223372036854775807\nsample 5 | | f@a.c:-9223372036854775808\n",
		"f", false);
	function = &listing.functions[0];
	assert_int_equal(cpa_listing_end(function, 10, 5), 10);
	assert_true(cpa_listing_begin(function, 5) > 10);
	assert_false(cpa_listing_is_near(function, 10, 5));
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_inlined_lines_count_in_their_function),
		cmocka_unit_test(test_recursion_counts_a_stack_once),
		cmocka_unit_test(test_one_name_in_two_files_is_two_functions),
		cmocka_unit_test(test_what_is_nothing_is_not_listed),
		cmocka_unit_test(test_lines_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
