/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long do allocating threads wait while somebody asks what the heap is?
 *
 *   polled OBJECTS STACKS SIZES THREADS      run with rate=1,http=unix:PATH
 *
 * 1. OBJECTS samples from STACKS stacks are made, each stack asking for SIZES sizes; "ready".
 * 2. THREADS allocate and free, each call a sample. From each line of input to the next their
 *    longest calls are noted apart: the first time nobody asks, the second time somebody does.
 * 3. "name number" lines at the end of input.
 * Not here: asking, and the bars (bench/polling).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tree.h"
#include "waits.h"

#define THREADS_MAX 64

enum phase { BEFORE, ALONE, POLLED, OVER };

struct worker {
	struct waits waits[OVER];
	long voluntary_count;
};

static _Atomic int phase;

static void *allocate_and_free(void *arg)
{
	static const size_t sizes[] = {16, 64, 200, 1024, 48, 4096, 96, 20000};
	struct worker *worker = arg;
	int began;

	worker->voluntary_count = waits_voluntary_switches();
	for (uint32_t i = 0; (began = atomic_load(&phase)) != OVER; i++) {
		double start_ns = clock_ns(CLOCK_MONOTONIC);
		void *volatile ptr = malloc(sizes[i % 8]);
		double middle_ns = clock_ns(CLOCK_MONOTONIC);

		free(ptr);
		waits_note(&worker->waits[began], &worker->voluntary_count, middle_ns - start_ns);
		waits_note(&worker->waits[began], &worker->voluntary_count,
			clock_ns(CLOCK_MONOTONIC) - middle_ns);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	struct waits alone = {0}, polled = {0};
	char line[64];
	int worker_count;

	if (argc != 5 || (worker_count = atoi(argv[4])) > THREADS_MAX) {
		fprintf(stderr, "usage: polled OBJECTS STACKS SIZES THREADS\n");
		return 2;
	}
	for (uint64_t i = 0; i < strtoull(argv[1], NULL, 10); i++) {
		uint32_t stacks = (uint32_t)strtoul(argv[2], NULL, 10);
		uint32_t sizes = (uint32_t)strtoul(argv[3], NULL, 10);

		(void)*(volatile char *)TREE_ALLOC(
			(uint32_t)(i % stacks), TREE_SIZE(i, stacks, sizes));
	}
	for (int i = 0; i < worker_count; i++)
		pthread_create(&threads[i], NULL, allocate_and_free, &workers[i]);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) && atomic_load(&phase) < POLLED)
		atomic_fetch_add(&phase, 1);
	atomic_store(&phase, OVER);
	for (int i = 0; i < worker_count; i++) {
		pthread_join(threads[i], NULL);
		waits_worse(&alone, &workers[i].waits[ALONE]);
		waits_worse(&polled, &workers[i].waits[POLLED]);
	}
	waits_print("alone", &alone);
	waits_print("polled", &polled);
	return 0;
}
