/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the lock exclude, the gate wait for those inside, and the wake-up word wake and time out?
 * Not here: what they guard (the tests of sampling/).
 */
#include "tests/unit/cmocka_all.h"

#include "base/clock.h"
#include "base/lock.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS  20000

static struct cpa_lock lock;
static struct cpa_lock_gate gate;
static uint64_t guarded_count; /* plain on purpose: only the lock makes it right */

static void *add_locked(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		cpa_lock_acquire(&lock);
		guarded_count++;
		cpa_lock_release(&lock);
	}
	return arg;
}

static void test_exclusion(void **state)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_locked, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(guarded_count, THREADS * ROUNDS);
	assert_int_equal(lock.word, 0);
}

static void *take_and_set(void *arg)
{
	errno = 4711;
	cpa_lock_acquire(&lock);
	*(_Atomic int *)arg = errno == 4711 ? 1 : 2;
	cpa_lock_release(&lock);
	return NULL;
}

/* A thread that found the lock held sleeps (the word says so), and the release wakes it. */
static void test_sleeper_is_woken(void **state)
{
	_Atomic int taken = 0;
	pthread_t thread;

	assert_true(cpa_lock_try(&lock));
	assert_false(cpa_lock_try(&lock));
	assert_int_equal(pthread_create(&thread, NULL, take_and_set, &taken), 0);
	while (atomic_load(&lock.word) != 2)
		usleep(100);
	assert_int_equal(taken, 0);
	cpa_lock_release(&lock);
	pthread_join(thread, NULL);
	assert_int_equal(taken, 1);
	assert_int_equal(lock.word, 0);
}

static void test_reset(void **state)
{
	cpa_lock_acquire(&lock);
	cpa_lock_reset(&lock);
	assert_true(cpa_lock_try(&lock));
	cpa_lock_release(&lock);

	cpa_lock_gate_enter(&gate);
	cpa_lock_gate_reset(&gate);
	cpa_lock_gate_close(&gate); /* nobody inside any more: returns at once */
	cpa_lock_gate_reset(&gate);
	cpa_lock_gate_enter(&gate); /* open again: returns at once */
	cpa_lock_gate_leave(&gate);
}

static _Atomic bool stop;
static _Atomic bool closed_now;
static _Atomic uint64_t trespass_count, visit_count;

static void *visit(void *arg)
{
	while (!atomic_load(&stop)) {
		cpa_lock_gate_enter(&gate);
		if (atomic_load(&closed_now))
			atomic_fetch_add(&trespass_count, 1);
		atomic_fetch_add(&visit_count, 1);
		cpa_lock_gate_leave(&gate);
	}
	return arg;
}

static void test_gate(void **state)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, visit, NULL), 0);
	for (int round = 0; round < 200; round++) {
		uint64_t visits = atomic_load(&visit_count);

		cpa_lock_gate_close(&gate);
		atomic_store(&closed_now, true);
		sched_yield();
		atomic_store(&closed_now, false);
		cpa_lock_gate_open(&gate);
		while (atomic_load(&visit_count) == visits)
			sched_yield();
	}
	atomic_store(&stop, true);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(trespass_count, 0);
	assert_int_equal(gate.inside_count, 0);
}

static void *wait_for_change(void *arg)
{
	_Atomic uint32_t *word = arg;

	while (atomic_load(word) == 0)
		cpa_lock_wait(word, 0, UINT64_MAX);
	return NULL;
}

static void test_wait(void **state)
{
	_Atomic uint32_t word = 0;
	pthread_t threads[THREADS];
	uint64_t start_ns = cpa_clock_mono_ns();

	errno = 4711;
	cpa_lock_wait(&word, 1, UINT64_MAX); /* not the expected value: returns at once */
	cpa_lock_wait(&word, 0, 20000000);
	assert_true(cpa_clock_mono_ns() - start_ns >= 20000000);
	cpa_lock_wake(&word);
	assert_int_equal(errno, 4711);

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, wait_for_change, &word), 0);
	atomic_store(&word, 1);
	cpa_lock_wake(&word);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exclusion),
		cmocka_unit_test(test_sleeper_is_woken),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_gate),
		cmocka_unit_test(test_wait),
	};

	alarm(60); /* a lost wake-up ends as a failure, not as a hang */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
