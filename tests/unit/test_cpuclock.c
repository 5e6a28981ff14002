/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a thread's CPU time what the kernel says it is, and does its timer send signals to it, with
 * their number, as often as it is told to?
 * Not here: which threads have one (test_cputimers.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/cpuclock.h"
#include "sampling/gate.h"
#include "sampling/profsignal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#define PERIOD_NS 1000000u
#define TICKS_MIN 100u
#define NO_THREAD 4194305u /* above the kernel's largest */

static _Atomic uint64_t ticks;
static _Atomic uint32_t last_value, last_thread;

static void take(uint32_t value, const siginfo_t *info, const void *context)
{
	(void)context;
	atomic_fetch_add(&ticks, 1 + (uint64_t)info->si_overrun);
	atomic_store(&last_value, value);
	atomic_store(&last_thread, cpa_gate_thread_id());
}

static uint64_t own_ns(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void burn(uint64_t ns)
{
	uint64_t end_ns = own_ns() + ns;

	while (own_ns() < end_ns)
		continue;
}

static void test_read(void **state)
{
	uint64_t before_ns, now_ns, after_ns;

	(void)state;
	before_ns = own_ns();
	assert_true(cpa_cpuclock_read(cpa_gate_thread_id(), &now_ns));
	after_ns = own_ns();
	assert_in_range(now_ns, before_ns, after_ns);
	assert_false(cpa_cpuclock_read(NO_THREAD, &now_ns));
}

static void test_timer(void **state)
{
	uint64_t start_ns, ran_ns, seen;
	int timer;

	(void)state;
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take), 0);
	start_ns = own_ns();
	assert_int_equal(cpa_cpuclock_start(cpa_gate_thread_id(), 4711, 1, PERIOD_NS, &timer), 0);
	while (atomic_load(&ticks) < TICKS_MIN)
		continue;
	ran_ns = own_ns() - start_ns;
	cpa_cpuclock_stop(timer);
	seen = atomic_load(&ticks);
	/* Never more than were due. */
	assert_in_range(seen, TICKS_MIN, 1 + ran_ns / PERIOD_NS);
	assert_int_equal(last_value, 4711);
	assert_int_equal(last_thread, cpa_gate_thread_id());
	burn(TICKS_MIN * PERIOD_NS / 2);
	assert_int_equal(ticks, seen);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
}

static void test_refused(void **state)
{
	int timer = -1;

	(void)state;
	assert_int_equal(cpa_cpuclock_start(NO_THREAD, 1, 1, PERIOD_NS, &timer), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_timer),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
