/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has each thread one timer, given back when it ends; are the ticks that were due and never came
 * told exactly; and are threads that nobody announced, or whose end nobody noticed, found?
 * Not here: the kernel's timers (test_cpuclock.c), what a signal brings (test_cputicks.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/cpuclock.h"
#include "sampling/cputimers.h"
#include "sampling/gate.h"
#include "sampling/profsignal.h"
#include "sampling/roster.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#define PERIOD_NS 1000000u
#define NEVER_NS  (1000000u * (uint64_t)1000000000u)
#define ROUNDS    40000 /* more than the graves that are cleared at once: 32,768 */
#define OTHERS    50

static uint64_t told_ticks, told_function, told_calls;
static _Atomic uint64_t came_ticks;

static void missed(uint64_t ticks, uint64_t function)
{
	told_ticks += ticks;
	told_function = function;
	told_calls++;
}

static void take(uint32_t value, const siginfo_t *info, const void *context)
{
	uint64_t ticks = 1 + (uint64_t)info->si_overrun;

	(void)context;
	if (cpa_cputimers_came(value, ticks))
		atomic_fetch_add(&came_ticks, ticks);
}

static int reset(void **state)
{
	(void)state;
	told_ticks = told_function = told_calls = 0;
	came_ticks = 0;
	return 0;
}

static uint64_t armed(void)
{
	return cpa_cputimers_count().armed;
}

static uint64_t own_ns(void)
{
	uint64_t ns;

	assert_true(cpa_cpuclock_read(cpa_gate_thread_id(), &ns));
	return ns;
}

/*
 * Its first tick is due within a period, and then one each period: all that are due are those that
 * came and those that are told of.
 */
static void check_due(uint64_t from_ns, uint64_t armed_ns, uint64_t before_ns, uint64_t after_ns)
{
	uint64_t all = came_ticks + told_ticks;

	/* At least (before - armed) / period, rounded down; at most one more than up to after. */
	assert_in_range(
		all, (before_ns - armed_ns) / PERIOD_NS, (after_ns - from_ns) / PERIOD_NS + 1);
}

static void test_due_is_told(void **state)
{
	uint64_t from_ns, armed_ns, before_ns, after_ns;

	(void)state;
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take), 0);
	assert_int_equal(cpa_cputimers_begin(PERIOD_NS), 0);
	for (int i = 0; i < 20; i++) {
		(void)reset(NULL);
		from_ns = own_ns();
		cpa_cputimers_arm(cpa_gate_thread_id(), 4711);
		armed_ns = own_ns();
		while (own_ns() < armed_ns + 3 * PERIOD_NS + (uint64_t)i * PERIOD_NS / 7)
			continue;
		before_ns = own_ns();
		cpa_cputimers_disarm(missed);
		after_ns = own_ns();
		check_due(from_ns, armed_ns, before_ns, after_ns);
		assert_true(!told_calls || told_function == 4711);
	}
	cpa_cputimers_end(missed);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
}

/* No signal at all reaches it: all that is due is told, and at the end of the profile too. */
static void test_none_came(void **state)
{
	uint64_t from_ns, armed_ns, before_ns, after_ns;
	sigset_t profs;

	(void)state;
	(void)sigemptyset(&profs);
	(void)sigaddset(&profs, SIGPROF);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &profs, NULL), 0);
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take), 0);
	assert_int_equal(cpa_cputimers_begin(PERIOD_NS), 0);
	from_ns = own_ns();
	cpa_cputimers_arm(cpa_gate_thread_id(), 0);
	armed_ns = own_ns();
	while (own_ns() < armed_ns + 30 * PERIOD_NS)
		continue;
	before_ns = own_ns();
	cpa_cputimers_end(missed);
	after_ns = own_ns();
	assert_int_equal(came_ticks, 0);
	check_due(from_ns, armed_ns, before_ns, after_ns);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
	assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &profs, NULL), 0);
	assert_int_equal(came_ticks, 0);
}

static void test_off(void **state)
{
	(void)state;
	cpa_cputimers_arm(cpa_gate_thread_id(), 0);
	cpa_cputimers_disarm(missed);
	assert_int_equal(armed(), 0);
	assert_false(cpa_cputimers_came(0, 1));
	assert_int_equal(told_calls, 0);
}

/* The one thread's number is 0: it was the first that was given back. */
static void test_late_signal(void **state)
{
	(void)state;
	assert_int_equal(cpa_cputimers_begin(NEVER_NS), 0);
	cpa_cputimers_arm(cpa_gate_thread_id(), 0);
	cpa_cputimers_arm(cpa_gate_thread_id(), 0);
	assert_int_equal(armed(), 1);
	assert_true(cpa_cputimers_came(0, 1));
	assert_false(cpa_cputimers_came(1, 1));
	assert_false(cpa_cputimers_came(CPA_CPUTIMERS_MAX, 1));
	assert_false(cpa_cputimers_came(UINT32_MAX, 1));
	cpa_cputimers_disarm(missed);
	assert_int_equal(armed(), 0);
	assert_false(cpa_cputimers_came(0, 1));
	cpa_cputimers_disarm(missed); /* has none */
	assert_int_equal(armed(), 0);
	cpa_cputimers_end(missed);
	assert_int_equal(told_calls, 0);
}

/* Threads that are there until told; the other half nobody announces, nor their end. */
static _Atomic uint32_t ready_count, go_on, internal_wanted;

static void *wait_here(void *announces)
{
	bool internal = announces && atomic_load(&internal_wanted);

	if (internal)
		cpa_roster_enter_internal();
	else if (announces)
		cpa_cputimers_arm(cpa_gate_thread_id(), 1);
	atomic_fetch_add(&ready_count, 1);
	while (!atomic_load(&go_on))
		(void)sched_yield();
	if (internal)
		cpa_roster_leave();
	else if (announces)
		cpa_cputimers_disarm(missed);
	return NULL;
}

static void start(pthread_t *threads, int count, bool all_announce)
{
	atomic_store(&ready_count, 0);
	atomic_store(&go_on, 0);
	for (int i = 0; i < count; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, wait_here,
					 all_announce || i % 2 ? &go_on : NULL),
			0);
	while (atomic_load(&ready_count) < (uint32_t)count)
		(void)sched_yield();
}

static void join(pthread_t *threads, int count)
{
	atomic_store(&go_on, 1);
	for (int i = 0; i < count; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void test_sweep(void **state)
{
	pthread_t threads[OTHERS];

	(void)state;
	assert_int_equal(cpa_cputimers_begin(NEVER_NS), 0);
	start(threads, OTHERS, false);
	assert_int_equal(armed(), OTHERS / 2);
	cpa_cputimers_sweep();
	assert_int_equal(armed(), OTHERS + 1);
	cpa_cputimers_sweep();
	assert_int_equal(armed(), OTHERS + 1);
	join(threads, OTHERS);
	assert_int_equal(armed(), OTHERS / 2 + 1);
	assert_int_equal(cpa_cputimers_count().vanished, 0);
	/* The kernel takes a thread from its list before join returns, or just after. */
	while (armed() > 1)
		cpa_cputimers_sweep();
	assert_int_equal(armed(), 1);
	assert_int_equal(cpa_cputimers_count().vanished, OTHERS / 2);
	assert_int_equal(cpa_cputimers_count().failed, 0);
	cpa_cputimers_end(missed);
	assert_int_equal(armed(), 0);
	assert_int_equal(told_calls, 0);
}

static void test_internal(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(cpa_cputimers_begin(NEVER_NS), 0);
	atomic_store(&internal_wanted, 1);
	start(&thread, 1, true);
	cpa_cputimers_sweep();
	assert_int_equal(armed(), 1); /* this one */
	join(&thread, 1);
	atomic_store(&internal_wanted, 0);
	cpa_cputimers_end(missed);
}

/* Through clearing of graves, threads that stay are found again, and none gets a second timer. */
static void test_many_rounds(void **state)
{
	pthread_t threads[OTHERS];

	(void)state;
	assert_int_equal(cpa_cputimers_begin(NEVER_NS), 0);
	start(threads, OTHERS, true);
	for (int i = 0; i < ROUNDS; i++) {
		cpa_cputimers_arm(cpa_gate_thread_id(), 0);
		cpa_cputimers_disarm(missed);
	}
	assert_int_equal(armed(), OTHERS);
	cpa_cputimers_sweep();
	assert_int_equal(armed(), OTHERS + 1);
	join(threads, OTHERS);
	assert_int_equal(armed(), 1);
	cpa_cputimers_end(missed);
	assert_int_equal(cpa_cputimers_count().failed, 0);
	assert_int_equal(cpa_cputimers_count().vanished, 0);
}

static void test_fork(void **state)
{
	(void)state;
	assert_int_equal(cpa_cputimers_begin(NEVER_NS), 0);
	cpa_cputimers_arm(cpa_gate_thread_id(), 0);
	/* As in a child: timers are not inherited. */
	cpa_cputimers_postfork_child();
	assert_false(cpa_cputimers_on);
	assert_int_equal(armed(), 0);
	assert_int_equal(cpa_cputimers_begin(NEVER_NS), 0);
	cpa_cputimers_arm(cpa_gate_thread_id(), 0);
	assert_int_equal(armed(), 1);
	assert_true(cpa_cputimers_came(0, 1));
	cpa_cputimers_end(missed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_off, reset),
		cmocka_unit_test_setup(test_late_signal, reset),
		cmocka_unit_test_setup(test_due_is_told, reset),
		cmocka_unit_test_setup(test_none_came, reset),
		cmocka_unit_test_setup(test_sweep, reset),
		cmocka_unit_test_setup(test_internal, reset),
		cmocka_unit_test_setup(test_many_rounds, reset),
		cmocka_unit_test_setup(test_fork, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
