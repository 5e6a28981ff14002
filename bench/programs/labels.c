/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does an allocation cost that is a sample, under one of many sets of labels on one stack?
 *
 *   labels SETS COUNT        prints "alloc_ns X" and "push_ns X", both with reading the clock
 *
 * SETS 0: no labels at all. Every set has been used before the measured rounds begin.
 * Not here: which of it is the sampler's (bench/labels).
 */
#include <cprofalloc.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SIZE_BYTES 64

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* One round: each set once, all blocks from the same place. */
static void round_once(int sets, void **blocks, double *alloc_ns, double *push_ns)
{
	char value[16];

	for (int i = 0; i < (sets ? sets : 1); i++) {
		double begin_ns, pushed_ns, end_ns;
		int mark = 0;

		(void)snprintf(value, sizeof(value), "%d", i);
		begin_ns = now_ns();
		if (sets)
			mark = cprof_label_push("set", value);
		pushed_ns = now_ns();
		for (int n = 0; n < 16; n++)
			blocks[n] = malloc(SIZE_BYTES);
		end_ns = now_ns();
		*push_ns += pushed_ns - begin_ns;
		*alloc_ns += end_ns - pushed_ns;
		for (int n = 0; n < 16; n++)
			free(blocks[n]);
		if (sets)
			(void)cprof_label_pop(mark);
	}
}

int main(int argc, char **argv)
{
	int sets = argc > 1 ? atoi(argv[1]) : 0;
	long count = argc > 2 ? atol(argv[2]) : 100000;
	double alloc_ns = 0, push_ns = 0;
	void *blocks[16];
	long rounds = count / 16 / (sets ? sets : 1) + 1;

	round_once(sets, blocks, &alloc_ns, &push_ns);
	alloc_ns = push_ns = 0;
	for (long i = 0; i < rounds; i++)
		round_once(sets, blocks, &alloc_ns, &push_ns);
	printf("alloc_ns %.1f\n", alloc_ns / (double)(rounds * (sets ? sets : 1) * 16));
	printf("push_ns %.1f\n", push_ns / (double)(rounds * (sets ? sets : 1)));
	return 0;
}
