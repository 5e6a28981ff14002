/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are all frames of a thread at a known depth found, from a copy and in place; does a stack that is
 * cut say so; and is it right again after all was forgotten?
 * Not here: the copy (test_stackcopy.c), stacks of many kinds (tests/integration/cpu.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/stackcopy.h"
#include "sampling/unwind_far.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE  __attribute__((noinline, noclone))
#define DEPTH     40
#define DEPTH_MAX 200u

static struct cpa_arena arena;
static struct cpa_unwind_far *far;
static struct cpa_unwind_far_start start;
static unsigned char copy[CPA_STACKCOPY_BYTES];
static uint64_t pcs[DEPTH_MAX];
static _Atomic bool spins, is_copied, may_go_on;
static uint64_t level_addr; /* in descend, where it calls itself: each level but the last has it */

/* The thread stands still in its handler, so that its stack can be read in place, too. */
static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	cpa_stackcopy_take(context, copy, &start);
	atomic_store(&is_copied, true);
	while (!atomic_load(&may_go_on))
		continue;
}

NOINLINE static int spin(void)
{
	int count = 0;

	atomic_store(&spins, true);
	while (!atomic_load(&may_go_on))
		count++;
	return count;
}

NOINLINE static int descend(int levels)
{
	int count;

	if (levels == 1)
		level_addr = (uint64_t)__builtin_return_address(0);
	count = levels ? descend(levels - 1) : spin();
	__asm__ volatile("" : "+r"(count)::"memory");
	return count;
}

NOINLINE static int begin_here(void)
{
	int count = descend(DEPTH);

	__asm__ volatile("" : "+r"(count)::"memory");
	return count;
}

static void *run(void *unused)
{
	int count;

	(void)unused;
	count = begin_here();
	__asm__ volatile("" : "+r"(count)::"memory");
	return NULL;
}

static pthread_t thread;

static int stop_one(void **state)
{
	(void)state;
	spins = is_copied = may_go_on = false;
	if (pthread_create(&thread, NULL, run, NULL) != 0)
		return -1;
	while (!atomic_load(&spins))
		(void)sched_yield();
	if (pthread_kill(thread, SIGUSR1) != 0)
		return -1;
	while (!atomic_load(&is_copied))
		(void)sched_yield();
	return 0;
}

static int go_on(void **state)
{
	(void)state;
	atomic_store(&may_go_on, true);
	return pthread_join(thread, NULL);
}

static int make(void **state)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	(void)state;
	cpa_arena_init(&arena, 0);
	errno = 4711;
	if (cpa_unwind_far_init() != 0 || errno != 4711)
		return -1;
	far = cpa_unwind_far_new(&arena);
	return far ? sigaction(SIGUSR1, &action, NULL) : -1;
}

static int done(void **state)
{
	(void)state;
	cpa_unwind_far_free(far);
	cpa_arena_done(&arena);
	return 0;
}

/* spin, descend 41 times, begin_here, run, and the C library's two. */
static void check_whole(void)
{
	enum cpa_unwind_far_end end = CPA_UNWIND_FAR_BROKEN;
	uint32_t depth, levels = 0;

	errno = 4711;
	depth = cpa_unwind_far(far, &start, pcs, DEPTH_MAX, &end);
	assert_int_equal(errno, 4711);
	assert_int_equal(end, CPA_UNWIND_FAR_ROOT);
	/* The leaf stood at any instruction: its address is that of the next byte. */
	assert_int_equal(pcs[0], start.regs[CPA_UNWIND_FAR_RIP] + 1);
	for (uint32_t i = 0; i < depth; i++)
		levels += pcs[i] == level_addr;
	assert_int_equal(levels, DEPTH);
	assert_int_equal(depth, 1 + (DEPTH + 1) + 2 + 2);
}

static void test_copy(void **state)
{
	(void)state;
	check_whole();
	check_whole();
}

static void test_in_place(void **state)
{
	(void)state;
	start.stack = NULL;
	check_whole();
}

static void test_forget(void **state)
{
	(void)state;
	check_whole();
	cpa_unwind_far_forget();
	check_whole();
	start.stack = NULL;
	cpa_unwind_far_forget();
	check_whole();
}

/* What is there instead of the rest of the copy must not be taken for it. */
static void test_cut_copy(void **state)
{
	enum cpa_unwind_far_end end;
	uint32_t depth, whole = cpa_unwind_far(far, &start, pcs, DEPTH_MAX, &end);
	size_t whole_bytes = start.stack_bytes;

	(void)state;
	/* Each of the levels takes 16 at least. */
	for (size_t bytes = 0; bytes < (size_t)16 * DEPTH; bytes += 20) {
		start.stack_bytes = bytes;
		depth = cpa_unwind_far(far, &start, pcs, DEPTH_MAX, &end);
		assert_int_equal(end, CPA_UNWIND_FAR_LIMIT);
		assert_in_range(depth, 1, whole - 1);
	}
	start.stack_bytes = whole_bytes;
	check_whole();
}

static void test_depth_limit(void **state)
{
	enum cpa_unwind_far_end end;
	uint32_t whole = cpa_unwind_far(far, &start, pcs, DEPTH_MAX, &end);

	(void)state;
	assert_int_equal(cpa_unwind_far(far, &start, pcs, 10, &end), 10);
	assert_int_equal(end, CPA_UNWIND_FAR_LIMIT);
	assert_int_equal(cpa_unwind_far(far, &start, pcs, 1, &end), 1);
	assert_int_equal(end, CPA_UNWIND_FAR_LIMIT);
	assert_int_equal(cpa_unwind_far(far, &start, pcs, whole, &end), whole);
	assert_int_equal(end, CPA_UNWIND_FAR_ROOT);
}

static void test_no_code(void **state)
{
	enum cpa_unwind_far_end end;

	(void)state;
	start.regs[CPA_UNWIND_FAR_RIP] = (uint64_t)copy;
	start.regs[CPA_UNWIND_FAR_RBP] =
		0; /* nor a chain of frame pointers, which libunwind tries */
	assert_int_equal(cpa_unwind_far(far, &start, pcs, DEPTH_MAX, &end), 1);
	assert_int_equal(end, CPA_UNWIND_FAR_BROKEN);
	assert_int_equal(pcs[0], (uint64_t)copy + 1);
}

static void test_fork(void **state)
{
	pid_t child;
	int status;

	(void)state;
	cpa_unwind_far_prefork();
	child = fork();
	if (child == 0) {
		enum cpa_unwind_far_end end;

		cpa_unwind_far_postfork_child();
		(void)cpa_unwind_far(far, &start, pcs, DEPTH_MAX, &end);
		_exit(end != CPA_UNWIND_FAR_ROOT);
	}
	cpa_unwind_far_postfork_parent();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	check_whole();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_copy, stop_one, go_on),
		cmocka_unit_test_setup_teardown(test_in_place, stop_one, go_on),
		cmocka_unit_test_setup_teardown(test_forget, stop_one, go_on),
		cmocka_unit_test_setup_teardown(test_cut_copy, stop_one, go_on),
		cmocka_unit_test_setup_teardown(test_depth_limit, stop_one, go_on),
		cmocka_unit_test_setup_teardown(test_no_code, stop_one, go_on),
		cmocka_unit_test_setup_teardown(test_fork, stop_one, go_on),
	};

	return cmocka_run_group_tests(tests, make, done);
}
