/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an execution trace should show: tasks, regions, messages, threads that begin and end.
 *
 *   traced plan FILE     a known course, traced into FILE
 *   traced calls         what the calls return
 *   traced pingpong FILE MS
 *                        8 threads on one mutex for so long, traced into FILE ("-": not traced);
 *                        prints how often it was taken
 *   traced threads N     N threads one after the other while a trace is written to standard output
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cprofalloc.h"

#define WORKERS 3
#define ROUNDS  10

static uint64_t task;

__attribute__((noinline)) static void *work(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		cprof_region_begin(task, "outer");
		cprof_region_begin(0, "inner");
		cprof_trace_log(task, "worker", arg);
		cprof_region_end(0, "inner");
		cprof_region_end(task, "outer");
	}
	return NULL;
}

static int plan(const char *path)
{
	static char names[WORKERS][8] = {"one", "two", "three"};
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	pthread_t threads[WORKERS];
	uint64_t part;

	if (cprof_trace_start(fd) != 0)
		return 1;
	(void)close(fd); /* the trace goes on */
	task = cprof_task_begin(0, "request");
	part = cprof_task_begin(task, "part");
	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&threads[i], NULL, work, names[i]))
			return 1;
	for (int i = 0; i < WORKERS; i++)
		(void)pthread_join(threads[i], NULL);
	cprof_task_end(part);
	cprof_task_end(task);
	return cprof_trace_stop() != 0;
}

static void say(const char *what, int result)
{
	printf("%s: %s\n", what, result ? strerrorname_np(-result) : "0");
}

static int calls(void)
{
	char long_text[3000];
	int fd = open("/dev/null", O_WRONLY), full = open("/dev/full", O_WRONLY);

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	say("stop before start", cprof_trace_stop());
	say("start on a closed descriptor", cprof_trace_start(999));
	say("start", cprof_trace_start(fd));
	say("start again", cprof_trace_start(fd));
	cprof_region_end(0, "never begun");
	cprof_region_begin(7, NULL);
	cprof_region_end(7, NULL);
	cprof_task_end(99);
	cprof_trace_log(0, NULL, NULL);
	cprof_trace_log(0, long_text, long_text);
	say("stop", cprof_trace_stop());
	say("stop again", cprof_trace_stop());
	say("start on a full disk", cprof_trace_start(full));
	say("stop on a full disk", cprof_trace_stop());
	say("start", cprof_trace_start(fd));
	printf("tasks are numbered: %d\n", cprof_task_begin(0, NULL) != 0);
	return 0;
}

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static uint64_t taken, end_ns;

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

__attribute__((noinline)) static void take_turn(void)
{
	(void)pthread_mutex_lock(&table);
	taken++;
	(void)pthread_mutex_unlock(&table);
}

static void *play(void *arg)
{
	while (now_ns() < end_ns)
		for (int i = 0; i < 100; i++)
			take_turn();
	return arg;
}

static int pingpong(const char *path, int ms)
{
	bool traces = strcmp(path, "-") != 0;
	pthread_t threads[8];

	if (traces && cprof_trace_start(open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600)) != 0)
		return 1;
	end_ns = now_ns() + (uint64_t)ms * 1000000u;
	for (int i = 0; i < 8; i++)
		if (pthread_create(&threads[i], NULL, play, NULL))
			return 1;
	for (int i = 0; i < 8; i++)
		(void)pthread_join(threads[i], NULL);
	printf("%" PRIu64 "\n", taken);
	return traces && cprof_trace_stop() != 0;
}

static void *nothing(void *arg)
{
	return arg;
}

static int many(int count)
{
	if (cprof_trace_start(STDOUT_FILENO) != 0)
		return 1;
	for (int i = 0; i < count; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, nothing, NULL))
			return 1;
		(void)pthread_join(thread, NULL);
	}
	return cprof_trace_stop() != 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "plan"))
		return plan(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "calls"))
		return calls();
	if (argc == 4 && !strcmp(argv[1], "pingpong"))
		return pingpong(argv[2], atoi(argv[3]));
	if (argc == 3 && !strcmp(argv[1], "threads"))
		return many(atoi(argv[2]));
	return 2;
}
