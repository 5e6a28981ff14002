/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many different stacks: each of COUNT objects is allocated along a path of its own.
 *
 *   deep COUNT
 *
 * Not here: exact numbers (plan.c).
 */
#include <stdio.h>
#include <stdlib.h>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline))

NOINLINE void *left(unsigned long path, int depth);
NOINLINE void *right(unsigned long path, int depth);

static void *turn(unsigned long path, int depth)
{
	void *ptr;

	if (depth == 0)
		ptr = malloc(100 + path % 7);
	else if (path & 1)
		ptr = left(path >> 1, depth - 1);
	else
		ptr = right(path >> 1, depth - 1);
	KEEP(ptr);
	return ptr;
}

NOINLINE void *left(unsigned long path, int depth)
{
	void *ptr = turn(path, depth);
	KEEP(ptr);
	return ptr;
}

NOINLINE void *right(unsigned long path, int depth)
{
	void *ptr = turn(path, depth);
	KEEP(ptr);
	return ptr;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	unsigned long made = 0;

	for (unsigned long i = 0; i < count; i++)
		made += turn(i * 2654435761u, 30) != NULL;
	printf("%lu made\n", made);
	return 3;
}
