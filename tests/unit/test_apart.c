/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frames tell a stack from the others of a table. Stacks are words, a letter a frame, leaf
 * first.
 * Not here: how reports print it (tests/integration/leaks.bats).
 */
#include "report/profile/apart.h"

#include "tests/unit/cmocka_all.h"

#define MOST 8

static size_t ask(size_t (*what)(const struct cpa_apart_stack *, size_t, size_t),
	const char *const *words, size_t at)
{
	static uint32_t frames[MOST][16];
	struct cpa_apart_stack stacks[MOST];
	size_t count, i;

	for (count = 0; words[count] != NULL; count++) {
		for (i = 0; words[count][i] != '\0'; i++)
			frames[count][i] = (uint32_t)(unsigned char)words[count][i];
		stacks[count] = (struct cpa_apart_stack){frames[count], i};
	}
	return what(stacks, count, at);
}

#define SKIPPED(at, ...) ask(cpa_apart_skipped, (const char *const[]){__VA_ARGS__, NULL}, at)
#define NEEDED(at, ...)  ask(cpa_apart_needed, (const char *const[]){__VA_ARGS__, NULL}, at)

static void stacks_apart_from_the_leaf(void **state)
{
	assert_int_equal(SKIPPED(0, "abm"), 0);
	assert_int_equal(SKIPPED(0, "abm", "cdm", "efm"), 0);
	/* Two callers of one function: it is no tool yet. */
	assert_int_equal(SKIPPED(0, "abm", "acm"), 0);
	assert_int_equal(SKIPPED(1, "abm", "acm"), 0);
}

static void tools_of_many(void **state)
{
	const char *const words[] = {"xabm", "xacm", "xdem", "fgm", NULL};

	assert_int_equal(ask(cpa_apart_skipped, words, 0), 1);
	assert_int_equal(ask(cpa_apart_skipped, words, 1), 1);
	assert_int_equal(ask(cpa_apart_skipped, words, 2), 1);
	assert_int_equal(ask(cpa_apart_skipped, words, 3), 0);
	/* One tool on top of another. */
	assert_int_equal(SKIPPED(0, "xyabm", "xyacm", "xydem"), 2);
	assert_int_equal(SKIPPED(0, "xyzabm", "xycm", "xydm"), 2);
}

static void two_that_share_much(void **state)
{
	/* The last common frame stays: it says of what the callers differ. */
	assert_int_equal(SKIPPED(0, "xyam", "xybm"), 1);
	assert_int_equal(SKIPPED(1, "xyzam", "xyzbm"), 2);
}

static void nothing_tells(void **state)
{
	assert_int_equal(SKIPPED(0, "abm", "abm", "abm"), 0);
	assert_int_equal(SKIPPED(0, "", "", "", "a"), 0);
	assert_int_equal(SKIPPED(0, "a", "a", "ab", "ac"), 0);
	/* The end of the stack is never skipped. */
	assert_int_equal(SKIPPED(0, "aaaa", "aaaaa", "aaaaaa", "aaaaaaa"), 0);
	assert_int_equal(SKIPPED(3, "aaaa", "aaaaa", "aaaaaa", "aaaaaaa"), 5);
}

static void frames_that_tell(void **state)
{
	assert_int_equal(NEEDED(0, "abm"), 1);
	assert_int_equal(NEEDED(0, "abm", "cdm"), 1);
	assert_int_equal(NEEDED(0, "abm", "acm"), 2);
	assert_int_equal(NEEDED(1, "abcm", "abdm", "aem"), 3);
	assert_int_equal(NEEDED(2, "abcm", "abdm", "aem"), 2);
	assert_int_equal(NEEDED(0, "abm", "abm"), 1);
	assert_int_equal(NEEDED(0, "ab", "abm"), 2);
	assert_int_equal(NEEDED(1, "ab", "abm"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_apart_from_the_leaf),
		cmocka_unit_test(tools_of_many),
		cmocka_unit_test(two_that_share_much),
		cmocka_unit_test(nothing_tells),
		cmocka_unit_test(frames_that_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
