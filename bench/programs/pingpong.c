/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that hand one mutex to each other, as fast as they can, for so long.
 *
 *   pingpong SHAPE THREADS SECONDS [TRACE]
 *
 * SHAPE "grab": each locks, counts, unlocks, at once again; "hold": with some 200 ns of work under
 * the lock; "turns": strictly in turn, each wakes the next one by a condition, so that every turn
 * is a wait. TRACE is the file of an execution trace meanwhile.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <cprofalloc.h>

#define THREADS_MAX 64
#define HOLD_ROUNDS 500

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t next[THREADS_MAX];
static int threads, holder;
static uint64_t turns;
static _Atomic int over;
static int hold_rounds;

static double now_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static long waits(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw;
}

__attribute__((noinline)) static void take(void)
{
	(void)pthread_mutex_lock(&table);
	turns++;
	for (int i = 0; i < hold_rounds; i++)
		__asm__ volatile("" ::: "memory");
	(void)pthread_mutex_unlock(&table);
}

static void *grabs(void *unused)
{
	while (!over)
		take();
	return unused;
}

__attribute__((noinline)) static void take_turn(int own)
{
	(void)pthread_mutex_lock(&table);
	while (holder != own && !over)
		(void)pthread_cond_wait(&next[own], &table);
	turns++;
	holder = (own + 1) % threads;
	(void)pthread_cond_signal(&next[holder]);
	(void)pthread_mutex_unlock(&table);
}

static void *turns_of(void *own)
{
	while (!over)
		take_turn((int)(intptr_t)own);
	/* Whoever waits is told that it is over. */
	for (int i = 0; i < threads; i++)
		(void)pthread_cond_broadcast(&next[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	struct timespec seconds = {.tv_sec = argc > 3 ? atoi(argv[3]) : 1};
	void *(*run)(void *) = argc > 1 && !strcmp(argv[1], "turns") ? turns_of : grabs;
	double cpu_ns, wall_ns;
	pthread_t others[THREADS_MAX];
	long before;

	threads = argc > 2 ? atoi(argv[2]) : 8;
	hold_rounds = argc > 1 && !strcmp(argv[1], "hold") ? HOLD_ROUNDS : 0;
	if (threads < 1 || threads > THREADS_MAX)
		return 2;
	for (int i = 0; i < threads; i++)
		(void)pthread_cond_init(&next[i], NULL);
	if (argc > 4 && cprof_trace_start(open(argv[4], O_CREAT | O_TRUNC | O_WRONLY, 0600)) != 0)
		return 1;
	before = waits();
	cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	wall_ns = now_ns(CLOCK_MONOTONIC);
	for (intptr_t i = 0; i < threads; i++)
		if (pthread_create(&others[i], NULL, run, (void *)i) != 0)
			return 1;
	(void)nanosleep(&seconds, NULL);
	over = 1;
	for (int i = 0; i < threads; i++)
		(void)pthread_join(others[i], NULL);
	wall_ns = now_ns(CLOCK_MONOTONIC) - wall_ns;
	cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns;
	printf("turns %.0f\n", (double)turns);
	printf("waits %.0f\n", (double)(waits() - before));
	printf("wall_ns_per_turn %.3f\n", wall_ns / (double)turns);
	printf("cpu_ns_per_turn %.3f\n", cpu_ns / (double)turns);
	return argc > 4 && cprof_trace_stop() != 0;
}
