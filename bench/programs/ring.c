/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does a malloc and its free cost, over a ring of 1,000 live blocks?
 *
 *   ring OPERATION SIZE PAIRS THREADS        prints "ns_per_pair X"
 *
 * A ring and not one block: a loop over one block reuses the first slot of a slab for ever, which
 * is page-aligned, and measures branches that are rare elsewhere. callgrind counts the
 * instructions of `measured` alone (--toggle-collect).
 * Not here: variants, counting, the table (bench/fastpath).
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RING_BLOCKS  1000u
#define THREADS_MAX  64
/* Long enough for the thread cache to have collected what start-up left in it. */
#define WARM_UP_LAPS 200u

/* The C++ operators, by their mangled names: one program in C for all. */
void *operator_new(size_t size) __asm__("_Znwm");
void operator_delete(void *ptr) __asm__("_ZdlPv");
void operator_delete_sized(void *ptr, size_t size) __asm__("_ZdlPvm");

enum operation { LOOP, MALLOC, CALLOC, REALLOC, NEW, NEW_SIZED, OPERATIONS };

static const char *const names[OPERATIONS] = {
	"loop", "malloc", "calloc", "realloc", "new", "new-sized"};

struct job {
	void *ring[RING_BLOCKS];
	enum operation operation;
	size_t size_bytes;
	uint64_t pairs;
	double elapsed_ns;
};

static pthread_barrier_t barrier;

/* Each pair: the block at the cursor goes, a new one comes. The loops differ in the calls. */
#define LAPS(job, pairs, statement)                                                                \
	do {                                                                                       \
		uint32_t i = 0;                                                                    \
		for (uint64_t left = (pairs); left; left--) {                                      \
			void *old = (job)->ring[i];                                                \
			(job)->ring[i] = (statement);                                              \
			__asm__ volatile("" ::"r"(old) : "memory");                                \
			if (++i == RING_BLOCKS)                                                    \
				i = 0;                                                             \
		}                                                                                  \
	} while (0)

__attribute__((noinline)) void measured(struct job *job, uint64_t pairs)
{
	size_t size_bytes = job->size_bytes;

	switch (job->operation) {
	case LOOP:
		LAPS(job, pairs, old);
		break;
	case MALLOC:
		LAPS(job, pairs, (free(old), malloc(size_bytes)));
		break;
	case CALLOC:
		LAPS(job, pairs, (free(old), calloc(1, size_bytes)));
		break;
	case REALLOC:
		LAPS(job, pairs, realloc(old, size_bytes)); /* in place: one call */
		break;
	case NEW:
		LAPS(job, pairs, (operator_delete(old), operator_new(size_bytes)));
		break;
	case NEW_SIZED:
		LAPS(job, pairs,
			(operator_delete_sized(old, size_bytes), operator_new(size_bytes)));
		break;
	case OPERATIONS:
		break;
	}
}

/* The same work out of the counter's sight. */
static void warm_up(struct job *job)
{
	for (uint32_t lap = 0; lap < WARM_UP_LAPS; lap++)
		for (uint32_t i = 0; i < RING_BLOCKS; i++) {
			free(job->ring[i]);
			job->ring[i] = malloc(job->size_bytes);
			memset(job->ring[i], 1, job->size_bytes);
		}
}

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

	warm_up(job);
	pthread_barrier_wait(&barrier);
	start_ns = now_ns();
	measured(job, job->pairs);
	job->elapsed_ns = now_ns() - start_ns;
	return NULL;
}

static enum operation operation_of(const char *name)
{
	for (int i = 0; i < OPERATIONS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	fprintf(stderr, "ring: no operation %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	static struct job jobs[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	double sum_ns = 0;
	int count;

	if (argc != 5 || (count = atoi(argv[4])) < 1 || count > THREADS_MAX) {
		fprintf(stderr, "usage: ring OPERATION SIZE PAIRS THREADS\n");
		return 2;
	}
	pthread_barrier_init(&barrier, NULL, (unsigned)count);
	for (int i = 0; i < count; i++) {
		jobs[i].operation = operation_of(argv[1]);
		jobs[i].size_bytes = strtoull(argv[2], NULL, 10);
		jobs[i].pairs = strtoull(argv[3], NULL, 10);
	}
	for (int i = 1; i < count; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	work(&jobs[0]);
	for (int i = 1; i < count; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < count; i++)
		sum_ns += jobs[i].elapsed_ns / (double)jobs[i].pairs;
	printf("ns_per_pair %.3f\n", sum_ns / count);
	return 0;
}
