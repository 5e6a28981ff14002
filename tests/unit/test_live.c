/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is each live sample found exactly once, through growth, holes, a full store, threads and fork?
 * Not here: sums (test_heap.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/live.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS   4
#define ADDRESSES 50000u

static int make(void **state)
{
	alarm(100); /* a lock left behind ends as a failure */
	return cpa_store_init((size_t)32 << 20, 128);
}

static struct cpa_live_record record_of(uint64_t addr)
{
	return (struct cpa_live_record){
		.addr = addr,
		.req_bytes = addr * 3,
		.probability = 1.0f / (float)(1 + addr % 100),
		.birth_s = (uint32_t)addr * 5,
		.bucket = (uint32_t)addr,
		.thread_id = (uint32_t)addr ^ 1,
	};
}

static bool remove_whole(uint64_t addr)
{
	struct cpa_live_record want = record_of(addr), got;

	if (!cpa_live_remove(addr, &got))
		return false;
	assert_memory_equal(&got, &want, sizeof(want));
	return true;
}

static void insert(uint64_t addr)
{
	struct cpa_live_record record = record_of(addr);

	assert_int_equal(cpa_live_insert(&record), 0);
}

static void test_found_once(void **state)
{
	struct cpa_live_record untouched = record_of(1), got = untouched;

	assert_int_equal(cpa_live_count(), 0);
	assert_false(cpa_live_remove(0x1000, &got));
	assert_memory_equal(&got, &untouched, sizeof(got));
	insert(0x1000);
	assert_int_equal(cpa_live_count(), 1);
	assert_false(remove_whole(0x1008));
	assert_true(remove_whole(0x1000));
	assert_false(remove_whole(0x1000));
	assert_int_equal(cpa_live_count(), 0);
}

/* A model beside it: random births and deaths, so that holes are closed at every place. */
static void test_against_model(void **state)
{
	static bool alive[ADDRESSES];
	uint64_t random = 88172645463325252u, count = 0;

	for (int i = 0; i < 400000; i++) {
		uint32_t at;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		at = (uint32_t)(random % ADDRESSES);
		if (alive[at]) {
			assert_true(remove_whole(0x7f0000000000 + at * 16ull));
			count--;
		} else {
			insert(0x7f0000000000 + at * 16ull);
			count++;
		}
		alive[at] = !alive[at];
	}
	assert_int_equal(cpa_live_count(), count);
	for (uint32_t at = 0; at < ADDRESSES; at++)
		assert_int_equal(remove_whole(0x7f0000000000 + at * 16ull), alive[at]);
	assert_int_equal(cpa_live_count(), 0);
}

/* What lived and died leaves room for what comes: the store does not grow for ever. */
static void test_room_comes_back(void **state)
{
	size_t used_bytes = 0;

	for (int round = 0; round < 20; round++) {
		for (uint64_t at = 1; at <= ADDRESSES; at++)
			insert(at * 64);
		for (uint64_t at = 1; at <= ADDRESSES; at++)
			assert_true(remove_whole(at * 64));
		if (round == 0)
			used_bytes = cpa_store_used_bytes();
	}
	assert_int_equal(cpa_store_used_bytes(), used_bytes);
}

/*
 * The promise of at most 128 bytes for a live sample, all told: 40 and two slots of 4, and
 * growth.
 */
static void test_memory(void **state)
{
	size_t before_bytes = cpa_store_used_bytes();

	for (uint64_t at = 1; at <= 300000; at++)
		insert(at * 4096);
	assert_true(cpa_store_used_bytes() - before_bytes < 300000 * 64);
	for (uint64_t at = 1; at <= 300000; at++)
		assert_true(remove_whole(at * 4096));
}

static void *own_addresses(void *arg)
{
	uint64_t base = (uintptr_t)arg << 32;

	for (int round = 0; round < 5; round++) {
		for (uint64_t at = 1; at <= 10000; at++)
			insert(base + at * 32);
		for (uint64_t at = 1; at <= 10000; at++)
			assert_true(remove_whole(base + at * 32));
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, own_addresses, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(cpa_live_count(), 0);
}

static _Atomic bool stop;

static void *busy(void *arg)
{
	for (uint64_t at = 1; !stop; at++) {
		insert(0x5000000000 + at % 1000 * 16);
		assert_true(remove_whole(0x5000000000 + at % 1000 * 16));
	}
	return arg;
}

/* Forks while another thread holds one lock after the other: child and parent both go on. */
static void test_fork(void **state)
{
	pthread_t thread;

	insert(0x6000);
	pthread_create(&thread, NULL, busy, NULL);
	for (int i = 0; i < 50; i++) {
		int status;
		pid_t pid;

		cpa_live_prefork();
		insert(0x7000); /* other atfork handlers may allocate meanwhile */
		assert_true(remove_whole(0x7000));
		pid = fork();
		if (pid == 0) {
			struct cpa_live_record got;

			cpa_live_postfork_child();
			alarm(20);
			for (uint64_t at = 1; at < 2000; at++) {
				struct cpa_live_record record = record_of(at * 8);

				if (cpa_live_insert(&record) < 0)
					_exit(1);
			}
			_exit(cpa_live_remove(0x6000, &got) ? 0 : 2);
		}
		cpa_live_postfork_parent();
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	stop = true;
	pthread_join(thread, NULL);
	assert_true(remove_whole(0x6000));
}

static void test_full(void **state)
{
	struct cpa_live_record record;
	uint64_t at = 1;

	errno = 4711;
	do
		record = record_of(at++ * 16);
	while (at < 10000000 && cpa_live_insert(&record) == 0);
	assert_int_equal(errno, 4711);
	assert_int_equal(cpa_live_insert(&record), -ENOMEM);
	/*
	 * All that went in comes out, the one that did not is not there, and there is room
	 * again.
	 */
	assert_false(remove_whole(record.addr));
	assert_true(remove_whole(16));
	insert(16);
	for (uint64_t i = 1; i < at - 1; i++)
		assert_true(remove_whole(i * 16));
	assert_int_equal(cpa_live_count(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_once),
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_room_comes_back),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
