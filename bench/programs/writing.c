/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does it take to write a snapshot of many live samples, and how long do allocating threads
 * wait for it?
 *
 *   writing OBJECTS STACKS SIZES THREADS RATE        run with rate=1,dir=DIR; "name number" lines
 *
 * 1. OBJECTS samples from STACKS stacks are made, each stack asking for SIZES sizes.
 * 2. A snapshot is written while nothing else runs: its CPU time and the growth of resident
 *    memory meanwhile.
 * 3. THREADS allocate and free, sampled at RATE, while a thread beside them spins for as long as
 *    a snapshot takes, then while it writes one; five times over. Each notes its longest call,
 *    and its longest call in which it was blocked: the kernel counts a thread's voluntary context
 *    switches (it waited for a lock) apart from the involuntary ones (the scheduler gave its
 *    processor away).
 * Not here: the bars (bench/snapshot).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cprofalloc.h"
#include "rss.h"
#include "tree.h"
#include "waits.h"

#define THREADS_MAX 64
#define ROUNDS      5

/* The library comes by preloading. */
#pragma weak cprof_snapshot
#pragma weak cprof_heap_rate

struct worker {
	struct waits spinning;
	struct waits writing;
	long voluntary_count;
};

enum phase { SPINNING, WRITING, OVER };

static _Atomic int phase;
static pthread_barrier_t barrier;
static int worker_count;

static void *allocate_and_free(void *arg)
{
	static const size_t sizes[] = {16, 64, 200, 1024, 48, 4096, 96, 20000};
	struct worker *worker = arg;
	enum phase began;

	free(malloc(64)); /* the thread's set-up is not a call to judge */
	worker->voluntary_count = 0;
	pthread_barrier_wait(&barrier);
	worker->voluntary_count = waits_voluntary_switches();
	for (uint32_t i = 0; (began = atomic_load(&phase)) != OVER; i++) {
		struct waits *waits = began == WRITING ? &worker->writing : &worker->spinning;
		double start_ns = clock_ns(CLOCK_MONOTONIC);
		void *volatile ptr = malloc(sizes[i % 8]);
		double middle_ns = clock_ns(CLOCK_MONOTONIC);

		free(ptr);
		waits_note(waits, &worker->voluntary_count, middle_ns - start_ns);
		waits_note(waits, &worker->voluntary_count, clock_ns(CLOCK_MONOTONIC) - middle_ns);
	}
	return NULL;
}

static void write_snapshot(void)
{
	int error = cprof_snapshot();

	if (error) {
		fprintf(stderr, "writing: cprof_snapshot: %d\n", error);
		exit(1);
	}
}

/* CPU nanoseconds of the whole process: the library writes on a thread of its own. */
static double write_alone(void)
{
	double before_bytes, cpu_ns, wall_ns;

	rss_peak_reset();
	before_bytes = rss_now_bytes();
	wall_ns = clock_ns(CLOCK_MONOTONIC);
	cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	write_snapshot();
	cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns;
	wall_ns = clock_ns(CLOCK_MONOTONIC) - wall_ns;
	printf("wall_s %.6f\ncpu_s %.6f\n", wall_ns / 1e9, cpu_ns / 1e9);
	printf("extra_bytes %.0f\n", rss_peak_bytes() - before_bytes);
	return cpu_ns;
}

/* As busy as a writer, and waited for by nobody. */
static void spin(double cpu_ns)
{
	double end_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end_ns)
		;
}

static void write_among_others(uint64_t rate_bytes, double cpu_ns)
{
	static struct worker workers[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	struct waits spinning_waits = {0}, writing_waits = {0};

	(void)cprof_heap_rate(rate_bytes);
	pthread_barrier_init(&barrier, NULL, (unsigned)worker_count + 1);
	for (int i = 0; i < worker_count; i++)
		pthread_create(&threads[i], NULL, allocate_and_free, &workers[i]);
	pthread_barrier_wait(&barrier);
	for (int round = 0; round < ROUNDS; round++) {
		spin(cpu_ns);
		atomic_store(&phase, WRITING);
		write_snapshot();
		atomic_store(&phase, round + 1 < ROUNDS ? SPINNING : OVER);
	}
	for (int i = 0; i < worker_count; i++) {
		pthread_join(threads[i], NULL);
		waits_worse(&spinning_waits, &workers[i].spinning);
		waits_worse(&writing_waits, &workers[i].writing);
	}
	waits_print("spinning", &spinning_waits);
	waits_print("writing", &writing_waits);
}

int main(int argc, char **argv)
{
	uint64_t objects;
	uint32_t stacks, sizes;
	double cpu_ns;

	if (argc != 6 || (worker_count = atoi(argv[4])) > THREADS_MAX || !cprof_snapshot) {
		fprintf(stderr, "usage: writing OBJECTS STACKS SIZES THREADS RATE, with the "
				"library preloaded\n");
		return 2;
	}
	objects = strtoull(argv[1], NULL, 10);
	stacks = (uint32_t)strtoul(argv[2], NULL, 10);
	sizes = (uint32_t)strtoul(argv[3], NULL, 10);
	for (uint64_t i = 0; i < objects; i++)
		(void)*(volatile char *)TREE_ALLOC(
			(uint32_t)(i % stacks), TREE_SIZE(i, stacks, sizes));
	cpu_ns = write_alone();
	if (worker_count)
		write_among_others(strtoull(argv[5], NULL, 10), cpu_ns);
	return 0;
}
