/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does each thread have one slot, that others can read, until it ends?
 * Not here: the kernel's threads (test_proctask.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/roster.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#define THREADS 1200 /* more than one chunk */

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)1 << 20, 128);
}

/* How many slots the thread has, and the last one. */
static int find(uint32_t tid, struct cpa_roster_entry *ret_entry)
{
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry = {0};
	int count = 0;

	while (cpa_roster_next(&walk, &entry)) {
		if (entry.tid != tid)
			continue;
		*ret_entry = entry;
		count++;
	}
	return count;
}

static void test_own(void **state)
{
	struct cpa_roster_entry entry = {0};
	uint32_t tid = cpa_gate_thread_id();

	(void)state;
	assert_int_equal(find(tid, &entry), 0);
	cpa_roster_enter(3, 7);
	assert_int_equal(find(tid, &entry), 1);
	assert_int_equal(entry.label_set, 3);
	assert_int_equal(entry.place, 7);
	assert_false(entry.internal);
	cpa_roster_set_labels(4);
	assert_int_equal(cpa_labels_current, 4);
	assert_int_equal(find(tid, &entry), 1);
	assert_int_equal(entry.label_set, 4);
	cpa_roster_leave();
	assert_int_equal(find(tid, &entry), 0);
	/* A thread that nobody entered gets its slot with its first label. */
	cpa_roster_set_labels(5);
	assert_int_equal(find(tid, &entry), 1);
	assert_int_equal(entry.label_set, 5);
	cpa_roster_leave();
}

static void *be_internal(void *ret_tid)
{
	struct cpa_roster_entry entry = {0};

	*(uint32_t *)ret_tid = cpa_gate_thread_id();
	cpa_roster_enter_internal();
	assert_int_equal(find(*(uint32_t *)ret_tid, &entry), 1);
	assert_true(entry.internal);
	assert_false(entry.leaving);
	cpa_roster_leave();
	/* Still to be told from the program's. */
	assert_int_equal(find(*(uint32_t *)ret_tid, &entry), 1);
	assert_true(entry.internal && entry.leaving);
	return NULL;
}

static void test_internal(void **state)
{
	struct cpa_roster_entry entry = {0};
	pthread_t thread;
	uint32_t first_tid, tid;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, be_internal, &first_tid), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	/* The slot is free again for the next one, once the kernel has forgotten the first. */
	do {
		assert_int_equal(pthread_create(&thread, NULL, be_internal, &tid), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
	} while (tid != first_tid && find(first_tid, &entry));
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	assert_int_equal(clock_gettime(clock, &time), 0);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void *work_as_internal(void *ret_used_ns)
{
	uint64_t before_ns = cpa_roster_internal_cpu_ns();

	cpa_roster_enter_internal();
	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < 20000000)
		continue;
	assert_true(cpa_roster_internal_cpu_ns() - before_ns >= 20000000);
	cpa_roster_leave();
	*(uint64_t *)ret_used_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	return NULL;
}

/* The time of a thread is counted while it is there and after its end, once. */
static void test_cpu_time(void **state)
{
	uint64_t before_ns = cpa_roster_internal_cpu_ns(), used_ns, counted_ns;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, work_as_internal, &used_ns), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	counted_ns = cpa_roster_internal_cpu_ns() - before_ns;
	assert_in_range(counted_ns, 20000000, used_ns);
	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < 10000000)
		continue;
	assert_int_equal(cpa_roster_internal_cpu_ns() - before_ns, counted_ns);
}

static _Atomic uint32_t begun_tid;

static void *begin_slowly(void *unused)
{
	(void)unused;
	begun_tid = cpa_gate_thread_id();
	for (int i = 0; i < 1000; i++)
		(void)sched_yield();
	cpa_roster_enter_internal();
	return NULL;
}

/* One that is there but has not said that it is ours is waited for. */
static void test_expected(void **state)
{
	struct cpa_roster_entry entry = {0};
	pthread_t thread;

	(void)state;
	cpa_roster_await_internal(); /* nobody is expected */
	cpa_roster_expect_internal();
	cpa_roster_expect_internal();
	cpa_roster_expect_no_longer();
	assert_int_equal(pthread_create(&thread, NULL, begin_slowly, NULL), 0);
	while (!begun_tid)
		(void)sched_yield();
	cpa_roster_await_internal();
	assert_int_equal(find(begun_tid, &entry), 1);
	assert_true(entry.internal);
	assert_int_equal(pthread_join(thread, NULL), 0);
	/* Who was not expected takes nobody else's place. */
	cpa_roster_expect_no_longer();
	cpa_roster_await_internal();
}

static pthread_barrier_t all_in, all_looked;

static void *enter_and_wait(void *place)
{
	cpa_roster_enter(0, (cpa_threadcreate_place)(uintptr_t)place);
	(void)pthread_barrier_wait(&all_in);
	(void)pthread_barrier_wait(&all_looked);
	cpa_roster_leave();
	return NULL;
}

static void test_many(void **state)
{
	static pthread_t threads[THREADS];
	static bool seen[THREADS + 1];
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry = {0};
	pthread_attr_t attr;
	int count = 0;

	(void)state;
	assert_int_equal(pthread_barrier_init(&all_in, NULL, THREADS + 1), 0);
	assert_int_equal(pthread_barrier_init(&all_looked, NULL, THREADS + 1), 0);
	assert_int_equal(pthread_attr_init(&attr), 0);
	assert_int_equal(pthread_attr_setstacksize(&attr, 65536), 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], &attr, enter_and_wait, (void *)(i + 1)), 0);
	(void)pthread_barrier_wait(&all_in);
	while (cpa_roster_next(&walk, &entry)) {
		if (entry.internal)
			continue;
		assert_in_range(entry.place, 1, THREADS);
		assert_false(seen[entry.place]);
		seen[entry.place] = true;
		count++;
	}
	assert_int_equal(count, THREADS);
	assert_int_equal(cpa_roster_lost_count(), 0);
	(void)pthread_barrier_wait(&all_looked);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* A thread whose end nobody noticed is forgotten; not one that took its slot. */
static void test_forget(void **state)
{
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry = {0};
	uint32_t tid = cpa_gate_thread_id();

	(void)state;
	cpa_roster_enter(0, 0);
	while (cpa_roster_next(&walk, &entry) && entry.tid != tid)
		continue;
	cpa_roster_forget(&walk, tid + 1);
	assert_int_equal(find(tid, &entry), 1);
	cpa_roster_forget(&walk, tid);
	assert_int_equal(find(tid, &entry), 0);
	cpa_roster_leave();
}

static void test_child(void **state)
{
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry = {0};
	int count = 0;

	(void)state;
	cpa_roster_enter(6, 8);
	cpa_roster_postfork_child();
	while (cpa_roster_next(&walk, &entry))
		count++;
	assert_int_equal(count, 1);
	assert_int_equal(find(cpa_gate_thread_id(), &entry), 1);
	assert_int_equal(entry.label_set, 6);
	cpa_roster_leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_internal),
		cmocka_unit_test(test_cpu_time),
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_child),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
