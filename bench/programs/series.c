/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many snapshots of a program with many stacks, for `cprof leaks`: in each step a tenth of all
 * stacks frees and allocates again, and one in a hundred leaks.
 *
 *   series STEPS STACKS
 *
 * The clock is the program's own, 30 s to a step. Not here: courses that are checked
 * (tests/programs/leaks.c).
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))
#define KEEP(x)  __asm__ volatile("" : "+r"(x) : : "memory")

static int64_t now_seconds = 1700000000;

int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	if (clock != CLOCK_REALTIME)
		return (int)syscall(SYS_clock_gettime, clock, ret_time);
	ret_time->tv_sec = now_seconds;
	ret_time->tv_nsec = 0;
	return 0;
}

/* The bits of number make a path through these two: a stack of its own for each number. */
NOINLINE void *left(unsigned number, unsigned bits);
NOINLINE void *right(unsigned number, unsigned bits);

static void *go_on(unsigned number, unsigned bits)
{
	void *block;

	if (bits == 0)
		block = malloc(1000 + number % 7 * 500);
	else if (number >> (bits - 1) & 1)
		block = right(number, bits - 1);
	else
		block = left(number, bits - 1);
	KEEP(block);
	return block;
}

NOINLINE void *left(unsigned number, unsigned bits)
{
	void *block = go_on(number, bits);

	KEEP(block);
	return block;
}

NOINLINE void *right(unsigned number, unsigned bits)
{
	void *block = go_on(number, bits);

	KEEP(block);
	return block;
}

int main(int argc, char **argv)
{
	unsigned steps = argc > 1 ? (unsigned)atoi(argv[1]) : 500,
		 stacks = argc > 2 ? (unsigned)atoi(argv[2]) : 2000, bits = 1, step, i;
	void **blocks = calloc(stacks, sizeof(*blocks));

	while (1u << bits < stacks)
		bits++;
	for (i = 0; i < stacks; i++)
		blocks[i] = left(i, bits);
	for (step = 0; step < steps; step++) {
		for (i = step % 10; i < stacks; i += 10) {
			if (i % 100 != 0)
				free(blocks[i]);
			blocks[i] = left(i, bits);
		}
		if (cprof_snapshot() != 0)
			return 1;
		now_seconds += 30;
	}
	return 0;
}
