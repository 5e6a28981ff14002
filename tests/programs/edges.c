/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The edges of each entry point: no bytes, too many, products that overflow, bad alignments, and
 * errno, which success leaves alone and failure sets. Prints the same lines under any correct
 * allocator.
 *
 *   edges           everything that needs no limit
 *   edges enomem    until memory ends (under ulimit -v), then on with what was freed
 *
 * Not here: the numbers in profiles (plan.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT 4711

static int failed;

static void check(int truth, const char *what)
{
	if (truth)
		return;
	failed = 1;
	printf("WRONG: %s (errno %d)\n", what, errno);
}

/* The compiler knows these functions and would decide for itself. */
#define HIDE(x) __asm__ volatile("" : "+r"(x))

static size_t hide(size_t value)
{
	HIDE(value);
	return value;
}

#define SUCCEEDS(call)                                                                             \
	do {                                                                                       \
		void *ptr_;                                                                        \
		errno = KEPT;                                                                      \
		ptr_ = (call);                                                                     \
		check(ptr_ != NULL, #call " gives an object");                                     \
		check(errno == KEPT, #call " keeps errno");                                        \
		free(ptr_);                                                                        \
		check(errno == KEPT, "free after " #call " keeps errno");                          \
	} while (0)

#define FAILS(call, wanted_errno)                                                                  \
	do {                                                                                       \
		void *ptr_;                                                                        \
		errno = KEPT;                                                                      \
		ptr_ = (call);                                                                     \
		HIDE(ptr_);                                                                        \
		check(ptr_ == NULL, #call " fails");                                               \
		check(errno == (wanted_errno), #call " sets errno");                               \
	} while (0)

static void test_sizes(size_t size_bytes)
{
	void *ptr = NULL;

	SUCCEEDS(malloc(hide(size_bytes)));
	SUCCEEDS(calloc(hide(size_bytes), 1));
	SUCCEEDS(calloc(1, hide(size_bytes)));
	SUCCEEDS(realloc(NULL, hide(size_bytes)));
	SUCCEEDS(reallocarray(NULL, hide(size_bytes), 1));
	SUCCEEDS(aligned_alloc(64, hide(size_bytes)));
	SUCCEEDS(memalign(4096, hide(size_bytes)));
	SUCCEEDS(valloc(hide(size_bytes)));
	SUCCEEDS(pvalloc(hide(size_bytes)));
	errno = KEPT;
	check(posix_memalign(&ptr, 64, hide(size_bytes)) == 0, "posix_memalign succeeds");
	check(errno == KEPT && (uintptr_t)ptr % 64 == 0, "posix_memalign keeps errno and aligns");
	ptr = realloc(ptr, size_bytes * 2 + 1);
	check(ptr && errno == KEPT, "realloc up keeps errno");
	ptr = realloc(ptr, size_bytes / 2 + 1);
	check(ptr && errno == KEPT, "realloc down keeps errno");
	check(malloc_usable_size(ptr) >= size_bytes / 2 + 1 && errno == KEPT, "usable size");
	free(ptr);
	check(errno == KEPT, "free keeps errno");
}

static void test_zero(void)
{
	void *objects[100];

	for (int i = 0; i < 100; i++) {
		objects[i] = i % 2 ? malloc(hide(0)) : calloc(hide(0), 8);
		check(objects[i] != NULL, "no bytes are an object");
		for (int j = 0; j < i; j++)
			check(objects[i] != objects[j], "of its own");
	}
	for (int i = 0; i < 100; i++)
		free(objects[i]);
	free(NULL);
	check(malloc_usable_size(NULL) == 0, "usable size of NULL");
}

static void test_calloc_is_zero(void)
{
	for (int round = 0; round < 200; round++) {
		size_t size_bytes = 1 + (size_t)round * 997;
		unsigned char *bytes = malloc(size_bytes);

		memset(bytes, 0xa5, size_bytes);
		free(bytes);
		bytes = calloc(1, size_bytes);
		for (size_t i = 0; i < size_bytes; i++)
			check(bytes[i] == 0, "calloc gives zeros");
		free(bytes);
	}
}

static void test_too_much(void)
{
	/* volatile: gcc believes that a realloc, even one that fails, ends the object. */
	char *volatile ptr = malloc(100);
	void *untouched = ptr;

	strcpy(ptr, "still here");
	FAILS(malloc(hide(SIZE_MAX)), ENOMEM);
	FAILS(malloc(hide(PTRDIFF_MAX) + 1), ENOMEM);
	FAILS(calloc(hide(SIZE_MAX), 1), ENOMEM);
	FAILS(calloc(hide(SIZE_MAX / 2 + 2), 2), ENOMEM);
	FAILS(calloc(hide((size_t)1 << 33), (size_t)1 << 33), ENOMEM);
	FAILS(realloc(NULL, hide(SIZE_MAX)), ENOMEM);
	FAILS(realloc(ptr, hide(SIZE_MAX - 4096)), ENOMEM);
	FAILS(reallocarray(ptr, hide(SIZE_MAX / 4), 5), ENOMEM);
	FAILS(reallocarray(NULL, hide((size_t)1 << 33), (size_t)1 << 33), ENOMEM);
	FAILS(aligned_alloc(64, hide(SIZE_MAX - 63)), ENOMEM);
	FAILS(memalign(64, hide(SIZE_MAX)), ENOMEM);
	FAILS(valloc(hide(SIZE_MAX)), ENOMEM);
	FAILS(pvalloc(hide(SIZE_MAX)), ENOMEM);
	check(posix_memalign(&untouched, 64, hide(SIZE_MAX)) == ENOMEM,
		"posix_memalign says ENOMEM");
	check(untouched == ptr, "and leaves the pointer");
	check(posix_memalign(&untouched, hide(24), 100) == EINVAL, "an alignment of 24 is EINVAL");
	check(posix_memalign(&untouched, hide(4), 100) == EINVAL, "an alignment of 4 is EINVAL");
	check(posix_memalign(&untouched, hide(0), 100) == EINVAL, "an alignment of 0 is EINVAL");
	check(untouched == ptr, "and leaves the pointer");
	check(strcmp(ptr, "still here") == 0, "a failed realloc leaves the object");
	free(ptr);
}

static void test_alignments(void)
{
	for (size_t alignment = 8; alignment <= (size_t)4 << 20; alignment *= 2) {
		for (size_t size_bytes = 1; size_bytes < 100000; size_bytes = size_bytes * 5 + 3) {
			void *ptr = NULL;

			check(posix_memalign(&ptr, alignment, size_bytes) == 0, "posix_memalign");
			check((uintptr_t)ptr % alignment == 0, "is aligned");
			memset(ptr, 1, size_bytes);
			free(ptr);
			ptr = aligned_alloc(alignment,
				(size_bytes % 4096 + 1) * alignment % (64 << 20) + alignment);
			check(ptr && (uintptr_t)ptr % alignment == 0, "aligned_alloc is aligned");
			free(ptr);
		}
	}
}

static void test_glibc(void)
{
	errno = KEPT;
	check(malloc_trim(0) == 0 || errno == KEPT, "malloc_trim");
	(void)mallinfo2();
	check(mallopt(M_ARENA_MAX, 1) == 0 || 1, "mallopt");
	check(errno == KEPT, "glibc's odd ones keep errno");
}

/*
 * Memory ends: the allocator says so, keeps its word on what it gave, and goes on when some is
 * given back.
 */
static void test_enomem(void)
{
	static void *blocks[100000];
	static const size_t sizes[] = {1 << 20, 1 << 16, 4000, 100};
	int count = 0;

	for (int i = 0; i < 4; i++) {
		for (; count < 100000 && (i < 2 || count < 90000 + i * 5000); count++) {
			errno = KEPT;
			blocks[count] = malloc(sizes[i]);
			if (!blocks[count]) {
				check(errno == ENOMEM, "ENOMEM at the end");
				break;
			}
			memset(blocks[count], count & 255, sizes[i]);
		}
	}
	check(count > 50, "some memory was there");
	for (int i = 0; i < count; i += 2) {
		check(*(unsigned char *)blocks[i] == (i & 255), "blocks keep what is in them");
		free(blocks[i]);
	}
	for (int i = 1; i < count; i += 2)
		free(blocks[i]);
	SUCCEEDS(malloc(hide(1 << 20)));
	test_sizes(1000);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		test_enomem();
	} else {
		static const size_t sizes[] = {
			0, 1, 7, 8, 100, 4096, 20000, 70000, 1 << 20, 5 << 20};

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			test_sizes(sizes[i]);
		test_zero();
		test_calloc_is_zero();
		test_too_much();
		test_alignments();
		test_glibc();
	}
	printf("%s\n", failed ? "failed" : "all as it should be");
	return failed;
}
