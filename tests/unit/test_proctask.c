/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is what the kernel says of threads understood, and nothing else?
 * Not here: what is made of it (test_threads.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/proctask.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void test_status(void **state)
{
	static const char text[] = "Name:\ta\\nState:\\tZ\nUmask:\t0022\nState:\tS (sleeping)\n"
				   "SigBlk:\t0000000004000000\nvoluntary_ctxt_switches:\t150\n"
				   "nonvoluntary_ctxt_switches:\t545\n";
	struct cpa_proctask task;

	(void)state;
	assert_true(cpa_proctask_parse_status(text, SIGPROF, &task));
	assert_int_equal(task.state, 'S');
	assert_true(task.blocks_signal);
	assert_int_equal(task.switch_count, 150);
	assert_true(cpa_proctask_parse_status(text, SIGPROF - 1, &task));
	assert_false(task.blocks_signal);
	assert_false(cpa_proctask_parse_status("", SIGPROF, &task));
	assert_false(cpa_proctask_parse_status("Name:\tx\nState:\tS\n", SIGPROF, &task));
	assert_false(cpa_proctask_parse_status(
		"Name:\tx\nState:\t\nSigBlk:\t\nvoluntary_ctxt_switches:\t\n", SIGPROF, &task));
}

static void test_syscall(void **state)
{
	struct cpa_proctask_sleep sleep;

	(void)state;
	assert_true(cpa_proctask_parse_syscall(
		"202 0x7f00 0x80 0x0 0x7f40 0x0 0xffffffff 0x7fffe0 0x401123\n", &sleep));
	assert_int_equal(sleep.call_number, 202);
	assert_int_equal(sleep.args[0], 0x7f00);
	assert_int_equal(sleep.args[3], 0x7f40);
	assert_int_equal(sleep.args[5], 0xffffffff);
	assert_int_equal(sleep.sp, 0x7fffe0);
	assert_int_equal(sleep.pc, 0x401123);
	assert_true(cpa_proctask_parse_syscall("-1 0x7fffe8 0x40112a\n", &sleep));
	assert_int_equal(sleep.call_number, -1);
	assert_int_equal(sleep.args[0], 0);
	assert_int_equal(sleep.sp, 0x7fffe8);
	assert_int_equal(sleep.pc, 0x40112a);
	assert_false(cpa_proctask_parse_syscall("running\n", &sleep));
	assert_false(cpa_proctask_parse_syscall("", &sleep));
	assert_false(cpa_proctask_parse_syscall("-1", &sleep));
	assert_false(cpa_proctask_parse_syscall("-1 0x0 0x0\n", &sleep));
	assert_false(cpa_proctask_parse_syscall("202 0x7f00 0x80 0x0\n", &sleep));
}

static int pipe_fds[2];
static _Atomic uint32_t other_tid;

static void *wait_in_read(void *arg)
{
	sigset_t set;
	char byte;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPROF);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)prctl(PR_SET_NAME, "na\nme)\xff");
	atomic_store(&other_tid, (uint32_t)gettid());
	return read(pipe_fds[0], &byte, 1) == 1 ? arg : NULL;
}

static bool is_listed(uint32_t tid)
{
	struct cpa_arena arena;
	uint32_t *tids;
	size_t count;
	bool found = false;

	cpa_arena_init(&arena, 0);
	assert_int_equal(cpa_proctask_list(&arena, &tids, &count), 0);
	for (size_t i = 0; i < count; i++)
		found = found || tids[i] == tid;
	cpa_arena_done(&arena);
	return found;
}

static void test_thread(void **state)
{
	char name[CPA_PROCTASK_NAME_BYTES];
	struct cpa_proctask_sleep sleep;
	struct cpa_proctask task;
	pthread_t thread;

	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(pthread_create(&thread, NULL, wait_in_read, NULL), 0);
	while (!atomic_load(&other_tid) || !cpa_proctask_sleep(other_tid, &sleep))
		(void)sched_yield();
	assert_int_equal(sleep.call_number, SYS_read);
	assert_int_equal(sleep.args[0], pipe_fds[0]);
	assert_int_equal(sleep.args[2], 1);
	assert_true(cpa_proctask_look(other_tid, SIGPROF, &task));
	assert_int_equal(task.state, 'S');
	assert_true(task.blocks_signal);
	cpa_proctask_name(other_tid, name);
	assert_string_equal(name, "na\nme)\xff");
	assert_true(is_listed(other_tid));
	assert_true(is_listed((uint32_t)gettid()));
	assert_true(S_ISFIFO(cpa_proctask_file_mode(other_tid, (uint32_t)pipe_fds[0])));
	assert_int_equal(cpa_proctask_file_mode(other_tid, UINT32_MAX), 0);
	assert_int_equal(write(pipe_fds[1], "", 1), 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
	/* The kernel may need a moment after the join. */
	errno = EINTR;
	while (is_listed(other_tid))
		(void)sched_yield();
	assert_false(cpa_proctask_look(other_tid, SIGPROF, &task));
	assert_false(cpa_proctask_sleep(other_tid, &sleep));
	cpa_proctask_name(other_tid, name);
	assert_string_equal(name, "");
	assert_int_equal(errno, EINTR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_syscall),
		cmocka_unit_test(test_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
