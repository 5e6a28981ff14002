/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is in the table what was entered and not taken out, once, in its own profile, under threads, and
 * when the store is full?
 * Not here: the profiles' names (test_custom.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/entries.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define THREADS 4
#define ROUNDS  30000

static struct cpa_custom_profile *one, *two;

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)4 << 20, 128) || cpa_custom_init() ||
	       cpa_custom_new("one", &one) || cpa_custom_new("two", &two);
}

static const void *thing(uintptr_t number)
{
	return (const void *)number;
}

/* How many rows have this stack; all of the profile's when it is 0. */
static size_t rows_with(const struct cpa_custom_profile *profile, cpa_stack_id stack)
{
	struct cpa_arena arena;
	struct cpa_entries_row *rows;
	size_t count, found = 0;

	cpa_arena_init(&arena, 0);
	assert_int_equal(cpa_entries_copy(profile, &arena, &rows, &count), 0);
	for (size_t i = 0; i < count; i++)
		found += !stack || rows[i].stack == stack;
	cpa_arena_done(&arena);
	return found;
}

static void test_add_remove(void **state)
{
	(void)state;
	errno = 77;
	assert_int_equal(cpa_entries_remove(one, thing(8)), -ENOENT);
	assert_int_equal(cpa_entries_add(one, thing(8), 11, 0), 0);
	assert_int_equal(cpa_entries_add(one, thing(8), 12, 0), -EEXIST);
	/* The same thing in another profile is another entry. */
	assert_int_equal(cpa_entries_add(two, thing(8), 13, 0), 0);
	assert_int_equal(rows_with(one, 11), 1);
	assert_int_equal(rows_with(one, 0), 1);
	assert_int_equal(rows_with(two, 13), 1);
	assert_int_equal(cpa_entries_remove(one, thing(8)), 0);
	assert_int_equal(cpa_entries_remove(one, thing(8)), -ENOENT);
	assert_int_equal(rows_with(one, 0), 0);
	assert_int_equal(cpa_custom_count(one).entries, 0);
	assert_int_equal(cpa_custom_count(one).added, 1);
	assert_int_equal(cpa_custom_count(two).entries, 1);
	assert_int_equal(cpa_entries_remove(two, thing(8)), 0);
	assert_int_equal(errno, 77);
}

/* Against an array that says what must be there. */
static void test_random_plan(void **state)
{
	static unsigned char there[5000];
	size_t used_bytes = 0, count = 0;

	(void)state;
	srand(7);
	for (int i = 0; i < 200000; i++) {
		size_t number = (size_t)rand() % CPA_ARRAY_LEN(there);
		const void *value = thing((number + 1) * 16);

		if (rand() % 2) {
			assert_int_equal(cpa_entries_add(one, value, 5 + (uint32_t)number % 3, 0),
				there[number] ? -EEXIST : 0);
			there[number] = 1;
		} else {
			assert_int_equal(
				cpa_entries_remove(one, value), there[number] ? 0 : -ENOENT);
			there[number] = 0;
		}
		if (i == 100000)
			used_bytes = cpa_store_used_bytes();
	}
	for (size_t i = 0; i < CPA_ARRAY_LEN(there); i++)
		count += there[i] && i % 3 == 1;
	assert_int_equal(rows_with(one, 6), count);
	/* What is given back is used again; a shard may still have grown by a chunk. */
	assert_true(cpa_store_used_bytes() - used_bytes <= 64 * 32 * 24);
	for (size_t i = 0; i < CPA_ARRAY_LEN(there); i++)
		(void)!cpa_entries_remove(one, thing((i + 1) * 16));
	assert_int_equal(cpa_custom_count(one).entries, 0);
}

static _Atomic int broken;

static void *churn(void *arg)
{
	uintptr_t base = ((uintptr_t)arg + 1) << 32;

	for (uintptr_t i = 0; i < ROUNDS; i++) {
		if (cpa_entries_add(two, thing(base + i), 9, 3))
			broken = 1;
		if (i % 4 && cpa_entries_remove(two, thing(base + i - 1)))
			broken = 1;
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, churn, (void *)i);
	for (int i = 0; i < 20; i++)
		assert_true(rows_with(two, 0) <= THREADS * ROUNDS);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(broken, 0);
	/* Every fourth was left. */
	assert_int_equal(rows_with(two, 9), THREADS * ROUNDS / 4);
	assert_int_equal(cpa_custom_count(two).entries, THREADS * ROUNDS / 4);
}

static void test_around_fork(void **state)
{
	(void)state;
	cpa_custom_prefork();
	cpa_entries_prefork();
	/* The handler of a library, on the same thread. */
	assert_int_equal(cpa_entries_add(one, thing(3), 4, 0), 0);
	cpa_entries_postfork_parent();
	cpa_custom_postfork_parent();
	assert_int_equal(cpa_entries_remove(one, thing(3)), 0);
	cpa_custom_prefork();
	cpa_entries_prefork();
	cpa_entries_postfork_child();
	cpa_custom_postfork_child();
	assert_int_equal(cpa_entries_add(one, thing(3), 4, 0), 0);
	assert_int_equal(cpa_entries_remove(one, thing(3)), 0);
}

static void test_full_store(void **state)
{
	uintptr_t count = 0;
	int result;

	(void)state;
	while (!(result = cpa_entries_add(one, thing(++count), 4, 0)))
		continue;
	assert_int_equal(result, -ENOMEM);
	assert_int_equal(cpa_custom_count(one).dropped_store_full, 1);
	assert_int_equal(cpa_custom_count(one).entries, count - 1);
	assert_int_equal(rows_with(one, 0), count - 1);
	assert_int_equal(cpa_entries_remove(one, thing(1)), 0);
	assert_int_equal(cpa_entries_add(one, thing(1), 4, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_remove),
		cmocka_unit_test(test_random_plan),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_around_fork),
		cmocka_unit_test(test_full_store),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
