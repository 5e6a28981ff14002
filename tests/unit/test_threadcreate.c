/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are threads counted at their places, ever and now, also when one could not be created and in a
 * forked child?
 * Not here: noticing them (threadcreate.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/threadcreate.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS  20000

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)1 << 20, 128);
}

static struct cpa_threadcreate_row row_of(cpa_stack_id stack, uint32_t label_set)
{
	struct cpa_threadcreate_walk walk = {0};
	struct cpa_threadcreate_row row, found = {0};

	while (cpa_threadcreate_next(&walk, &row)) {
		if (row.stack != stack || row.label_set != label_set)
			continue;
		assert_int_equal(found.stack, 0);
		found = row;
	}
	return found;
}

static void test_counts(void **state)
{
	cpa_threadcreate_place one = cpa_threadcreate_begin(10, 0);
	cpa_threadcreate_place two = cpa_threadcreate_begin(10, 3);

	(void)state;
	assert_int_not_equal(one, 0);
	assert_int_not_equal(one, two);
	assert_int_equal(cpa_threadcreate_begin(10, 0), one);
	assert_int_equal(row_of(10, 0).created, 2);
	assert_int_equal(row_of(10, 0).live, 2);
	cpa_threadcreate_ended(one);
	assert_int_equal(row_of(10, 0).created, 2);
	assert_int_equal(row_of(10, 0).live, 1);
	/* What never was is not there. */
	cpa_threadcreate_failed(two);
	assert_int_equal(row_of(10, 3).stack, 0);
	cpa_threadcreate_failed(0);
	cpa_threadcreate_ended(0);
	assert_int_equal(cpa_threadcreate_count().created, 2);
	assert_int_equal(cpa_threadcreate_count().live, 1);
	assert_int_equal(cpa_threadcreate_count().lost, 0);
}

static void test_child(void **state)
{
	cpa_threadcreate_place own = cpa_threadcreate_begin(20, 0);

	(void)state;
	(void)cpa_threadcreate_begin(20, 0);
	cpa_threadcreate_postfork_child(own);
	assert_int_equal(cpa_threadcreate_count().live, 1);
	assert_int_equal(row_of(20, 0).live, 1);
	assert_int_equal(row_of(20, 0).created, 2);
	cpa_threadcreate_postfork_child(0);
	assert_int_equal(cpa_threadcreate_count().live, 0);
}

static void *churn(void *arg)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		cpa_threadcreate_place place = cpa_threadcreate_begin(100 + i % 500, 0);

		if (i % 4 == 0)
			cpa_threadcreate_failed(place);
		else if (i % 4 != 1)
			cpa_threadcreate_ended(place);
	}
	return arg;
}

static void test_threads(void **state)
{
	uint64_t created = cpa_threadcreate_count().created, live = cpa_threadcreate_count().live;
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, churn, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(cpa_threadcreate_count().created - created, THREADS * ROUNDS / 4 * 3);
	assert_int_equal(cpa_threadcreate_count().live - live, THREADS * ROUNDS / 4);
	assert_int_equal(row_of(101, 0).created, THREADS * ROUNDS / 500);
}

static void test_full_store(void **state)
{
	uint32_t stack = 100000;
	uint64_t created = cpa_threadcreate_count().created;

	(void)state;
	while (cpa_threadcreate_begin(stack, 0))
		stack++;
	assert_int_equal(cpa_threadcreate_count().lost, 1);
	assert_int_equal(cpa_threadcreate_count().created - created, stack - 100000);
	/* A place that is known still counts. */
	assert_int_not_equal(cpa_threadcreate_begin(stack - 1, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_full_store),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
