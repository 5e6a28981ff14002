/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As many distinct call stacks as a bench asks for, of real frames, 32 deep: a tree of calls in
 * which each of 20 levels has two call sites; the bits of the stack's number choose the way down.
 * Not here: what is done at the end of the way (the program that includes this).
 */
#ifndef CPA_BENCH_TREE_H
#define CPA_BENCH_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define TREE_STACKS_MAX (1u << 20)

/* The end of the way: calls malloc and nothing else, so that every stack ends in the same call. */
__attribute__((noinline)) static void *tree_0(uint32_t number, size_t size_bytes)
{
	void *ptr = malloc(size_bytes);

	__asm__ volatile("" : "+r"(ptr) : "r"(number) : "memory");
	return ptr;
}

/* Two calls that the compiler may not make one. */
#define TREE_FORK(n, next)                                                                         \
	__attribute__((noinline)) static void *tree_##n(uint32_t number, size_t size_bytes)        \
	{                                                                                          \
		void *ptr;                                                                         \
		if (number & 1) {                                                                  \
			ptr = tree_##next(number >> 1, size_bytes);                                \
			__asm__ volatile("# left" : "+r"(ptr)::"memory");                          \
		} else {                                                                           \
			ptr = tree_##next(number >> 1, size_bytes);                                \
			__asm__ volatile("# right" : "+r"(ptr)::"memory");                         \
		}                                                                                  \
		return ptr;                                                                        \
	}
/* One call: length only. */
#define TREE_TRUNK(n, next)                                                                        \
	__attribute__((noinline)) static void *tree_##n(uint32_t number, size_t size_bytes)        \
	{                                                                                          \
		void *ptr = tree_##next(number, size_bytes);                                       \
		__asm__ volatile("" : "+r"(ptr)::"memory");                                        \
		return ptr;                                                                        \
	}
TREE_FORK(1, 0)
TREE_FORK(2, 1)
TREE_FORK(3, 2)
TREE_FORK(4, 3)
TREE_FORK(5, 4)
TREE_FORK(6, 5)
TREE_FORK(7, 6)
TREE_FORK(8, 7)
TREE_FORK(9, 8)
TREE_FORK(10, 9)
TREE_FORK(11, 10)
TREE_FORK(12, 11)
TREE_FORK(13, 12)
TREE_FORK(14, 13)
TREE_FORK(15, 14)
TREE_FORK(16, 15)
TREE_FORK(17, 16)
TREE_FORK(18, 17)
TREE_FORK(19, 18)
TREE_FORK(20, 19)
TREE_TRUNK(21, 20)
TREE_TRUNK(22, 21)
TREE_TRUNK(23, 22)
TREE_TRUNK(24, 23)
TREE_TRUNK(25, 24)
TREE_TRUNK(26, 25)
TREE_TRUNK(27, 26)

/* A block from the stack of this number: 28 frames here, then main (the caller), two of the C
 * library, _start. */
#define TREE_ALLOC(number, size_bytes) tree_27((number), (size_bytes))

/* The size of the i-th object when objects go round the stacks, and each stack round the sizes. */
#define TREE_SIZE(i, stacks, sizes) (64 + ((i) / (stacks)) % (sizes)*24)

#endif
