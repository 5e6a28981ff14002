/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is an unlock charged with each wait for its lock once, are waits that have not ended listed, and
 * is a record free again after a wait that was left, a thread that ended, a fork?
 * Not here: what the functions that wait do with it (tests/integration/locks.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/waits.h"

#include <pthread.h>

#include "base/clock.h"

static char lock_a, lock_b;

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init();
}

static struct cpa_wait wait_for(const void *object)
{
	return (struct cpa_wait){.object = object, .stack = 7, .label_set = 3};
}

static void pass_ns(uint64_t ns)
{
	uint64_t until_ns = cpa_clock_mono_ns() + ns;

	while (cpa_clock_mono_ns() < until_ns)
		;
}

static void test_charge(void **state)
{
	struct cpa_wait wait = wait_for(&lock_a);
	uint64_t first_ns, second_ns, whole_ns;

	(void)state;
	assert_false(cpa_waits_maybe(&lock_a));
	(void)cpa_waits_begin(&wait);
	assert_true(cpa_waits_maybe(&lock_a));
	assert_int_equal(cpa_waits_charge(&lock_b), 0);
	pass_ns(100000);
	first_ns = cpa_waits_charge(&lock_a);
	pass_ns(100000);
	second_ns = cpa_waits_charge(&lock_a);
	whole_ns = cpa_waits_end(&wait);
	assert_true(first_ns >= 100000 && second_ns >= 100000);
	assert_true(first_ns + second_ns <= whole_ns);
	assert_int_equal(cpa_waits_charge(&lock_a), 0);
	assert_false(cpa_waits_maybe(&lock_a));
}

static void test_unfinished(void **state)
{
	struct cpa_wait wait = wait_for(&lock_a);
	struct cpa_tally_row row = {0};

	(void)state;
	assert_int_equal(cpa_waits_copy(&row, 1), 0);
	(void)cpa_waits_begin(&wait);
	pass_ns(1000);
	assert_int_equal(cpa_waits_copy(NULL, 0), 1);
	assert_int_equal(cpa_waits_copy(&row, 1), 1);
	assert_int_equal(row.stack, 7);
	assert_int_equal(row.label_set, 3);
	assert_true(row.count == 1 && row.value_ns >= 1000);
	assert_int_equal(cpa_waits_count().unfinished, 1);
	(void)cpa_waits_end(&wait);
	assert_int_equal(cpa_waits_copy(&row, 1), 0);
}

/* The wait above it takes the record; its own end still knows how long it was. */
static void test_displaced(void **state)
{
	struct cpa_wait outer = wait_for(&lock_a), inner = wait_for(&lock_b);
	uint64_t before = cpa_waits_count().displaced;

	(void)state;
	(void)cpa_waits_begin(&outer);
	pass_ns(1000);
	assert_false(cpa_waits_begin(&inner));
	assert_int_equal(cpa_waits_count().displaced, before + 1);
	assert_int_equal(cpa_waits_count().unfinished, 1);
	assert_int_equal(cpa_waits_charge(&lock_a), 0);
	(void)cpa_waits_end(&inner);
	assert_true(cpa_waits_end(&outer) >= 1000);
	assert_int_equal(cpa_waits_count().unfinished, 0);
}

static void *leave_wait(void *arg)
{
	struct cpa_wait wait = wait_for(&lock_a);

	assert_true(cpa_waits_begin(&wait));
	cpa_waits_thread_end();
	return arg;
}

static void test_thread_end(void **state)
{
	size_t used_bytes = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, leave_wait, NULL), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		if (i == 0)
			used_bytes = cpa_store_used_bytes();
	}
	assert_int_equal(cpa_waits_count().unfinished, 0);
	assert_int_equal(cpa_store_used_bytes(), used_bytes);
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(cpa_waits_count().refused, 0);
	cpa_waits_refused();
	assert_int_equal(cpa_waits_count().refused, 1);
}

static void test_fork(void **state)
{
	struct cpa_wait wait = wait_for(&lock_a);

	(void)state;
	(void)cpa_waits_begin(&wait);
	cpa_lock_acquire(&cpa_waits_bucket_of(&lock_b)->lock);
	cpa_waits_postfork_child();
	assert_int_equal(cpa_waits_count().unfinished, 0);
	assert_int_equal(cpa_waits_charge(&lock_a), 0);
	(void)cpa_waits_end(&wait);
	wait = wait_for(&lock_b);
	assert_false(cpa_waits_begin(&wait));
	(void)cpa_waits_end(&wait);
	assert_int_equal(cpa_waits_count().unfinished, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charge),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_displaced),
		cmocka_unit_test(test_thread_end),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_fork),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
