/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are profiles found by their names, bad names refused, built-in ones told apart, and bogus
 * handles found out?
 * Not here: what is in them (test_entries.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/custom.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)4 << 20, 128) || cpa_custom_init();
}

static void test_names(void **state)
{
	static const char *const bad[] = {"", " ", "a b", "a\tb", "\x7f", "a+b", "\xc3\xa4", "a,b"};
	char name[CPA_CUSTOM_NAME_MAX + 2] = "";
	struct cpa_custom_profile *profile, *other;

	(void)state;
	for (size_t i = 0; i < CPA_ARRAY_LEN(bad); i++) {
		assert_int_equal(cpa_custom_new(bad[i], &profile), -EINVAL);
		assert_null(profile);
	}
	memset(name, 'x', CPA_CUSTOM_NAME_MAX + 1);
	assert_int_equal(cpa_custom_new(name, &profile), -EINVAL);
	name[CPA_CUSTOM_NAME_MAX] = '\0';
	assert_int_equal(cpa_custom_new(name, &profile), 0);
	assert_string_equal(cpa_custom_name(profile), name);
	assert_ptr_equal(cpa_custom_lookup(name), profile);
	assert_int_equal(cpa_custom_new(name, &other), -EEXIST);
	assert_ptr_equal(other, profile);
	assert_null(cpa_custom_lookup("nobody"));
}

static void test_builtin(void **state)
{
	struct cpa_custom_profile *heap = cpa_custom_lookup("heap"), *profile;

	(void)state;
	assert_non_null(heap);
	assert_true(cpa_custom_is_builtin(heap));
	assert_int_equal(cpa_custom_new("allocs", &profile), -EEXIST);
	assert_true(cpa_custom_is_builtin(profile));
	/* Of a later version: taken, but not there. */
	assert_int_equal(cpa_custom_new("trace", &profile), -EEXIST);
	assert_null(profile);
	assert_int_equal(cpa_custom_new("trace2", &profile), 0);
	assert_false(cpa_custom_is_builtin(profile));
	for (profile = cpa_custom_older(NULL); profile; profile = cpa_custom_older(profile))
		assert_false(cpa_custom_is_builtin(profile));
}

static void test_bogus_handles(void **state)
{
	static uint64_t words[32];
	char *inside = (char *)cpa_custom_lookup("heap");

	(void)state;
	assert_true(cpa_custom_is_profile((void *)inside));
	assert_false(cpa_custom_is_profile(NULL));
	assert_false(cpa_custom_is_profile((void *)words));
	assert_false(cpa_custom_is_profile((void *)cpa_store));
	assert_false(cpa_custom_is_profile((void *)(inside + 1)));
	assert_false(cpa_custom_is_profile((void *)(inside + 8)));
	assert_false(
		cpa_custom_is_profile((void *)((char *)cpa_store + cpa_store_limit_bytes() - 8)));
	assert_false(cpa_custom_is_profile((void *)UINTPTR_MAX));
}

#define THREADS 4

static struct cpa_custom_profile *winners[THREADS];
static _Atomic int made;

static void *make_same(void *arg)
{
	char name[24];

	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "race/%d", i);
		made += cpa_custom_new(name, (struct cpa_custom_profile **)arg) == 0;
		if (*(struct cpa_custom_profile **)arg != cpa_custom_lookup(name))
			made += 1000;
	}
	return NULL;
}

static void test_one_of_a_name(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, make_same, &winners[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(made, 40);
}

static void test_bound(void **state)
{
	struct cpa_custom_profile *profile = NULL;
	char name[24];
	int count = 0, result;

	(void)state;
	while ((profile = cpa_custom_older(profile)))
		count++;
	for (result = 0; !result; count++) {
		snprintf(name, sizeof(name), "bound/%d", count);
		result = cpa_custom_new(name, &profile);
	}
	assert_int_equal(result, -ENOSPC);
	assert_null(profile);
	assert_int_equal(count - 1, CPA_CUSTOM_PROFILES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_builtin),
		cmocka_unit_test(test_bogus_handles),
		cmocka_unit_test(test_one_of_a_name),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
