/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the profile cpu begin and end as it is told, hold all ticks that were due, and begin again
 * at nothing?
 * Not here: its thread, fork, whose stacks they are (tests/integration/cpu.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/cpu.h"
#include "sampling/cputicks.h"
#include "sampling/stacks.h"
#include "sampling/store.h"
#include "sampling/tally.h"
#include "sampling/unwind_far.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#define HZ        1000u
#define PERIOD_NS 1000000u
#define BURN_NS   60000000u

#ifdef __SANITIZE_ADDRESS__
/* It is found through memory of the sampler's own, where the search for leaks does not look. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:_Ux86_64_create_addr_space\n";
}
#endif

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init() || cpa_tally_init() ||
	       cpa_unwind_far_init();
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

static double sum(double *ret_value_ns)
{
	struct cpa_tally_walk walk = {.kind = CPA_TALLY_CPU};
	struct cpa_tally_row row;
	double count = 0;

	*ret_value_ns = 0;
	while (cpa_tally_next(&walk, &row)) {
		count += row.count;
		*ret_value_ns += row.value_ns;
	}
	return count;
}

static void test_codes(void **state)
{
	struct sigaction action;

	(void)state;
	errno = 4711;
	assert_int_equal(cpa_cpu_stop(), -EALREADY);
	assert_int_equal(cpa_cpu_start(0), -EINVAL);
	assert_int_equal(cpa_cpu_start(CPA_CPU_HZ_MAX + 1), -EINVAL);
	assert_int_equal(cpa_cpu_read().hz, 0);
	assert_int_equal(cpa_cpu_start(1), 0);
	assert_int_equal(cpa_cpu_start(1), -EBUSY);
	assert_true(cpa_cpu_read().is_on);
	assert_int_equal(cpa_cpu_read().threads, 1);
	assert_int_equal(cpa_cpu_stop(), 0);
	assert_int_equal(cpa_cpu_stop(), -EALREADY);
	assert_int_equal(errno, 4711);
	assert_false(cpa_cpu_read().is_on);
	assert_int_equal(cpa_cpu_read().hz, 1);
	assert_int_equal(cpa_cpu_read().threads, 0);
	assert_int_equal(sigaction(SIGPROF, NULL, &action), 0);
	assert_ptr_equal(action.sa_handler, SIG_DFL);
}

/* This is the only thread, so all that is due is its CPU time while the profile is on. */
static void test_sum(void **state)
{
	uint64_t from_ns, on_ns, off_ns, to_ns;
	struct cpa_cpu_state read;
	double value_ns, count;

	(void)state;
	from_ns = own_ns();
	assert_int_equal(cpa_cpu_start(HZ), 0);
	on_ns = own_ns();
	burn(BURN_NS);
	cpa_cpu_drain();
	burn(BURN_NS);
	off_ns = own_ns();
	assert_int_equal(cpa_cpu_stop(), 0);
	to_ns = own_ns();
	read = cpa_cpu_read();
	count = sum(&value_ns);
	assert_in_range(
		read.ticks, (off_ns - on_ns) / PERIOD_NS, (to_ns - from_ns) / PERIOD_NS + 1);
	assert_true(count == (double)read.ticks);
	assert_true(value_ns == count * PERIOD_NS);
	assert_int_equal(read.hz, HZ);
	assert_int_equal(read.period_ns, PERIOD_NS);
	assert_true(read.signals > 0);
	assert_true(read.signals <= read.ticks);
	assert_true(read.duration_ns >= 2 * BURN_NS);
	assert_int_equal(read.lost, 0);
	assert_int_equal(read.broken, 0);
	assert_int_equal(read.failed, 0);
}

/* Nobody drains: what finds no slot is in the sum all the same. */
static void test_lost(void **state)
{
	uint64_t on_ns, off_ns;
	struct cpa_cpu_state read;
	double value_ns;

	(void)state;
	assert_int_equal(cpa_cpu_start(HZ), 0);
	on_ns = own_ns();
	/* 256 slots; the kernel brings a signal in 1 to 10 ms. */
	burn((uint64_t)3 * CPA_CPUTICKS_SLOTS * 4 * PERIOD_NS / 2);
	off_ns = own_ns();
	assert_int_equal(cpa_cpu_stop(), 0);
	read = cpa_cpu_read();
	assert_true(sum(&value_ns) == (double)read.ticks);
	assert_true(read.ticks >= (off_ns - on_ns) / PERIOD_NS);
	assert_true(read.signals <= CPA_CPUTICKS_SLOTS);
}

static void test_clear(void **state)
{
	double value_ns;

	(void)state;
	assert_true(sum(&value_ns) > 0);
	assert_int_equal(cpa_cpu_start(1), 0);
	assert_true(sum(&value_ns) == 0);
	assert_int_equal(cpa_cpu_read().ticks, 0);
	assert_int_equal(cpa_cpu_stop(), 0);
}

static void test_again(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		assert_int_equal(cpa_cpu_start(HZ), 0);
		assert_int_equal(cpa_cpu_read().threads, 1);
		assert_int_equal(cpa_cpu_stop(), 0);
	}
}

static void test_fork(void **state)
{
	double value_ns;

	(void)state;
	assert_int_equal(cpa_cpu_start(1), 0);
	/* As in a child. */
	cpa_cpu_prefork();
	cpa_cpu_postfork_child();
	assert_int_equal(cpa_cpu_read().hz, 0);
	assert_true(sum(&value_ns) == 0);
	assert_int_equal(cpa_cpu_stop(), -EALREADY);
	assert_int_equal(cpa_cpu_start(1), 0);
	assert_int_equal(cpa_cpu_stop(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_fork),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
