/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program whose profiles are fetched while threads of it allocate: how long do they wait?
 *
 *   fetched STACKS THREADS RATE     run with rate=1,http=ADDRESS
 *
 * 1. A live sample from each of STACKS stacks is made. "ready" is printed.
 * 2. THREADS allocate and free, sampled at RATE. Each line of standard input is the name of the
 *    phase that begins: "quiet" or "fetching".
 * 3. At its end "name number" lines: the longest call of each phase, and the longest in which a
 *    thread was blocked. The kernel counts a thread's voluntary context switches (it waited for a
 *    lock) apart from the involuntary ones (the scheduler gave its processor away).
 * Not here: the fetching, the bars (bench/http).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cprofalloc.h"
#include "tree.h"

#define THREADS_MAX 64
#define RING        64
#define LOOK_NS     5000.0 /* longer calls are asked about; to sleep and be woken takes longer */

/* The library comes by preloading. */
#pragma weak cprof_heap_rate

enum phase { QUIET, FETCHING, PHASES, OVER };

static const char *const phase_names[PHASES] = {"quiet", "fetching"};

struct waits {
	double worst_ns;
	double blocked_ns; /* worst of the calls with a voluntary context switch */
	double calls;
};

struct worker {
	struct waits waits[PHASES];
	long voluntary_count;
};

static _Atomic int phase;

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static long voluntary_switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

/* One call took so long. What it did is asked only then: asking costs as much as a call. */
static void note_call(struct worker *worker, struct waits *waits, double elapsed_ns)
{
	long switches;

	waits->calls++;
	if (elapsed_ns > waits->worst_ns)
		waits->worst_ns = elapsed_ns;
	if (elapsed_ns < LOOK_NS)
		return;
	switches = voluntary_switches();
	if (switches != worker->voluntary_count && elapsed_ns > waits->blocked_ns)
		waits->blocked_ns = elapsed_ns;
	worker->voluntary_count = switches;
}

static void *allocate_and_free(void *arg)
{
	static const size_t sizes[] = {16, 64, 200, 1024, 48, 4096, 96, 20000};
	struct worker *worker = arg;
	void *ring[RING] = {NULL};
	int began;

	worker->voluntary_count = voluntary_switches();
	for (uint32_t i = 0; (began = atomic_load(&phase)) != OVER; i++) {
		struct waits *waits = &worker->waits[began];
		double start_ns = now_ns(), middle_ns;

		free(ring[i % RING]);
		middle_ns = now_ns();
		ring[i % RING] = malloc(sizes[i % 8]);
		note_call(worker, waits, middle_ns - start_ns);
		note_call(worker, waits, now_ns() - middle_ns);
	}
	return NULL;
}

static void print_waits(const struct worker *workers, int count, enum phase of)
{
	struct waits all = {0};

	for (int i = 0; i < count; i++) {
		const struct waits *one = &workers[i].waits[of];

		all.worst_ns = one->worst_ns > all.worst_ns ? one->worst_ns : all.worst_ns;
		all.blocked_ns =
			one->blocked_ns > all.blocked_ns ? one->blocked_ns : all.blocked_ns;
		all.calls += one->calls;
	}
	printf("%s_worst_us %.1f\n%s_blocked_us %.1f\n%s_calls %.0f\n", phase_names[of],
		all.worst_ns / 1e3, phase_names[of], all.blocked_ns / 1e3, phase_names[of],
		all.calls);
}

int main(int argc, char **argv)
{
	static struct worker workers[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	char line[64];
	int count;

	if (argc != 4 || (count = atoi(argv[2])) > THREADS_MAX || !cprof_heap_rate) {
		fprintf(stderr,
			"usage: fetched STACKS THREADS RATE, with the library preloaded\n");
		return 2;
	}
	for (uint32_t i = 0; i < (uint32_t)atoi(argv[1]); i++)
		(void)*(volatile char *)TREE_ALLOC(i, 64);
	(void)cprof_heap_rate(strtoull(argv[3], NULL, 10));
	for (int i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, allocate_and_free, &workers[i]);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		atomic_store(&phase, strcmp(line, "fetching\n") == 0 ? FETCHING : QUIET);
	atomic_store(&phase, OVER);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	print_waits(workers, count, QUIET);
	print_waits(workers, count, FETCHING);
	return 0;
}
