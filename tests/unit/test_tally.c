/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are events summed by kind, stack and label set, is nothing lost when the store is full or when
 * threads add at the same time, and does a profile begin again at nothing?
 * Not here: which events these are (test_mutex.c, test_block.c, test_cpu.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/tally.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS  50000

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init() || cpa_tally_init();
}

/* The one row of a stack and label set; all zero: none. */
static struct cpa_tally_row row_of(enum cpa_tally_kind kind, cpa_stack_id stack, uint32_t label_set)
{
	struct cpa_tally_walk walk = {.kind = kind};
	struct cpa_tally_row row, found = {0};

	while (cpa_tally_next(&walk, &row)) {
		if (row.stack != stack || row.label_set != label_set)
			continue;
		assert_int_equal(found.stack, 0);
		found = row;
	}
	return found;
}

static void test_sums(void **state)
{
	(void)state;
	assert_int_equal(cpa_tally_rows(CPA_TALLY_MUTEX), 0);
	cpa_tally_add(CPA_TALLY_MUTEX, 10, 0, 1, 500);
	cpa_tally_add(CPA_TALLY_MUTEX, 10, 0, 0.5, 1000);
	cpa_tally_add(CPA_TALLY_MUTEX, 10, 3, 2, 7);
	cpa_tally_add(CPA_TALLY_BLOCK, 10, 0, 1, 11);
	assert_true(row_of(CPA_TALLY_MUTEX, 10, 0).count == 1.5);
	assert_true(row_of(CPA_TALLY_MUTEX, 10, 0).value_ns == 1500);
	assert_true(row_of(CPA_TALLY_MUTEX, 10, 3).count == 2);
	assert_true(row_of(CPA_TALLY_BLOCK, 10, 0).value_ns == 11);
	assert_int_equal(cpa_tally_rows(CPA_TALLY_MUTEX), 2);
	assert_int_equal(cpa_tally_rows(CPA_TALLY_CPU), 0);
}

static void test_clear(void **state)
{
	(void)state;
	cpa_tally_add(CPA_TALLY_CPU, 12, 0, 1, 10);
	cpa_tally_add(CPA_TALLY_BLOCK, 12, 0, 1, 10);
	cpa_tally_clear(CPA_TALLY_CPU);
	assert_int_equal(cpa_tally_rows(CPA_TALLY_CPU), 0);
	assert_true(row_of(CPA_TALLY_BLOCK, 12, 0).count == 1);
	cpa_tally_add(CPA_TALLY_CPU, 12, 0, 2, 30);
	assert_true(row_of(CPA_TALLY_CPU, 12, 0).value_ns == 30);
}

static void *add_many(void *unused)
{
	(void)unused;
	for (uint32_t i = 0; i < ROUNDS; i++)
		cpa_tally_add(CPA_TALLY_BLOCK, 100 + i % 50, 0, 1, 2);
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (uint32_t i = 0; i < 50; i++) {
		assert_true(row_of(CPA_TALLY_BLOCK, 100 + i, 0).count == THREADS * ROUNDS / 50);
		assert_true(
			row_of(CPA_TALLY_BLOCK, 100 + i, 0).value_ns == 2 * THREADS * ROUNDS / 50);
	}
}

/* The last of the tests: it leaves no room in the store. */
static void test_full(void **state)
{
	struct cpa_tally_walk walk = {.kind = CPA_TALLY_MUTEX};
	double before = 0, after = 0;
	struct cpa_tally_row row;

	(void)state;
	while (cpa_tally_next(&walk, &row))
		before += row.count;
	while (cpa_store_alloc(4096))
		continue;
	while (cpa_store_alloc(8))
		continue;
	for (uint32_t i = 0; i < 1000; i++)
		cpa_tally_add(CPA_TALLY_MUTEX, 5000 + i, 0, 1, 1);
	walk = (struct cpa_tally_walk){.kind = CPA_TALLY_MUTEX};
	while (cpa_tally_next(&walk, &row))
		after += row.count;
	assert_true(after == before + 1000);
	assert_true(row_of(CPA_TALLY_MUTEX, cpa_stacks_full(), 0).count == 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
