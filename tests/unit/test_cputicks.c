/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does each tick take the lowest free slot, come out once with its number, and is it counted as
 * lost where no slot is free?
 * Not here: what is in the copies (test_stackcopy.c), whose timer it was (test_cputimers.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/cputicks.h"
#include "sampling/cputimers.h"
#include "sampling/gate.h"
#include "sampling/labels.h"

#include <signal.h>
#include <ucontext.h>

#define SECOND_NS 1000000000u

/* What was visited, in order: slots lie one behind the other. */
static const void *stacks[CPA_CPUTICKS_SLOTS];
static uint64_t ticks;
static uint32_t visits, last_label_set;

static void visit(void *context, const struct cpa_cputick *tick)
{
	assert_ptr_equal(context, &visits);
	assert_true(tick->start.stack_bytes > 0);
	stacks[visits++] = tick->start.stack;
	ticks += tick->ticks;
	last_label_set = tick->label_set;
}

static uint32_t drain(void)
{
	visits = 0;
	ticks = 0;
	return cpa_cputicks_drain(visit, &visits);
}

/* As the handler is called, with what one would get here. */
static void take(uint32_t number, int overrun)
{
	siginfo_t info = {0};
	ucontext_t context;

	assert_int_equal(getcontext(&context), 0);
	info.si_overrun = overrun;
	cpa_cputicks_take(number, &info, &context);
}

/* This thread has timer 0, which does not fire within the test. */
static int make(void **state)
{
	(void)state;
	if (cpa_cputicks_init() || cpa_cputicks_init() || cpa_cputimers_begin(SECOND_NS * 1000))
		return -1;
	cpa_cputimers_arm(cpa_gate_thread_id(), 0);
	return cpa_cputimers_count().armed == 1 ? 0 : -1;
}

static void test_one(void **state)
{
	(void)state;
	assert_int_equal(drain(), 0);
	cpa_labels_current = 9;
	take(0, 0);
	cpa_labels_current = 0;
	assert_int_equal(drain(), 1);
	assert_int_equal(ticks, 1);
	assert_int_equal(last_label_set, 9);
	assert_int_equal(drain(), 0);
	/* Several with one signal. */
	take(0, 4);
	assert_int_equal(drain(), 1);
	assert_int_equal(ticks, 5);
	assert_int_equal(cpa_cputicks_lost(), 0);
}

static void test_other_timer(void **state)
{
	(void)state;
	take(1, 0);
	take(UINT32_MAX, 0);
	assert_int_equal(drain(), 0);
	assert_int_equal(cpa_cputicks_lost(), 0);
}

static void test_lowest_first(void **state)
{
	const void *first;

	(void)state;
	take(0, 0);
	assert_int_equal(drain(), 1);
	first = stacks[0];
	for (int i = 0; i < 3; i++) {
		take(0, 0);
		take(0, 0);
		assert_int_equal(drain(), 2);
		assert_ptr_equal(stacks[0], first);
		assert_true(stacks[1] > stacks[0]);
	}
}

static void test_full(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CPA_CPUTICKS_SLOTS; i++)
		take(0, 0);
	take(0, 0);
	take(0, 2);
	assert_int_equal(cpa_cputicks_lost(), 4);
	assert_int_equal(cpa_cputicks_lost(), 0);
	assert_int_equal(drain(), CPA_CPUTICKS_SLOTS);
	for (uint32_t i = 1; i < CPA_CPUTICKS_SLOTS; i++)
		assert_true(stacks[i] > stacks[i - 1]);
	take(0, 0);
	assert_int_equal(drain(), 1);
	assert_int_equal(cpa_cputicks_lost(), 0);
}

static void test_clear(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CPA_CPUTICKS_SLOTS + 1; i++)
		take(0, 0);
	cpa_cputicks_clear();
	assert_int_equal(cpa_cputicks_lost(), 0);
	assert_int_equal(drain(), 0);
	take(0, 0);
	assert_int_equal(drain(), 1);
}

/* Returns at once, though nobody else presses: a slot above a quarter of them does. */
static void test_press(void **state)
{
	(void)state;
	cpa_cputicks_wait(1); /* of the tests before */
	for (uint32_t i = 0; i <= CPA_CPUTICKS_SLOTS / 4; i++)
		take(0, 0);
	cpa_cputicks_wait(UINT64_MAX);
	assert_int_equal(drain(), CPA_CPUTICKS_SLOTS / 4 + 1);
	cpa_cputicks_press();
	cpa_cputicks_wait(UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_other_timer),
		cmocka_unit_test(test_lowest_first),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_press),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
