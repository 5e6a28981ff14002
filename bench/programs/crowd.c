/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory is resident for each thread that allocates?
 *
 *   crowd THREADS ALLOCATIONS        prints "thread_bytes X"
 *
 * Each thread allocates and frees from as many different stacks, and stays until all are counted.
 * Not here: which of the allocations are samples (bench/memory).
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "rss.h"
#include "tree.h"

#define THREADS_MAX 1024

static pthread_barrier_t barrier;
static uint32_t allocations;

static void *allocate(void *arg)
{
	for (uint32_t i = 0; i < allocations; i++)
		free(TREE_ALLOC(i, 64));
	pthread_barrier_wait(&barrier); /* all have allocated */
	pthread_barrier_wait(&barrier); /* memory was counted */
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	double before_bytes;
	int count;

	if (argc != 3 || (count = atoi(argv[1])) < 1 || count > THREADS_MAX) {
		fprintf(stderr, "usage: crowd THREADS ALLOCATIONS\n");
		return 2;
	}
	allocations = (uint32_t)strtoul(argv[2], NULL, 10);
	free(TREE_ALLOC(0, 64)); /* what the process pays once */
	pthread_barrier_init(&barrier, NULL, (unsigned)count + 1);
	before_bytes = rss_now_bytes();
	for (int i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, allocate, NULL);
	pthread_barrier_wait(&barrier);
	printf("thread_bytes %.0f\n", (rss_now_bytes() - before_bytes) / count);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
