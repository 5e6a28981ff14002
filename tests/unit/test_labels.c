/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is each set of labels one number, whatever the order of the pushes; does the later value win; and
 * does one set too many become the overflow set, counted?
 * Not here: samples with labels (test_heap.c), how they are written (labels.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/labels.h"
#include "sampling/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define THREADS 4
#define VALUES  500

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)4 << 20, 128) || cpa_labels_init();
}

static uint32_t with(uint32_t set, const char *key, const char *value)
{
	uint32_t result = 0;

	assert_int_equal(cpa_labels_with(set, key, value, &result), 0);
	assert_int_not_equal(result, 0);
	return result;
}

/* "key=value key=value " */
static void expect(uint32_t set, const char *wanted)
{
	const char *text;
	uint32_t count = cpa_labels_get(set, &text);
	char got[2048] = "";

	for (uint32_t i = 0; i < count; i++) {
		const char *value = cpa_labels_next(text);

		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s=%s ", text, value);
		text = cpa_labels_next(value);
	}
	assert_string_equal(got, wanted);
}

static void test_sets(void **state)
{
	uint32_t red = with(0, "tenant", "red");
	uint32_t red_login = with(red, "request", "login");

	(void)state;
	expect(0, "");
	expect(red, "tenant=red ");
	expect(red_login, "request=login tenant=red ");
	assert_int_equal(with(with(0, "request", "login"), "tenant", "red"), red_login);
	assert_int_equal(with(red, "tenant", "red"), red);
	/* The later value wins. */
	expect(with(red_login, "tenant", "green"), "request=login tenant=green ");
	expect(with(red_login, "request", ""), "request= tenant=red ");
	expect(with(red_login, "a", "1"), "a=1 request=login tenant=red ");
	expect(with(red_login, "z", "1"), "request=login tenant=red z=1 ");
	expect(with(0, "two words", "\"\\\n"), "two words=\"\\\n ");
	expect(CPA_LABELS_SETS_MAX + 1, "");
	expect(UINT32_MAX, "");
	expect(CPA_LABELS_SETS_MAX, "");
}

static void test_refusals(void **state)
{
	static const char *const bad[] = {"", "bytes", "pprof::base", "a\nb", "\x7f"};
	char long_text[CPA_LABELS_TEXT_BYTES + 1];
	char key[16];
	uint32_t set = 99;

	(void)state;
	for (size_t i = 0; i < CPA_ARRAY_LEN(bad); i++)
		assert_int_equal(cpa_labels_with(0, bad[i], "x", &set), -EINVAL);
	assert_int_equal(cpa_labels_with(0, NULL, "x", &set), -EINVAL);
	assert_int_equal(cpa_labels_with(0, "x", NULL, &set), -EINVAL);
	memset(long_text, 'x', sizeof(long_text));
	long_text[CPA_LABELS_TEXT_BYTES] = '\0';
	assert_int_equal(cpa_labels_with(0, "x", long_text, &set), -E2BIG);
	assert_int_equal(cpa_labels_with(0, long_text, "x", &set), -E2BIG);
	assert_int_equal(set, 99);
	long_text[CPA_LABELS_TEXT_BYTES - 3] = '\0';
	set = with(0, "x", long_text);
	assert_int_equal(cpa_labels_with(set, "y", "", &set), -E2BIG);
	assert_int_equal(with(set, "x", "short"), with(0, "x", "short"));
	set = 0;
	for (uint32_t i = 0; i < CPA_LABELS_PER_SET_MAX; i++) {
		snprintf(key, sizeof(key), "k%u", i);
		set = with(set, key, "v");
	}
	assert_int_equal(cpa_labels_with(set, "one more", "v", &set), -E2BIG);
	assert_int_equal(with(set, "k3", "v"), set);
}

static uint32_t numbers[THREADS][VALUES];

static void *push_all(void *arg)
{
	uint32_t *mine = arg;
	char value[16];

	for (int i = 0; i < VALUES; i++) {
		snprintf(value, sizeof(value), "%d", i);
		(void)!cpa_labels_with(0, "thread", value, &mine[i]);
	}
	return NULL;
}

static void test_threads_agree(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, push_all, numbers[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 1; i < THREADS; i++)
		assert_memory_equal(numbers[i], numbers[0], sizeof(numbers[0]));
	expect(numbers[0][77], "thread=77 ");
}

static void test_overflow(void **state)
{
	uint32_t last = 0, known = with(0, "tenant", "red");
	uint64_t overflows = cpa_labels_count().overflows;
	char value[16];

	(void)state;
	for (uint32_t i = 0; i < 2 * CPA_LABELS_SETS_MAX; i++) {
		snprintf(value, sizeof(value), "%u", i);
		last = with(0, "request", value);
	}
	assert_int_equal(last, CPA_LABELS_OVERFLOW);
	expect(last, "labels=[too many label sets] ");
	assert_int_equal(cpa_labels_count().sets, CPA_LABELS_SETS_MAX);
	assert_true(cpa_labels_count().overflows - overflows > CPA_LABELS_SETS_MAX);
	/* A set that is known is still found; what is added to the overflow stays in it. */
	assert_int_equal(with(0, "tenant", "red"), known);
	assert_int_equal(with(last, "tenant", "red"), CPA_LABELS_OVERFLOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_threads_agree),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
