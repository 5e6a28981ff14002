/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fixed piece of work that only computes, 20 frames deep, in so many threads.
 *
 *   spin THREADS ROUNDS    prints "cpu_ns X" of the whole process and "wall_ns X"
 *
 * Threads of ours are in cpu_ns too. A round is a walk through 16 KiB, which stay in the first
 * cache: what a signal handler throws out of it is paid for.
 * Not here: what a profile says of it (tests/programs/cpu.cc).
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WORDS       2048u
#define DEPTH       16
#define THREADS_MAX 64

static long rounds;

__attribute__((noinline)) static uint64_t work(uint64_t *words)
{
	uint64_t sum = 1;

	for (long i = 0; i < rounds; i++)
		for (uint32_t j = 0; j < WORDS; j++) {
			sum = sum * 31 + words[j];
			words[j] = sum;
		}
	return sum;
}

/* Called, not jumped to: the frame must be there. */
__attribute__((noinline)) static uint64_t descend(int levels, uint64_t *words)
{
	uint64_t sum = levels ? descend(levels - 1, words) : work(words);

	__asm__ volatile("" : "+r"(sum)::"memory");
	return sum;
}

static void *run(void *unused)
{
	uint64_t words[WORDS] = {0};

	(void)unused;
	return descend(DEPTH, words) ? words[0] ? NULL : &rounds : NULL;
}

static double now_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 1;
	double cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID), wall_ns = now_ns(CLOCK_MONOTONIC);
	pthread_t others[THREADS_MAX];

	rounds = argc > 2 ? atol(argv[2]) : 1000;
	if (threads < 1 || threads > THREADS_MAX)
		return 2;
	for (int i = 1; i < threads; i++)
		if (pthread_create(&others[i], NULL, run, NULL) != 0)
			return 1;
	(void)run(NULL);
	for (int i = 1; i < threads; i++)
		(void)pthread_join(others[i], NULL);
	printf("cpu_ns %.0f\n", now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns);
	printf("wall_ns %.0f\n", now_ns(CLOCK_MONOTONIC) - wall_ns);
	return 0;
}
