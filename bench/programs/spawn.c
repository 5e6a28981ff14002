/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long does it take to create a thread that does nothing and to join it?
 *
 *	spawn COUNT
 *
 * prints "spawn_ns X" and "spawn_cpu_ns X": wall-clock time, and CPU time of both threads, for one.
 *
 * From 20 frames deep, as threads of real programs are.
 * Not here: the comparison (bench/threads).
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void *nothing(void *arg)
{
	return arg;
}

__attribute__((noinline)) static int spawn(int depth)
{
	pthread_t thread;
	int result;

	if (depth > 0) {
		result = spawn(depth - 1);
	} else {
		result = pthread_create(&thread, NULL, nothing, NULL);
		if (result == 0)
			result = pthread_join(thread, NULL);
	}
	__asm__ volatile("" : "+r"(result));
	return result;
}

static double now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 10000;
	double begin_ns, begin_cpu_ns;

	for (long i = 0; i < 100; i++)
		if (spawn(17))
			return 1;
	begin_ns = now_ns(CLOCK_MONOTONIC);
	begin_cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	for (long i = 0; i < count; i++)
		if (spawn(17))
			return 1;
	printf("spawn_cpu_ns %.1f\n",
		(now_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu_ns) / (double)count);
	printf("spawn_ns %.1f\n", (now_ns(CLOCK_MONOTONIC) - begin_ns) / (double)count);
	return 0;
}
