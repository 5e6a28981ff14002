/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads created in every way there is.
 *
 *   threadcreate plan FILE [TEXT]  a known number from each place, some still there; into files
 *   threadcreate labels            threads allocate under labels they inherited
 *   threadcreate behave            all that a program may notice of a thread's start and end
 *   threadcreate storm N           N rounds of short threads from threads, with forks between
 *   threadcreate fork              a child of a thread, which counts its own threads
 *   threadcreate crowd FILE        3000 threads, none of which begins before all are created, where
 *                                  the system lets us have real-time priority
 *   threadcreate wait              a thread that waits for ever, for a debugger
 *
 * Prints the same with and without the library, but in plan, labels and fork, which need it.
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#define NOINLINE   __attribute__((noinline, noclone))
#define KEEP(ptr)  __asm__ volatile("" : "+r"(ptr) : : "memory")
#define WATCHDOG_S 100

#pragma weak cprof_label_push
#pragma weak cprof_label_pop
#pragma weak cprof_profile_lookup
#pragma weak cprof_profile_count
#pragma weak cprof_write

static sem_t go;

static void *wait_for_go(void *arg)
{
	while (sem_wait(&go) != 0)
		continue;
	return arg;
}

static void *return_at_once(void *arg)
{
	return arg;
}

static void *exit_early(void *arg)
{
	pthread_exit(arg);
}

static int return_c11(void *arg)
{
	return (int)(intptr_t)arg;
}

static void *wait_to_be_cancelled(void *arg)
{
	for (;;)
		pause();
	return arg;
}

NOINLINE static pthread_t create_short(void *(*run)(void *))
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, NULL);

	KEEP(error);
	return thread;
}

NOINLINE static pthread_t create_waiting(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, wait_for_go, NULL);

	KEEP(error);
	return thread;
}

NOINLINE static thrd_t create_c11(void)
{
	thrd_t thread;
	int error = thrd_create(&thread, return_c11, NULL);

	KEEP(error);
	return thread;
}

NOINLINE static int create_none(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)1 << 46);
	error = pthread_create(&thread, &attr, return_at_once, NULL);
	KEEP(error);
	pthread_attr_destroy(&attr);
	return error;
}

static int write_to(const char *path, int debug)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int result = cprof_write("threadcreate", fd, debug);

	close(fd);
	return result;
}

static int plan(int argc, char **argv)
{
	pthread_t threads[8];
	int result = 0;

	for (int i = 0; i < 5; i++)
		pthread_join(create_short(return_at_once), NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(create_short(exit_early), NULL);
	threads[0] = create_short(wait_to_be_cancelled);
	pthread_cancel(threads[0]);
	pthread_join(threads[0], NULL);
	for (int i = 0; i < 3; i++)
		threads[i] = create_waiting();
	for (int i = 0; i < 2; i++)
		thrd_join(create_c11(), NULL);
	printf("none: %s\n", strerrorname_np(create_none()));
	printf("live %lld\n", (long long)cprof_profile_count(cprof_profile_lookup("threadcreate")));
	result |= argc > 2 ? write_to(argv[2], 0) : 0;
	result |= argc > 3 ? write_to(argv[3], 1) : 0;
	for (int i = 0; i < 3; i++)
		sem_post(&go);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("live %lld\n", (long long)cprof_profile_count(cprof_profile_lookup("threadcreate")));
	return result != 0;
}

NOINLINE static void work(size_t size_bytes)
{
	char *ptr = malloc(size_bytes);

	KEEP(ptr);
}

static void *work_inside(void *arg)
{
	work((size_t)(uintptr_t)arg);
	/* What this thread pops and pushes is its own affair. */
	(void)cprof_label_pop(0);
	work((size_t)(uintptr_t)arg * 2);
	(void)cprof_label_push("own", "yes");
	work((size_t)(uintptr_t)arg * 3);
	return NULL;
}

static int work_inside_c11(void *arg)
{
	return work_inside(arg) != NULL;
}

static int inherit(void)
{
	pthread_t thread;
	thrd_t c11;

	pthread_create(&thread, NULL, work_inside, (void *)1000);
	pthread_join(thread, NULL);
	(void)cprof_label_push("request", "login");
	pthread_create(&thread, NULL, work_inside, (void *)10000);
	pthread_join(thread, NULL);
	(void)cprof_label_push("by", "c11");
	thrd_create(&c11, work_inside_c11, (void *)100000);
	thrd_join(c11, NULL);
	work(7);
	return 0;
}

/* Behaviour */

static pthread_key_t key;
static _Thread_local int initialised = 41;

static void say_key(void *value)
{
	printf("key's destructor: %s\n", (const char *)value);
}

static void say_cleanup(void *arg)
{
	printf("cleanup: %s\n", (const char *)arg);
}

/* Whose code is on this thread's stack, besides the program's and the C library's? */
NOINLINE static void say_frames(void)
{
	void *frames[32];
	int depth = backtrace(frames, 32);
	int others = 0;

	for (int i = 0; i < depth; i++) {
		Dl_info info = {0};

		if (dladdr(frames[i], &info) && info.dli_fname &&
			strstr(info.dli_fname, "cprofalloc"))
			others++;
	}
	printf("frames: %d deep or less: %d, of others: %d\n", 8, depth <= 8, others);
}

static void *look_around(void *arg)
{
	pthread_attr_t attr;
	size_t stack_bytes = 0;
	int state = 0;

	pthread_setspecific(key, "set");
	pthread_getattr_np(pthread_self(), &attr);
	pthread_attr_getstacksize(&attr, &stack_bytes);
	pthread_attr_getdetachstate(&attr, &state);
	pthread_attr_destroy(&attr);
	printf("arg %s, thread-local %d, errno %d, detached %d, small %d\n", (const char *)arg,
		++initialised, errno, state == PTHREAD_CREATE_DETACHED, stack_bytes <= 1 << 20);
	pthread_cleanup_push(say_cleanup, "at exit");
	say_frames();
	if (state == PTHREAD_CREATE_DETACHED)
		sem_post(&go);
	pthread_exit("exited");
	pthread_cleanup_pop(0);
	return NULL;
}

static void *wait_cleanly(void *arg)
{
	pthread_cleanup_push(say_cleanup, "when cancelled");
	pthread_setspecific(key, "of the cancelled");
	sem_post(&go);
	for (;;)
		pause();
	pthread_cleanup_pop(0);
	return arg;
}

static void *count_signals(void *arg)
{
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	printf("inherits the mask: %d\n", sigismember(&mask, SIGUSR2));
	return arg;
}

static void attributes(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	void *result;
	sigset_t mask;
	char *stack = aligned_alloc(4096, 65536);

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)PTHREAD_STACK_MIN);
	printf("minimal stack: %d\n", pthread_create(&thread, &attr, return_at_once, "x"));
	pthread_join(thread, &result);
	printf("result %s\n", (const char *)result);
	pthread_attr_setstack(&attr, stack, 65536);
	printf("own stack: %d\n", pthread_create(&thread, &attr, return_at_once, "y"));
	pthread_join(thread, &result);
	printf("result %s\n", (const char *)result);
	free(stack);
	pthread_attr_destroy(&attr);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_OTHER);
	printf("policy: %d\n", pthread_create(&thread, &attr, return_at_once, NULL));
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
	pthread_create(&thread, NULL, count_signals, NULL);
	pthread_join(thread, NULL);
}

static int behave(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	thrd_t c11;
	void *result;
	int status, kept_errno;

	pthread_key_create(&key, say_key);
	errno = 77;
	status = pthread_create(&thread, NULL, look_around, "joined");
	kept_errno = errno;
	/* After the join: both print. */
	pthread_join(thread, &result);
	printf("create %d, errno %d\n", status, kept_errno);
	printf("result %s\n", (const char *)result);
	pthread_create(&thread, NULL, wait_cleanly, NULL);
	sem_wait(&go);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	printf("cancelled %d\n", result == PTHREAD_CANCELED);
	printf("create none: %d, errno %d\n", create_none() == EAGAIN, errno == ENOMEM);
	attributes();
	thrd_create(&c11, return_c11, (void *)-5);
	printf("c11: join %d, ", thrd_join(c11, &status));
	printf("result %d\n", status);
	/* Last: its output comes when it comes. */
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_create(&thread, &attr, look_around, "detached");
	sem_wait(&go);
	pthread_attr_destroy(&attr);
	fflush(stdout);
	pthread_exit(NULL); /* the process ends with its last thread */
}

static _Atomic int broken, ran;

static void *nested(void *arg)
{
	intptr_t left = (intptr_t)arg;
	pthread_t thread;

	atomic_fetch_add(&ran, 1);
	free(malloc(100));
	if (left && pthread_create(&thread, NULL, nested, (void *)(left - 1)))
		atomic_store(&broken, 1);
	else if (left)
		pthread_join(thread, NULL);
	return NULL;
}

static int storm(int rounds)
{
	pthread_t threads[50];

	for (int round = 0; round < rounds; round++) {
		int status = -1;
		pid_t pid;

		for (int i = 0; i < 50; i++)
			if (pthread_create(&threads[i], NULL, nested, (void *)(intptr_t)(i % 4)))
				return 1;
		pid = fork();
		if (pid == 0) {
			alarm(WATCHDOG_S);
			pthread_create(&threads[0], NULL, nested, (void *)2);
			pthread_join(threads[0], NULL);
			_exit(atomic_load(&broken));
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			atomic_store(&broken, 1);
		for (int i = 0; i < 50; i++)
			pthread_join(threads[i], NULL);
	}
	/* 13 x 0, 13 x 1, 12 x 2, 12 x 3 more threads of each */
	printf("%s, %d\n", broken ? "broken" : "whole", ran - rounds * (50 + 13 + 2 * 12 + 3 * 12));
	return broken;
}

static void *fork_inside(void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread = create_waiting();
		cprof_profile *profile = cprof_profile_lookup("threadcreate");

		printf("child: live %lld\n", (long long)cprof_profile_count(profile));
		sem_post(&go);
		pthread_join(thread, NULL);
		printf("child: live %lld\n", (long long)cprof_profile_count(profile));
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return arg;
}

static int fork_in_thread(void)
{
	cprof_profile *profile = cprof_profile_lookup("threadcreate");
	pthread_t waiting = create_waiting();

	pthread_join(create_short(fork_inside), NULL);
	printf("parent: live %lld\n", (long long)cprof_profile_count(profile));
	sem_post(&go);
	pthread_join(waiting, NULL);
	return 0;
}

#define CROWD 3000

/* On one processor no thread of the same real-time priority runs before we wait. */
static int crowd(const char *path)
{
	struct sched_param param = {.sched_priority = 1};
	pthread_t *threads = calloc(CROWD, sizeof(*threads));
	pthread_attr_t attr;
	cpu_set_t one;
	int made = 0, result;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
	(void)sched_setscheduler(0, SCHED_FIFO, &param);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	while (made < CROWD && !pthread_create(&threads[made], &attr, wait_for_go, NULL))
		made++;
	result = write_to(path, 0);
	for (int i = 0; i < made; i++)
		sem_post(&go);
	for (int i = 0; i < made; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	printf("made %d\n", made);
	return result != 0;
}

NOINLINE static void *wait_in_function(void *arg)
{
	puts("waiting");
	fflush(stdout);
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	alarm(WATCHDOG_S);
	sem_init(&go, 0, 0);
	if (!strcmp(mode, "plan"))
		return plan(argc, argv);
	if (!strcmp(mode, "labels"))
		return inherit();
	if (!strcmp(mode, "behave"))
		return behave();
	if (!strcmp(mode, "storm"))
		return storm(argc > 2 ? atoi(argv[2]) : 20);
	if (!strcmp(mode, "fork"))
		return fork_in_thread();
	if (!strcmp(mode, "crowd") && argc > 2)
		return crowd(argv[2]);
	if (!strcmp(mode, "wait"))
		return pthread_join(create_short(wait_in_function), NULL);
	return 2;
}
