/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sets of labels does a mask keep: those with all that is wanted, whatever else they have?
 * Not here: how it is asked for (http_labels.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/labelmask.h"
#include "sampling/store.h"

static struct cpa_arena arena;

static int make(void **state)
{
	(void)state;
	cpa_arena_init(&arena, 0);
	return cpa_store_init((size_t)4 << 20, 128) || cpa_labels_init();
}

static uint32_t with(uint32_t set, const char *key, const char *value)
{
	uint32_t result = 0;

	assert_int_equal(cpa_labels_with(set, key, value, &result), 0);
	return result;
}

static struct cpa_labelmask *mask_of(const char *wanted)
{
	struct cpa_labelmask *mask;

	assert_int_equal(cpa_labelmask_new(&arena, wanted, &mask), 0);
	return mask;
}

static void test_one(void **state)
{
	struct cpa_labelmask *mask = mask_of("tenant\0red\0");
	uint32_t red = with(0, "tenant", "red");

	(void)state;
	/* Twice: the first time it is found out, then remembered. */
	for (int i = 0; i < 2; i++) {
		assert_true(cpa_labelmask_keeps(mask, red));
		assert_true(cpa_labelmask_keeps(mask, with(red, "a", "b")));
		assert_true(cpa_labelmask_keeps(mask, with(red, "z", "b")));
		assert_false(cpa_labelmask_keeps(mask, with(0, "tenant", "redder")));
		assert_false(cpa_labelmask_keeps(mask, with(0, "tenan", "red")));
		assert_false(cpa_labelmask_keeps(mask, with(0, "red", "tenant")));
		assert_false(cpa_labelmask_keeps(mask, 0));
		assert_false(cpa_labelmask_keeps(mask, CPA_LABELS_OVERFLOW));
		assert_false(cpa_labelmask_keeps(mask, CPA_LABELS_SETS_MAX));
		assert_false(cpa_labelmask_keeps(mask, UINT32_MAX));
	}
}

static void test_several(void **state)
{
	/* In any order; an empty value is one. */
	struct cpa_labelmask *mask = mask_of("tenant\0red\0request\0\0");
	uint32_t red = with(0, "tenant", "red");

	(void)state;
	assert_true(cpa_labelmask_keeps(mask, with(red, "request", "")));
	assert_false(cpa_labelmask_keeps(mask, red));
	assert_false(cpa_labelmask_keeps(mask, with(red, "request", "x")));
	assert_false(cpa_labelmask_keeps(mask, with(0, "request", "")));
	/* One key with two values has nobody. */
	mask = mask_of("tenant\0red\0tenant\0blue\0");
	assert_false(cpa_labelmask_keeps(mask, red));
	assert_false(cpa_labelmask_keeps(mask, with(0, "tenant", "blue")));
}

static void test_none(void **state)
{
	(void)state;
	assert_null(mask_of(NULL));
	assert_true(cpa_labelmask_keeps(NULL, 0));
	assert_true(cpa_labelmask_keeps(NULL, with(0, "tenant", "red")));
}

static void test_say(void **state)
{
	char text[32], small[8];

	(void)state;
	cpa_labelmask_say("tenant\0red\0request\0\0", text, sizeof(text));
	assert_string_equal(text, "tenant=red, request=");
	cpa_labelmask_say("tenant\0red\0request\0\0", small, sizeof(small));
	assert_string_equal(small, "tenant=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_say),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
