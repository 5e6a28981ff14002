/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mutex, locked and unlocked so many times by each of so many threads, which do a little with it
 * and as much without it:
 *
 *   lockpair PAIRS [THREADS [STEPS]]
 *
 * THREADS 0: the first thread alone, in a process that never had another; 1: that had one. Prints
 * the wall-clock and the CPU time of a pair.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t ready;
static long pairs, steps;

static void work(void)
{
	for (volatile long i = 0; i < steps; i++)
		;
}

__attribute__((noinline)) void measured(void)
{
	for (long i = 0; i < pairs; i++) {
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
	}
}

static void contend(void)
{
	for (long i = 0; i < pairs; i++) {
		pthread_mutex_lock(&mutex);
		work();
		pthread_mutex_unlock(&mutex);
		work();
	}
}

static void *run(void *arg)
{
	pthread_barrier_wait(&ready);
	if (steps)
		contend();
	else
		measured();
	return arg;
}

static void *do_nothing(void *arg)
{
	return arg;
}

static double now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

int main(int argc, char **argv)
{
	int asked = argc > 2 ? atoi(argv[2]) : 0, count = asked > 1 ? asked : 1;
	pthread_t threads[64];
	double wall_ns, cpu_ns;

	if (asked == 1 && pthread_create(&threads[0], NULL, do_nothing, NULL) == 0)
		pthread_join(threads[0], NULL);
	pairs = argc > 1 ? atol(argv[1]) : 100000;
	steps = argc > 3 ? atol(argv[3]) : 0;
	pthread_barrier_init(&ready, NULL, (unsigned)count);
	for (int i = 1; i < count && i < 64; i++)
		pthread_create(&threads[i], NULL, run, NULL);
	wall_ns = now_ns(CLOCK_MONOTONIC);
	cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	run(NULL);
	for (int i = 1; i < count && i < 64; i++)
		pthread_join(threads[i], NULL);
	wall_ns = now_ns(CLOCK_MONOTONIC) - wall_ns;
	cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns;
	printf("wall_ns %f\ncpu_ns %f\n", wall_ns / (double)pairs / count,
		cpu_ns / (double)pairs / count);
	return 0;
}
