/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is each thread of the program in a dump, once, with its stack, its labels and its state?
 * Not here: the program's view of it (goroutine.bats), how it is written (test_threadrows.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/modules.h"
#include "sampling/proctask.h"
#include "sampling/roster.h"
#include "sampling/stackask.h"
#include "sampling/threads.h"
#include "sampling/threadstack.h"
#include "sampling/unwind.h"
#include "sampling/unwind_far.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

static int pipe_fds[2];
static _Atomic int stop;

static int make(void **state)
{
	(void)state;
	if (cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init() || cpa_labels_init() ||
		cpa_unwind_init() || cpa_unwind_far_init())
		return -1;
	return pipe(pipe_fds);
}

struct other {
	pthread_t thread;
	_Atomic uint32_t tid;
	bool blocks;
};

NOINLINE static int sleep_here(void)
{
	char byte;
	int got = (int)read(pipe_fds[0], &byte, 1);

	__asm__ volatile("" : "+r"(got));
	return got;
}

NOINLINE static long spin_here(void)
{
	long count = 0;

	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		count++;
	return count;
}

static void *run_asleep(void *arg)
{
	struct other *other = arg;

	cpa_roster_enter(9, 0);
	(void)prctl(PR_SET_NAME, "sleeper");
	atomic_store(&other->tid, cpa_gate_thread_id());
	assert_int_equal(sleep_here(), 1);
	cpa_roster_leave();
	return NULL;
}

static void *run_busy(void *arg)
{
	struct other *other = arg;
	sigset_t all;

	(void)sigfillset(&all);
	if (other->blocks)
		(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	cpa_labels_current = 12; /* in no slot: it says so itself */
	atomic_store(&other->tid, cpa_gate_thread_id());
	(void)spin_here();
	return NULL;
}

static void start(struct other *other, void *(*run)(void *))
{
	assert_int_equal(pthread_create(&other->thread, NULL, run, other), 0);
	while (!atomic_load(&other->tid))
		(void)sched_yield();
}

static const struct cpa_threads_row *row_of(const struct cpa_threads_dump *dump, uint32_t tid)
{
	const struct cpa_threads_row *found = NULL;

	for (size_t i = 0; i < dump->count; i++) {
		if (dump->rows[i].tid != tid)
			continue;
		assert_null(found);
		found = &dump->rows[i];
	}
	return found;
}

static uint32_t depth_of(cpa_stack_id stack)
{
	const uint64_t *pcs;

	return cpa_stacks_get(stack, &pcs);
}

static uint64_t root_of(cpa_stack_id stack)
{
	const uint64_t *pcs;
	uint32_t depth = cpa_stacks_get(stack, &pcs);

	return pcs[depth - 1];
}

/* Its own read() and thread start stand between ours and the C library's, with frames of their own
 * kind. */
static void skip_under_sanitizer(void)
{
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
}

static void test_asleep(void **state)
{
	struct other other = {0};
	struct cpa_proctask_sleep sleep;
	struct cpa_threads_dump dump;
	const struct cpa_threads_row *row;
	struct cpa_arena arena;
	uint64_t count;

	(void)state;
	skip_under_sanitizer();
	start(&other, run_asleep);
	while (!cpa_proctask_sleep(other.tid, &sleep) || sleep.call_number != 0)
		(void)sched_yield();
	cpa_arena_init(&arena, 0);
	assert_int_equal(cpa_threads_collect(&arena, cpa_gate_thread_id(), &dump), 0);
	count = cpa_threads_count();
	assert_int_equal(write(pipe_fds[1], "", 1), 1);
	assert_int_equal(pthread_join(other.thread, NULL), 0);
	assert_int_equal(dump.count, 2);
	assert_int_equal(count, 2);
	assert_int_equal(dump.no_answer, 0);
	assert_int_equal(dump.rows[0].tid, cpa_gate_thread_id());
	row = row_of(&dump, other.tid);
	assert_non_null(row);
	assert_int_equal(row->state, 'S');
	assert_int_equal(row->label_set, 9);
	assert_string_equal(row->name, "sleeper");
	/* read, and two of the C library where threads start; all else is in the program that the
	 * sampler is in too, and so left out. */
	assert_int_equal(depth_of(row->stack), 3);
	assert_true(root_of(row->stack) >= CPA_STACKS_PSEUDO_END);
	cpa_arena_done(&arena);
}

static void test_busy(void **state)
{
	struct other busy = {0}, deaf = {.blocks = true};
	struct sigaction action;
	struct cpa_threads_dump dump;
	const struct cpa_threads_row *row;
	struct cpa_arena arena;

	(void)state;
	atomic_store(&stop, 0);
	start(&busy, run_busy);
	start(&deaf, run_busy);
	cpa_arena_init(&arena, 0);
	assert_int_equal(cpa_threads_collect(&arena, 0, &dump), 0);
	atomic_store(&stop, 1);
	assert_int_equal(pthread_join(busy.thread, NULL), 0);
	assert_int_equal(pthread_join(deaf.thread, NULL), 0);
	row = row_of(&dump, busy.tid);
	assert_non_null(row);
	assert_int_equal(row->label_set, 12);
	assert_int_equal(depth_of(row->stack), 2);
	assert_true(root_of(row->stack) >= CPA_STACKS_PSEUDO_END);
	assert_true(dump.by_signal >= 1);
	row = row_of(&dump, deaf.tid);
	assert_non_null(row);
	assert_int_equal(root_of(row->stack), CPA_STACKS_PSEUDO_NO_ANSWER);
	assert_true(dump.no_answer >= 1);
	cpa_arena_done(&arena);
	/* All that were asked have answered: the signal is as it was. */
	assert_int_equal(sigaction(SIGPROF, NULL, &action), 0);
	assert_ptr_equal(action.sa_handler, SIG_DFL);
}

static void *run_internal(void *arg)
{
	struct other *other = arg;

	cpa_roster_enter_internal();
	atomic_store(&other->tid, cpa_gate_thread_id());
	assert_int_equal(sleep_here(), 1);
	cpa_roster_leave();
	return NULL;
}

static void test_internal(void **state)
{
	struct other other = {0};
	struct cpa_threads_dump dump;
	struct cpa_arena arena;

	(void)state;
	start(&other, run_internal);
	cpa_arena_init(&arena, 0);
	assert_int_equal(cpa_threads_collect(&arena, 0, &dump), 0);
	assert_int_equal(write(pipe_fds[1], "", 1), 1);
	assert_int_equal(pthread_join(other.thread, NULL), 0);
	assert_null(row_of(&dump, other.tid));
	cpa_arena_done(&arena);
}

#define LATE_TURNS 20000000L /* some milliseconds, in which a dump begins */

static void *run_late(void *arg)
{
	struct other *other = arg;
	sigset_t all;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	atomic_store(&other->tid, cpa_gate_thread_id());
	for (volatile long i = 0; i < LATE_TURNS; i++)
		continue;
	assert_int_equal(sleep_here(), 1);
	return NULL;
}

/* The thread that waits for a dump does not wait yet: it started ours, and is not through. */
static void test_late(void **state)
{
	struct other other = {0};
	struct cpa_threads_dump dump;
	struct cpa_arena arena;

	(void)state;
	skip_under_sanitizer();
	start(&other, run_late);
	cpa_arena_init(&arena, 0);
	assert_int_equal(cpa_threads_collect(&arena, other.tid, &dump), 0);
	assert_int_equal(write(pipe_fds[1], "", 1), 1);
	assert_int_equal(pthread_join(other.thread, NULL), 0);
	assert_int_equal(dump.rows[0].tid, other.tid);
	assert_int_equal(dump.rows[0].state, 'S');
	assert_int_not_equal(root_of(dump.rows[0].stack), CPA_STACKS_PSEUDO_NO_ANSWER);
	assert_int_equal(dump.no_answer, 0);
	cpa_arena_done(&arena);
}

static _Atomic int foreign_count;

static void on_foreign(int number)
{
	(void)number;
	atomic_fetch_add(&foreign_count, 1);
}

/* Signals that are not ours reach the program's handler, also while ours is there. */
static void test_forward(void **state)
{
	struct sigaction action = {.sa_handler = on_foreign}, now;

	(void)state;
	assert_int_equal(sigaction(SIGPROF, &action, NULL), 0);
	assert_int_equal(cpa_stackask_begin(), 0);
	assert_int_equal(raise(SIGPROF), 0);
	assert_int_equal(foreign_count, 1);
	/* A signal of ours to this thread itself. */
	assert_true(cpa_stackask_send(0, cpa_gate_thread_id()));
	assert_non_null(cpa_stackask_answer(0));
	assert_int_equal(cpa_stackask_answer(0)->label_set, cpa_labels_current);
	assert_true(cpa_stackask_answer(0)->start.stack_bytes > 0);
	assert_true(cpa_stackask_free(0));
	assert_null(cpa_stackask_answer(0));
	assert_false(cpa_stackask_send(0, 0x3fffffff));
	cpa_stackask_end();
	assert_int_equal(foreign_count, 1);
	assert_int_equal(sigaction(SIGPROF, NULL, &now), 0);
	assert_ptr_equal(now.sa_handler, on_foreign);
	action.sa_handler = SIG_DFL;
	assert_int_equal(sigaction(SIGPROF, &action, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asleep),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_internal),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_forward),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
