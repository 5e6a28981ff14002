/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How fast do threads go that allocate, write and free blocks of many sizes from 20 frames deep?
 *
 *   mixed THREADS PAIRS        prints "ns_per_pair X"
 *
 * Each thread keeps 4,096 blocks alive and replaces them in random order. Sizes are spread over
 * powers of two from 16 to 4096, the small ones more often; each block's first bytes are written,
 * as by a program that allocates because it needs to. Every pair goes down 16 frames and comes
 * back: with the thread's own, 20.
 * Not here: loops that do nothing but allocate (ring.c).
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIVE_BLOCKS 4096u
#define THREADS_MAX 64

struct job {
	void *blocks[LIVE_BLOCKS];
	uint64_t random;
	uint64_t pairs;
	double elapsed_ns;
};

static pthread_barrier_t barrier;

static uint64_t random_word(struct job *job)
{
	job->random ^= job->random << 13;
	job->random ^= job->random >> 7;
	job->random ^= job->random << 17;
	return job->random;
}

/* 16 to 4096 bytes: one doubling more with a chance of one half. */
static size_t random_size(uint64_t word)
{
	unsigned doublings = (unsigned)__builtin_ctz((unsigned)(word >> 32) | 1u << 7);

	return ((size_t)16 << doublings) + (word >> 16) % ((size_t)16 << doublings);
}

__attribute__((noinline)) static void frame_1(struct job *job)
{
	uint64_t word = random_word(job);
	void **block = &job->blocks[word % LIVE_BLOCKS];
	size_t size_bytes = random_size(word);

	free(*block);
	*block = malloc(size_bytes);
	memset(*block, 1, size_bytes < 64 ? size_bytes : 64);
}

#define FRAME(n, next)                                                                             \
	__attribute__((noinline)) static void frame_##n(struct job *job)                           \
	{                                                                                          \
		frame_##next(job);                                                                 \
		__asm__ volatile("" ::"r"(job) : "memory");                                        \
	}
FRAME(2, 1)
FRAME(3, 2)
FRAME(4, 3)
FRAME(5, 4)
FRAME(6, 5)
FRAME(7, 6)
FRAME(8, 7)
FRAME(9, 8)
FRAME(10, 9)
FRAME(11, 10)
FRAME(12, 11)
FRAME(13, 12)
FRAME(14, 13)
FRAME(15, 14)
FRAME(16, 15)

/* CPU time of this thread: on a shared machine others take the processor away. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *work(void *arg)
{
	struct job *job = arg;
	double start_ns;

	for (uint32_t i = 0; i < LIVE_BLOCKS * 8; i++)
		frame_16(job);
	pthread_barrier_wait(&barrier);
	start_ns = now_ns();
	for (uint64_t i = 0; i < job->pairs; i++)
		frame_16(job);
	job->elapsed_ns = now_ns() - start_ns;
	return NULL;
}

int main(int argc, char **argv)
{
	static struct job jobs[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	double sum_ns = 0;
	int count;

	if (argc != 3 || (count = atoi(argv[1])) < 1 || count > THREADS_MAX) {
		fprintf(stderr, "usage: mixed THREADS PAIRS\n");
		return 2;
	}
	pthread_barrier_init(&barrier, NULL, (unsigned)count);
	for (int i = 0; i < count; i++) {
		jobs[i].random = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1);
		jobs[i].pairs = strtoull(argv[2], NULL, 10);
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < count; i++)
		sum_ns += jobs[i].elapsed_ns / (double)jobs[i].pairs;
	printf("ns_per_pair %.3f\n", sum_ns / count);
	return 0;
}
