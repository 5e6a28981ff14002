/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * While SIGPROF is ours: do our signals reach those who hold it, and all others what the program
 * wants; is what the program sets remembered, answered and carried out at the end; and does none of
 * ours reach the program after?
 * Not here: the program's calls (cpu.bats), timers (test_cpuclock.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/profsignal.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t ticks, asks, last_value;
static int plain_calls, info_calls;

static void take_tick(uint32_t value, const siginfo_t *info, const void *context)
{
	ticks++;
	last_value = value;
	assert_non_null(info);
	assert_non_null(context);
}

static void take_ask(uint32_t value, const siginfo_t *info, const void *context)
{
	(void)info;
	(void)context;
	asks++;
	last_value = value;
	errno = 1; /* put back by the handler */
}

static void on_plain(int number)
{
	assert_int_equal(number, SIGPROF);
	plain_calls++;
}

static void on_info(int number, siginfo_t *info, void *context)
{
	assert_int_equal(number, SIGPROF);
	assert_int_equal(info->si_code, SI_QUEUE);
	assert_int_equal(info->si_value.sival_int, 5);
	assert_non_null(context);
	info_calls++;
}

/* To this thread: it has come when this returns, unless it is blocked. */
static void send(union sigval value)
{
	assert_int_equal(pthread_sigqueue(pthread_self(), SIGPROF, value), 0);
}

static void send_ours(enum cpa_profsignal_kind kind, uint32_t value)
{
	send(cpa_profsignal_value(kind, value));
}

static void set(struct sigaction action)
{
	assert_int_equal(sigaction(SIGPROF, &action, NULL), 0);
}

static struct sigaction get(void)
{
	struct sigaction action;

	assert_int_equal(sigaction(SIGPROF, NULL, &action), 0);
	return action;
}

static int reset(void **state)
{
	(void)state;
	ticks = asks = last_value = 0;
	plain_calls = info_calls = 0;
	set((struct sigaction){.sa_handler = SIG_DFL});
	return 0;
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), 0);
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_ASK, take_ask), 0);
	send_ours(CPA_PROFSIGNAL_TICK, 77);
	assert_int_equal(ticks, 1);
	assert_int_equal(last_value, 77);
	errno = 4711;
	send_ours(CPA_PROFSIGNAL_ASK, UINT32_MAX);
	assert_int_equal(errno, 4711);
	assert_int_equal(asks, 1);
	assert_int_equal(last_value, UINT32_MAX);
	/* One that comes late ends nothing, as long as the other is there. */
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
	send_ours(CPA_PROFSIGNAL_TICK, 78);
	assert_int_equal(ticks, 1);
	send_ours(CPA_PROFSIGNAL_ASK, 0);
	assert_int_equal(asks, 2);
	cpa_profsignal_release(CPA_PROFSIGNAL_ASK);
	assert_ptr_equal(get().sa_handler, SIG_DFL);
}

static void test_forward(void **state)
{
	struct sigaction plain = {.sa_handler = on_plain};
	struct sigaction info = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction once = {.sa_handler = on_plain, .sa_flags = (int)SA_RESETHAND};
	struct sigaction old;

	(void)state;
	set(plain);
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), 0);
	assert_int_equal(raise(SIGPROF), 0);
	assert_int_equal(plain_calls, 1);
	assert_true(cpa_profsignal_wish(&info, NULL));
	send((union sigval){.sival_int = 5});
	assert_int_equal(info_calls, 1);
	assert_true(cpa_profsignal_wish(&ignore, NULL));
	assert_int_equal(raise(SIGPROF), 0);
	assert_true(cpa_profsignal_wish(&once, NULL));
	assert_int_equal(raise(SIGPROF), 0);
	assert_int_equal(plain_calls, 2);
	assert_true(cpa_profsignal_wish(NULL, &old));
	assert_ptr_equal(old.sa_handler, SIG_DFL);
	assert_int_equal(info_calls, 1);
	assert_int_equal(ticks, 0);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
}

/* Its value is ours, but not how it was sent. */
static void test_not_ours(void **state)
{
	union sigval value = cpa_profsignal_value(CPA_PROFSIGNAL_KINDS, 1);

	(void)state;
	set((struct sigaction){.sa_handler = on_plain});
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), 0);
	send(value); /* of no kind */
	send((union sigval){0});
	assert_int_equal(kill(getpid(), SIGPROF), 0);
	assert_int_equal(plain_calls, 3);
	assert_int_equal(ticks, 0);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
}

static void test_default(void **state)
{
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), 0);
	child = fork();
	if (child == 0) {
		send_ours(CPA_PROFSIGNAL_TICK, 1);
		(void)raise(SIGPROF);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGPROF);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
}

static void test_wish(void **state)
{
	struct sigaction plain = {.sa_handler = on_plain, .sa_flags = SA_RESTART}, old = plain;

	(void)state;
	assert_false(cpa_profsignal_wish(&plain, &old));
	assert_ptr_equal(old.sa_handler, on_plain);
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), 0);
	(void)sigaddset(&plain.sa_mask, SIGUSR1);
	assert_true(cpa_profsignal_wish(NULL, &old));
	assert_ptr_equal(old.sa_handler, SIG_DFL);
	old = plain;
	assert_true(cpa_profsignal_wish(&old, &old)); /* the two may be one */
	assert_ptr_equal(old.sa_handler, SIG_DFL);
	assert_true(cpa_profsignal_wish(NULL, &old));
	assert_ptr_equal(old.sa_handler, on_plain);
	/* It is not carried out yet. */
	send_ours(CPA_PROFSIGNAL_TICK, 1);
	assert_int_equal(ticks, 1);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
	old = get();
	assert_ptr_equal(old.sa_handler, on_plain);
	assert_true(old.sa_flags & SA_RESTART);
	assert_int_equal(sigismember(&old.sa_mask, SIGUSR1), 1);
}

static void test_pending(void **state)
{
	sigset_t profs, pending;

	(void)state;
	(void)sigemptyset(&profs);
	(void)sigaddset(&profs, SIGPROF);
	set((struct sigaction){.sa_handler = on_plain});
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), 0);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &profs, NULL), 0);
	send_ours(CPA_PROFSIGNAL_TICK, 1);
	assert_int_equal(sigpending(&pending), 0);
	assert_int_equal(sigismember(&pending, SIGPROF), 1);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
	assert_int_equal(sigpending(&pending), 0);
	assert_int_equal(sigismember(&pending, SIGPROF), 0);
	assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &profs, NULL), 0);
	assert_int_equal(ticks, 0);
	assert_int_equal(plain_calls, 0);
	assert_ptr_equal(get().sa_handler, on_plain);
}

static void test_fork(void **state)
{
	pid_t child;
	int status;

	(void)state;
	set((struct sigaction){.sa_handler = on_plain});
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_ASK, take_ask), 0);
	child = fork();
	if (child == 0) {
		cpa_profsignal_postfork_child();
		_exit(get().sa_handler != on_plain || cpa_profsignal_wish(NULL, NULL) ||
			cpa_profsignal_hold(CPA_PROFSIGNAL_ASK, take_ask) != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	send_ours(CPA_PROFSIGNAL_ASK, 1);
	assert_int_equal(asks, 1);
	cpa_profsignal_release(CPA_PROFSIGNAL_ASK);
}

static int refuse(int number, const struct sigaction *action, struct sigaction *ret_old)
{
	if (action) {
		errno = EPERM;
		return -1;
	}
	return sigaction(number, action, ret_old);
}

static void test_refused(void **state)
{
	(void)state;
	cpa_profsignal_init(refuse);
	errno = 4711;
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), -EPERM);
	assert_int_equal(errno, 4711);
	assert_false(cpa_profsignal_wish(NULL, NULL));
	cpa_profsignal_init(sigaction);
	assert_int_equal(cpa_profsignal_hold(CPA_PROFSIGNAL_TICK, take_tick), 0);
	send_ours(CPA_PROFSIGNAL_TICK, 1);
	assert_int_equal(ticks, 1);
	cpa_profsignal_release(CPA_PROFSIGNAL_TICK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_kinds, reset),
		cmocka_unit_test_setup(test_forward, reset),
		cmocka_unit_test_setup(test_not_ours, reset),
		cmocka_unit_test_setup(test_default, reset),
		cmocka_unit_test_setup(test_wish, reset),
		cmocka_unit_test_setup(test_pending, reset),
		cmocka_unit_test_setup(test_fork, reset),
		cmocka_unit_test_setup(test_refused, reset),
	};

	cpa_profsignal_init(sigaction);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
