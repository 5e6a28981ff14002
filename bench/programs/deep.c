/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does an allocation cost that comes from 32 frames deep, and what its free?
 *
 *   deep SIZE COUNT        prints "alloc_ns X" and "free_ns X", for one allocation, one free
 *
 * Every frame is a function of its own, and the allocations come in turn from eight call sites:
 * as many program counters as a real program of that depth shows to the unwinder. 32 frames are:
 * the call site, 27 functions, main, two of the C library, _start. Blocks are freed in batches,
 * so that each phase is timed by itself.
 * Not here: which of it is the sampler's (bench/sample).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH_BLOCKS 256u
#define SITES        8u
#define WARM_UP      8u /* batches */

struct job {
	void *blocks[BATCH_BLOCKS];
	size_t size_bytes;
	uint64_t batches;
	double alloc_ns;
	double free_ns;
};

typedef void *site_function(size_t size_bytes);

/* Called, not jumped to: the frame must be there. */
#define SITE(n)                                                                                    \
	__attribute__((noinline)) static void *site_##n(size_t size_bytes)                         \
	{                                                                                          \
		void *ptr = malloc(size_bytes + 0 * n);                                            \
		__asm__ volatile("# " #n : "+r"(ptr)::"memory");                                   \
		return ptr;                                                                        \
	}
SITE(0)
SITE(1)
SITE(2)
SITE(3)
SITE(4)
SITE(5)
SITE(6)
SITE(7)

static site_function *const sites[SITES] = {
	site_0, site_1, site_2, site_3, site_4, site_5, site_6, site_7};

/* CPU time of this thread: on a shared machine others take the processor away. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void free_batch(struct job *job)
{
	for (uint32_t i = 0; i < BATCH_BLOCKS; i++)
		free(job->blocks[i]);
}

__attribute__((noinline, noclone)) void measured(struct job *job);
__attribute__((noinline, noclone)) void measured(struct job *job)
{
	for (uint64_t batch = 0; batch < job->batches + WARM_UP; batch++) {
		double start_ns, middle_ns;

		if (batch == WARM_UP)
			job->alloc_ns = job->free_ns = 0;
		start_ns = now_ns();
		for (uint32_t i = 0; i < BATCH_BLOCKS; i++)
			job->blocks[i] = sites[i % SITES](job->size_bytes);
		middle_ns = now_ns();
		free_batch(job);
		job->alloc_ns += middle_ns - start_ns;
		job->free_ns += now_ns() - middle_ns;
	}
}

/* Frames of different sizes, as they are. */
#define FRAME(n, next)                                                                             \
	__attribute__((noinline)) static void frame_##n(struct job *job)                           \
	{                                                                                          \
		volatile char local[16 + n * 8];                                                   \
		local[0] = n;                                                                      \
		frame_##next(job);                                                                 \
		__asm__ volatile("" ::"r"(local) : "memory");                                      \
	}
#define frame_1 measured
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
FRAME(17, 16)
FRAME(18, 17)
FRAME(19, 18)
FRAME(20, 19)
FRAME(21, 20)
FRAME(22, 21)
FRAME(23, 22)
FRAME(24, 23)
FRAME(25, 24)
FRAME(26, 25)
FRAME(27, 26)

int main(int argc, char **argv)
{
	static struct job job;
	double count;

	if (argc != 3) {
		fprintf(stderr, "usage: deep SIZE COUNT\n");
		return 2;
	}
	job.size_bytes = strtoull(argv[1], NULL, 10);
	job.batches = strtoull(argv[2], NULL, 10) / BATCH_BLOCKS;
	frame_27(&job);
	count = (double)job.batches * BATCH_BLOCKS;
	printf("alloc_ns %.3f\nfree_ns %.3f\n", job.alloc_ns / count, job.free_ns / count);
	return 0;
}
