/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is each distinct stack kept once, whatever threads enter it, and is none lost silently?
 * Not here: capturing stacks (tests/integration/names.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/stacks.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#define THREADS 4
#define STACKS  20000
#define DEPTH   24

static int make(void **state)
{
	return cpa_store_init((size_t)16 << 20, 128) || cpa_stacks_init();
}

/* Stacks that differ in one frame only, at different places. */
static uint32_t make_stack(uint64_t *pcs, uint32_t number)
{
	uint32_t depth = 1 + number % DEPTH;

	for (uint32_t i = 0; i < depth; i++)
		pcs[i] = 0x400000 + i * 16;
	pcs[number % depth] += 0x10000000ull * (1 + number);
	return depth;
}

static void test_once(void **state)
{
	uint64_t one[] = {0x401000, 0x402000, 0x403000}, two[] = {0x402000, 0x401000, 0x403000};
	cpa_stack_id id = cpa_stacks_intern(one, 3);
	const uint64_t *pcs;

	assert_int_not_equal(id, 0);
	assert_int_equal(cpa_stacks_intern(one, 3), id);
	assert_int_not_equal(cpa_stacks_intern(one, 2), id);
	assert_int_not_equal(cpa_stacks_intern(two, 3), id);
	assert_int_equal(cpa_stacks_get(id, &pcs), 3);
	assert_memory_equal(pcs, one, sizeof(one));
	assert_int_equal(cpa_stacks_find(one, 3), id);
	one[2]++;
	assert_int_equal(cpa_stacks_find(one, 3), 0);
}

static void test_pseudo(void **state)
{
	const uint64_t *pcs;
	cpa_stack_id failed = cpa_stacks_intern(NULL, 0);

	assert_int_equal(cpa_stacks_get(failed, &pcs), 1);
	assert_string_equal(cpa_stacks_pseudo_name(pcs[0]), "[unwind failed]");
	assert_string_equal(cpa_stacks_pseudo_name(CPA_STACKS_PSEUDO_TRUNCATED), "[truncated]");
	assert_string_equal(cpa_stacks_pseudo_name(CPA_STACKS_PSEUDO_FULL), "[stack table full]");
	assert_null(cpa_stacks_pseudo_name(0x401000));
	assert_null(cpa_stacks_pseudo_name(0));
}

/* All threads enter the same stacks at the same time, in the same order: the worst for races. */
static void *enter_all(void *arg)
{
	cpa_stack_id *ids = arg;
	uint64_t pcs[DEPTH];

	for (uint32_t i = 0; i < STACKS; i++)
		ids[i] = cpa_stacks_intern(pcs, make_stack(pcs, i));
	return NULL;
}

static void test_threads(void **state)
{
	static cpa_stack_id ids[THREADS][STACKS];
	pthread_t threads[THREADS];
	uint64_t pcs[DEPTH];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, enter_all, ids[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (uint32_t i = 0; i < STACKS; i++) {
		uint32_t depth = make_stack(pcs, i);
		const uint64_t *kept;

		for (int j = 1; j < THREADS; j++)
			assert_int_equal(ids[j][i], ids[0][i]);
		assert_int_equal(cpa_stacks_get(ids[0][i], &kept), depth);
		assert_memory_equal(kept, pcs, depth * sizeof(pcs[0]));
	}
}

static bool is_full(cpa_stack_id id)
{
	const uint64_t *pcs;

	return cpa_stacks_get(id, &pcs) == 1 && pcs[0] == CPA_STACKS_PSEUDO_FULL;
}

/* A stack that finds no room has a name for that; those that were known are still found. */
static void test_full(void **state)
{
	uint64_t pcs[DEPTH], known[] = {0x401000, 0x402000, 0x403000};
	cpa_stack_id before = cpa_stacks_intern(known, 3);
	uint32_t number = STACKS;

	while (number < 1000000 && !is_full(cpa_stacks_intern(pcs, make_stack(pcs, number))))
		number++;
	assert_true(number < 1000000);
	assert_int_equal(cpa_stacks_intern(known, 3), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_pseudo),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
