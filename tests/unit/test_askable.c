/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are threads told apart that would notice a signal, and is what is said of each call what the
 * kernel does: those that are askable go on, the others end early?
 * Not here: that others are not asked (goroutine.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/askable.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int pipe_fds[2], socket_fds[2];
static sem_t semaphore;
static pid_t child;
static const struct timespec hour = {.tv_sec = 3600};

static int sleep_in_pipe(void)
{
	char byte;

	return read(pipe_fds[0], &byte, 1) == 1 ? 0 : errno;
}

static int sleep_in_semaphore(void)
{
	return sem_wait(&semaphore) == 0 ? 0 : errno;
}

static int sleep_in_child(void)
{
	return waitpid(child, NULL, 0) == child ? 0 : errno;
}

static int sleep_in_limited_semaphore(void)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += hour.tv_sec;
	return sem_timedwait(&semaphore, &until) == 0 ? 0 : errno;
}

/* read(2) of a socket with a time limit ends with EINTR, too. */
static int sleep_in_socket(void)
{
	char byte;

	return read(socket_fds[0], &byte, 1) == 1 ? 0 : errno;
}

static int sleep_in_poll(void)
{
	return ppoll(NULL, 0, NULL, NULL) == 0 ? 0 : errno;
}

static int sleep_in_sigsuspend(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	return sigsuspend(&none) == 0 ? 0 : errno;
}

static int sleep_in_nanosleep(void)
{
	return clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL);
}

/* Half of it is written when the pipe is full. */
static int sleep_in_write(void)
{
	static char bytes[1 << 20];
	int fds[2];
	long written_bytes;

	assert_int_equal(pipe(fds), 0);
	written_bytes = write(fds[1], bytes, sizeof(bytes));
	(void)close(fds[0]);
	(void)close(fds[1]);
	return written_bytes == sizeof(bytes) ? 0 : EINTR;
}

static const struct way {
	int (*sleep)(void);
	long call_number;
	bool askable;
} ways[] = {
	{sleep_in_pipe, SYS_read, true},
	{sleep_in_semaphore, SYS_futex, true},
	{sleep_in_child, SYS_wait4, true},
	{sleep_in_limited_semaphore, SYS_futex, false},
	{sleep_in_socket, SYS_read, false},
	{sleep_in_poll, SYS_ppoll, false},
	{sleep_in_sigsuspend, SYS_rt_sigsuspend, false},
	{sleep_in_nanosleep, SYS_clock_nanosleep, false},
	{sleep_in_write, SYS_write, false},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static const struct way *way;
static _Atomic uint32_t sleeper_tid;
static _Atomic bool is_handled, has_ended;
static int result; /* 0, or what the program noticed */

static void on_signal(int number)
{
	(void)number;
	atomic_store(&is_handled, true);
}

static void *run(void *arg)
{
	atomic_store(&sleeper_tid, (uint32_t)gettid());
	result = way->sleep();
	atomic_store(&has_ended, true);
	return arg;
}

/* Asleep where it is to be, or false: at its end. */
static bool await_sleep(struct cpa_proctask_sleep *ret_sleep)
{
	while (!atomic_load(&has_ended)) {
		if (atomic_load(&sleeper_tid) && cpa_proctask_sleep(sleeper_tid, ret_sleep) &&
			ret_sleep->call_number == way->call_number)
			return true;
		(void)sched_yield();
	}
	return false;
}

static void wake(void)
{
	if (way->sleep == sleep_in_pipe)
		assert_int_equal(write(pipe_fds[1], "", 1), 1);
	else if (way->sleep == sleep_in_semaphore)
		assert_int_equal(sem_post(&semaphore), 0);
	else
		assert_int_equal(kill(child, SIGKILL), 0);
}

static void check_way(void)
{
	struct cpa_proctask_sleep sleep;
	pthread_t thread;

	sleeper_tid = 0;
	is_handled = has_ended = false;
	assert_int_equal(pthread_create(&thread, NULL, run, NULL), 0);
	assert_true(await_sleep(&sleep));
	errno = 4711;
	assert_int_equal(cpa_askable(sleeper_tid), way->askable);
	assert_int_equal(cpa_askable_asleep(sleeper_tid, &sleep), way->askable);
	assert_int_equal(errno, 4711);
	assert_int_equal(syscall(SYS_tgkill, getpid(), sleeper_tid, SIGPROF), 0);
	while (!atomic_load(&is_handled))
		(void)sched_yield();
	if (way->askable && await_sleep(&sleep))
		wake();
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(result, way->askable ? 0 : EINTR);
}

static void test_calls(void **state)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	(void)state;
	assert_int_equal(sigaction(SIGPROF, &action, NULL), 0);
	for (way = ways; way < ways + WAYS; way++) {
		child = fork();
		if (child == 0)
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (child == 0)
			(void)pause();
		check_way();
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}
}

static _Atomic bool stop;

static void *spin(void *arg)
{
	atomic_store(&sleeper_tid, (uint32_t)gettid());
	while (!atomic_load(&stop))
		continue;
	return arg;
}

static void test_running(void **state)
{
	pthread_t thread;

	(void)state;
	sleeper_tid = 0;
	assert_int_equal(pthread_create(&thread, NULL, spin, NULL), 0);
	while (!atomic_load(&sleeper_tid))
		(void)sched_yield();
	assert_true(cpa_askable(sleeper_tid));
	atomic_store(&stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static int make(void **state)
{
	struct timeval limit = {.tv_sec = 3600};

	(void)state;
	if (pipe(pipe_fds) || sem_init(&semaphore, 0, 0) ||
		socketpair(AF_UNIX, SOCK_STREAM, 0, socket_fds))
		return -1;
	return setsockopt(socket_fds[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_running),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
