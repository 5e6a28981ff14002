/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two sides of a wait: one waits, the other learns from the kernel that it sleeps, and ends it
 * later. What both have measured are bounds of the wait that hold however busy the machine is:
 *
 *   begin <= the wait begins <= asleep ... given <= the wait is ended <= end
 *
 * Not here: which waits (lockwaits.c, locktroubles.c, evenwaits.c), the judgement
 * (helpers/wait_bounds.py).
 */
#ifndef CPA_TESTS_WATCH_H
#define CPA_TESTS_WATCH_H

#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cprofalloc.h"

#pragma weak cprof_write

struct watch {
	int pid, tid;                           /* the waiter's */
	_Atomic bool about;                     /* the next time it sleeps it waits */
	long long begin_ns, end_ns;             /* the waiter's: around its call */
	long long asleep_ns, given_ns, gave_ns; /* the other's: given and gave around its call */
};

static inline long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline void pause_ms(long ms)
{
	struct timespec left = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&left, &left) != 0)
		;
}

static inline struct timespec from_now(clockid_t clock, long ms)
{
	struct timespec now;

	clock_gettime(clock, &now);
	now.tv_nsec += ms % 1000 * 1000000;
	now.tv_sec += ms / 1000 + now.tv_nsec / 1000000000;
	now.tv_nsec %= 1000000000;
	return now;
}

/* Nothing without the library. */
static inline void write_profile(const char *name, const char *path, int debug)
{
	int fd;

	if (!cprof_write)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || cprof_write(name, fd, debug) != 0)
		exit(1);
	close(fd);
}

/* The calling thread will wait; of which others may be told in another process. */
static inline void watch_me(struct watch *watch)
{
	watch->pid = (int)getpid();
	watch->tid = (int)gettid();
	watch->about = false;
}

static inline bool watch_sleeps(int stat_fd)
{
	char text[512];
	ssize_t length = pread(stat_fd, text, sizeof(text) - 1, 0);

	if (length <= 0)
		exit(1);
	text[length] = '\0';
	return strstr(text, ") S ") != NULL;
}

/* Until the waiter waits. */
static inline void watch_until_asleep(struct watch *watch)
{
	char path[64];
	int stat_fd;

	while (!watch->about)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", watch->pid, watch->tid);
	stat_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (stat_fd < 0)
		exit(1);
	while (!watch_sleeps(stat_fd))
		sched_yield();
	watch->asleep_ns = now_ns();
	close(stat_fd);
}

/* A line "what name lower upper" in the file measured. Nothing without the library. */
static inline void watch_say(
	const char *what, const char *name, long long lower_ns, long long upper_ns)
{
	FILE *file = cprof_write ? fopen("measured", "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s %s %lld %lld\n", what, name, lower_ns, upper_ns);
	fclose(file);
}

#endif
