/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a captured stack the callers, leaf first, cut where it must be; the same again when asked
 * again; and is no thread inside libunwind while one forks?
 * Not here: stacks through libraries that come and go (tests/integration/stress.bats).
 *
 * The library is linked into this program, so the frames above the leaf that count as its own are
 * the test's too: captures are made from lfind's callback, which makes the C library the leaf. (No
 * sanitizer replaces lfind.)
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/gate.h"
#include "sampling/imports.h"
#include "sampling/modules.h"
#include "sampling/proctask.h"
#include "sampling/stacks.h"
#include "sampling/unwind.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <search.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM (CPA_UNWIND_DEPTH_MAX + 1 + CPA_UNWIND_OWN_MAX)

static uint64_t pcs[ROOM];
static uint32_t depth, depth_max;
static int levels_left;

static int capture_or_descend(const void *a, const void *b);

static void descend(void)
{
	int one = 1;
	size_t count = 1;

	(void)lfind(&one, &one, &count, sizeof(one), capture_or_descend);
}

static int capture_or_descend(const void *a, const void *b)
{
	if (levels_left-- > 0)
		descend();
	else
		depth = cpa_unwind_capture(pcs, depth_max);
	return 0;
}

static uint32_t capture_at(int levels, uint32_t limit)
{
	levels_left = levels;
	depth_max = limit;
	descend();
	return depth;
}

static int start(void **state)
{
	int result;

	errno = 4711;
	result = cpa_unwind_init();
	assert_int_equal(errno, 4711);
	return result;
}

static void test_levels(void **state)
{
	uint32_t shallow = capture_at(0, 1000), step = capture_at(1, 1000) - shallow;

	assert_true(shallow >= 3);
	assert_true(step >= 2); /* lfind's frame and ours */
	for (int levels = 2; levels < 40; levels++)
		assert_int_equal(capture_at(levels, 1000), shallow + (uint32_t)levels * step);
	for (uint32_t i = 0; i < depth; i++)
		assert_true(pcs[i] >= CPA_STACKS_PSEUDO_END);
	assert_false(cpa_modules_own(pcs[0]));
}

/* Twice, each from the same calls down to the thread's start: the same return addresses. */
static void *capture_twice(void *arg)
{
	for (volatile int i = 0; i < 2; i++)
		capture_at(5, 1000);
	return arg;
}

static void test_same(void **state)
{
	static uint64_t before[ROOM];
	uint32_t before_depth = 0;
	pthread_t thread;

	for (int round = 0; round < 3; round++) {
		if (round == 2)
			cpa_unwind_flush();
		pthread_create(&thread, NULL, capture_twice, NULL);
		pthread_join(thread, NULL);
		if (round > 0) {
			assert_int_equal(depth, before_depth);
			assert_memory_equal(pcs, before, depth * sizeof(pcs[0]));
		}
		before_depth = depth;
		memcpy(before, pcs, sizeof(pcs));
	}
}

static void test_limit(void **state)
{
	static uint64_t whole[ROOM];
	uint32_t whole_depth = capture_at(20, 1000);

	memcpy(whole, pcs, sizeof(pcs));
	for (uint32_t limit = 1; limit < whole_depth + 3; limit++) {
		capture_at(20, limit);
		if (limit >= whole_depth) {
			assert_int_equal(depth, whole_depth);
			continue;
		}
		assert_int_equal(depth, limit + 1);
		assert_int_equal(pcs[limit], CPA_STACKS_PSEUDO_TRUNCATED);
		/* The leaf side is kept; the last frames are where the calls differ. */
		assert_int_equal(pcs[0], whole[0]);
	}
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void *capture_in_thread(void *arg)
{
	uint64_t *own_pcs = calloc(ROOM, sizeof(*own_pcs));

	*(uint32_t *)arg = cpa_unwind_capture(own_pcs, 100);
	free(own_pcs);
	return NULL;
}

static void test_quiet(void **state)
{
	int descriptors = count_descriptors();
	uint32_t thread_depth = 0;
	pthread_t thread;

	errno = 4711;
	capture_at(3, 1000);
	assert_int_equal(errno, 4711);
	pthread_create(&thread, NULL, capture_in_thread, &thread_depth);
	pthread_join(thread, NULL);
	assert_true(thread_depth > 0);
	assert_int_equal(count_descriptors(), descriptors);
}

static _Atomic uint32_t waited_depth;

static void *capture_waiting(void *arg)
{
	uint32_t own_depth = 0;

	capture_in_thread(&own_depth);
	atomic_store(&waited_depth, own_depth);
	return arg;
}

static void test_fork(void **state)
{
	pthread_t thread;
	int status = -1;
	pid_t pid;

	cpa_unwind_prefork();
	assert_int_equal(capture_at(1, 100), 0);
	pthread_create(&thread, NULL, capture_waiting, NULL);
	pid = fork();
	if (pid == 0) {
		cpa_unwind_postfork_child();
		_exit(capture_at(1, 100) > 0 ? 0 : 1);
	}
	assert_int_equal(atomic_load(&waited_depth), 0);
	cpa_unwind_postfork_parent();
	pthread_join(thread, NULL);
	assert_true(atomic_load(&waited_depth) > 0);
	assert_true(capture_at(1, 100) > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static _Atomic uint32_t ending_tid;
static _Atomic bool may_end;

static void *capture_and_end(void *unused)
{
	uint32_t own_depth = 0;

	capture_in_thread(&own_depth);
	atomic_store(&ending_tid, cpa_gate_thread_id());
	while (!atomic_load(&may_end))
		(void)sched_yield();
	return unused;
}

/* What libunwind keeps for a thread is given back at its end, under a lock of libunwind's. */
static void test_fork_while_thread_ends(void **state)
{
	struct cpa_proctask_sleep sleep = {0};
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, capture_and_end, NULL), 0);
	while (!atomic_load(&ending_tid))
		(void)sched_yield();
	cpa_unwind_prefork();
	atomic_store(&may_end, true);
	/* It waits at the gate; else it ends, and there is no such thread. */
	while (sleep.call_number != SYS_futex ||
		sleep.args[0] != (uint64_t)&cpa_imports_gate.closed) {
		struct cpa_proctask task;

		assert_true(cpa_proctask_look(ending_tid, SIGUSR1, &task));
		(void)cpa_proctask_sleep(ending_tid, &sleep);
	}
	cpa_unwind_postfork_parent();
	assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
#ifdef __SANITIZE_THREAD__
	return 77; /* its mutexes crash in the destructor that libunwind runs at a thread's end */
#else
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_fork_while_thread_ends),
	};

	alarm(100);
	return cmocka_run_group_tests(tests, start, NULL);
#endif
}
