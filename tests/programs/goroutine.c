/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads in every state, for dumps of them.
 *
 *   goroutine rest FORM...      threads that wait, each in its own way; then the dump in each FORM:
 *                               FILE.DEBUG, of which DEBUG is 0, 1 or 2
 *   goroutine quiet N           sleepers that check what their calls return while N dumps happen;
 *                               prints what they noticed
 *   goroutine moved FORM...     threads that wait where no frame pointer can be found; prints what
 *                               they noticed of the dumps
 *   goroutine paused N          the first thread is in pause() while another makes N dumps; status
 *                               1 when pause() returned
 *   goroutine busy FORM...      threads that run
 *   goroutine deaf FORM...      threads that block all signals, and run; or are stopped
 *   goroutine many COUNT FILE   so many waiting threads, one dump
 *   goroutine storm N           N dumps while threads fork, exec, dlopen, dlclose, begin and end
 *   goroutine child FORM...     in the child of a fork of a program with threads
 *   goroutine left FORM...      the first thread has left by pthread_exit
 *   goroutine wait              threads that wait for ever, for a debugger
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <alloca.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE    __attribute__((noinline, noclone))
#define WATCHDOG_S  100
#define THREADS_MAX 4096

#pragma weak cprof_label_push
#pragma weak cprof_profile_lookup
#pragma weak cprof_profile_count
#pragma weak cprof_write

static int pipe_fds[2]; /* never written to */
static int epoll_fd;
static sem_t never;
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t silent = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t beside = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int begun;
static _Atomic int stop;
static _Atomic int noticed;

static int dump(const char *form)
{
	const char *dot = strrchr(form, '.');
	int fd = open(form, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int result = cprof_write("goroutine", fd, dot ? atoi(dot + 1) : 0);

	close(fd);
	return result;
}

static int dump_all(char **forms)
{
	int result = 0;

	for (; *forms; forms++)
		result |= dump(*forms);
	return result != 0;
}

/* Asleep in the kernel, as far as /proc tells. */
static void wait_until_asleep(pid_t tid)
{
	char path[64], text[512] = "";

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	do {
		FILE *file = fopen(path, "r");
		const char *end = NULL;

		if (file) {
			size_t got = fread(text, 1, sizeof(text) - 1, file);

			text[got] = '\0';
			end = strrchr(text, ')');
			fclose(file);
		}
		if (end && end[2] != 'R')
			return;
		sched_yield();
	} while (1);
}

struct way {
	const char *name;
	void (*run)(void);
};

NOINLINE static void rest_in_pause(void)
{
	pause();
	atomic_fetch_add(&noticed, 1);
}

NOINLINE static void rest_in_read(void)
{
	char byte;
	long got = read(pipe_fds[0], &byte, 1);

	atomic_fetch_add(&noticed, got != 1);
}

NOINLINE static void rest_in_nanosleep(void)
{
	struct timespec long_time = {.tv_sec = 3600}, left;

	nanosleep(&long_time, &left);
	atomic_fetch_add(&noticed, 1);
}

NOINLINE static void rest_in_poll(void)
{
	struct pollfd poll_fd = {.fd = pipe_fds[0], .events = POLLIN};

	atomic_fetch_add(&noticed, poll(&poll_fd, 1, -1) < 0);
}

NOINLINE static void rest_in_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pipe_fds[0], &set);
	atomic_fetch_add(&noticed, select(pipe_fds[0] + 1, &set, NULL, NULL, NULL) < 0);
}

NOINLINE static void rest_in_epoll(void)
{
	struct epoll_event event;

	atomic_fetch_add(&noticed, epoll_wait(epoll_fd, &event, 1, -1) < 0);
}

NOINLINE static void rest_in_semaphore(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 3600;
	atomic_fetch_add(&noticed, sem_timedwait(&never, &until) < 0 && errno == EINTR);
}

NOINLINE static void rest_in_mutex(void)
{
	pthread_mutex_lock(&held);
	pthread_mutex_unlock(&held);
}

NOINLINE static void rest_in_condition(void)
{
	pthread_mutex_lock(&beside);
	pthread_cond_wait(&silent, &beside);
	pthread_mutex_unlock(&beside);
}

NOINLINE static void rest_in_deep(int depth)
{
	volatile char room[64];

	room[0] = (char)depth;
	if (depth)
		rest_in_deep(depth - 1);
	else
		pause();
	room[1] = room[0];
}

NOINLINE static void rest_deep(void)
{
	rest_in_deep(50);
	atomic_fetch_add(&noticed, 1);
}

static const struct way ways[] = {
	{"pause", rest_in_pause},
	{"read", rest_in_read},
	{"nanosleep", rest_in_nanosleep},
	{"poll", rest_in_poll},
	{"select", rest_in_select},
	{"epoll", rest_in_epoll},
	{"semaphore", rest_in_semaphore},
	{"mutex", rest_in_mutex},
	{"condition", rest_in_condition},
	{"a b [c] (d),\n\xff", rest_deep},
};
#define WAYS ((int)(sizeof(ways) / sizeof(ways[0])))

static pid_t tids[THREADS_MAX];

static void *rest(void *arg)
{
	const struct way *way = arg;
	char label[32];

	prctl(PR_SET_NAME, way->name);
	if (cprof_label_push && way - ways < 2) {
		snprintf(label, sizeof(label), "way %d", (int)(way - ways));
		(void)cprof_label_push("way", label);
	}
	tids[atomic_fetch_add(&begun, 1)] = gettid();
	way->run();
	return NULL;
}

NOINLINE static void create_resting(int copies)
{
	pthread_t thread;

	for (int i = 0; i < WAYS * copies; i++) {
		pthread_create(&thread, NULL, rest, (void *)&ways[i % WAYS]);
		pthread_detach(thread);
	}
	while (atomic_load(&begun) < WAYS * copies)
		sched_yield();
	for (int i = 0; i < WAYS * copies; i++)
		wait_until_asleep(tids[i]);
}

static int run_rest(char **forms)
{
	int result;

	create_resting(2);
	result = dump_all(forms);
	printf("count %lld\n", (long long)cprof_profile_count(cprof_profile_lookup("goroutine")));
	return result;
}

/* How far the stack pointer goes is known to the frame pointer alone, in every build. */
NOINLINE static void rest_moved(const struct way *way)
{
	volatile char *room = alloca(strlen(way->name));

	room[0] = 1;
	way->run();
	room[0] = 2;
}

static void *run_rest_moved(void *way)
{
	tids[atomic_fetch_add(&begun, 1)] = gettid();
	rest_moved(way);
	return NULL;
}

NOINLINE static int run_moved(char **forms)
{
	pthread_t thread;
	int result;

	for (int i = 0; i < 2; i++)
		pthread_create(&thread, NULL, run_rest_moved, (void *)&ways[i]);
	while (atomic_load(&begun) < 2)
		sched_yield();
	for (int i = 0; i < 2; i++)
		wait_until_asleep(tids[i]);
	result = dump_all(forms);
	printf("noticed %d\n", atomic_load(&noticed));
	return result;
}

static int run_quiet(int dumps)
{
	create_resting(1);
	for (int i = 0; i < dumps; i++)
		dump("/dev/null");
	printf("noticed %d\n", atomic_load(&noticed));
	return 0;
}

static pid_t first_tid;

static void *dump_others(void *dumps)
{
	wait_until_asleep(first_tid);
	for (int i = 0; i < *(int *)dumps; i++)
		dump("/dev/null");
	wait_until_asleep(first_tid); /* where pause() has returned, it never is again */
	exit(0);
}

static int run_paused(int dumps)
{
	pthread_t thread;

	first_tid = gettid();
	pthread_create(&thread, NULL, dump_others, &dumps);
	pause();
	return 1;
}

NOINLINE static unsigned long spin_here(void)
{
	unsigned long count = 0;

	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		count++;
	return count;
}

static void *spin(void *deaf)
{
	sigset_t all;

	sigfillset(&all);
	if (deaf)
		pthread_sigmask(SIG_SETMASK, &all, NULL);
	atomic_fetch_add(&begun, 1);
	return (void *)spin_here();
}

static int run_spin(char **forms, bool deaf)
{
	pthread_t threads[3];
	int result;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, spin, deaf ? &begun : NULL);
	while (atomic_load(&begun) < 3)
		sched_yield();
	result = dump_all(forms);
	atomic_store(&stop, 1);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return result;
}

static void *rest_simply(void *arg)
{
	tids[atomic_fetch_add(&begun, 1)] = gettid();
	while (sem_wait(&never) != 0)
		continue;
	return arg;
}

static int run_many(int count, const char *form)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 128 * 1024);
	for (int i = 0; i < count; i++)
		if (pthread_create(&thread, &attr, rest_simply, NULL) != 0)
			return 77;
	while (atomic_load(&begun) < count)
		sched_yield();
	for (int i = 0; i < count; i++)
		wait_until_asleep(tids[i]);
	return dump(form) != 0;
}

static void *end_at_once(void *arg)
{
	return arg;
}

static void *make_storm(void *arg)
{
	long kind = (long)arg;

	while (!atomic_load(&stop)) {
		if (kind == 0) {
			pthread_t thread;

			if (pthread_create(&thread, NULL, end_at_once, NULL) == 0)
				pthread_join(thread, NULL);
		} else if (kind == 1) {
			pid_t child = fork();

			if (child == 0)
				_exit(0);
			int status = 1;
			waitpid(child, &status, 0);
			atomic_fetch_add(&noticed, status != 0);
		} else if (kind == 2) {
			void *library = dlopen("libm.so.6", RTLD_NOW);
			void *other = dlopen("libutil.so.1", RTLD_NOW);

			if (other)
				dlclose(other);
			if (library)
				dlclose(library);
		} else {
			free(malloc(100));
		}
	}
	return NULL;
}

static int run_storm(int dumps)
{
	pthread_t threads[4];
	int failed = 0;

	for (long i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, make_storm, (void *)i);
	for (int i = 0; i < dumps; i++)
		failed += cprof_write ? dump("/dev/null") != 0 : 0;
	atomic_store(&stop, 1);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("failed %d, children failed %d\n", failed, atomic_load(&noticed));
	return 0;
}

static int run_child(char **forms)
{
	int status = 1;
	pid_t child;

	create_resting(1);
	child = fork();
	if (child == 0)
		_exit(dump_all(forms));
	waitpid(child, &status, 0);
	return status != 0;
}

static void *go_on(void *forms)
{
	wait_until_asleep(first_tid); /* a zombie */
	exit(dump_all(forms));
}

static int run_left(char **forms)
{
	pthread_t thread;

	first_tid = gettid();
	pthread_create(&thread, NULL, go_on, forms);
	pthread_exit(NULL);
}

int main(int argc, char **argv)
{
	struct epoll_event event = {.events = EPOLLIN};
	const char *what = argc > 1 ? argv[1] : "";

	alarm(WATCHDOG_S);
	if (pipe2(pipe_fds, O_CLOEXEC) < 0 || (epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0)
		return 1;
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, pipe_fds[0], &event);
	sem_init(&never, 0, 0);
	pthread_mutex_lock(&held);
	if (!strcmp(what, "rest"))
		return run_rest(argv + 2);
	if (!strcmp(what, "quiet") && argc == 3)
		return run_quiet(atoi(argv[2]));
	if (!strcmp(what, "moved"))
		return run_moved(argv + 2);
	if (!strcmp(what, "paused") && argc == 3)
		return run_paused(atoi(argv[2]));
	if (!strcmp(what, "busy"))
		return run_spin(argv + 2, false);
	if (!strcmp(what, "deaf"))
		return run_spin(argv + 2, true);
	if (!strcmp(what, "many") && argc == 4)
		return run_many(atoi(argv[2]), argv[3]);
	if (!strcmp(what, "storm") && argc == 3)
		return run_storm(atoi(argv[2]));
	if (!strcmp(what, "child"))
		return run_child(argv + 2);
	if (!strcmp(what, "left"))
		return run_left(argv + 2);
	if (!strcmp(what, "wait")) {
		create_resting(1);
		printf("waiting\n");
		fflush(stdout);
		pause();
		return 0;
	}
	return 2;
}
