/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the arena give zero-filled, aligned, separate pieces up to its limit, and all of them back?
 * Not here: the store (test_store.c).
 */
#include "tests/unit/cmocka_all.h"

#include "base/arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void test_pieces(void **state)
{
	static const size_t sizes[] = {1, 15, 16, 17, 4096, 262144 - 32, 262144, 1000003, 3};
	struct cpa_arena arena;
	unsigned char *pieces[sizeof(sizes) / sizeof(sizes[0])];

	cpa_arena_init(&arena, 0);
	assert_int_equal(arena.mapped_bytes, 0);
	errno = 4711;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		pieces[i] = cpa_arena_alloc(&arena, sizes[i]);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(pieces[i][at], 0);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(pieces[i][0], i + 1);
		assert_int_equal(pieces[i][sizes[i] - 1], i + 1);
	}
	assert_true(arena.mapped_bytes >= 262144 * 2 + 1000003);
	cpa_arena_done(&arena);
	assert_int_equal(errno, 4711);
	assert_int_equal(arena.mapped_bytes, 0);
	assert_null(arena.chunks);
}

/* What was given back is no longer mapped. */
static void test_done_unmaps(void **state)
{
	struct cpa_arena arena;
	void *page;

	cpa_arena_init(&arena, 0);
	page = cpa_arena_alloc(&arena, 8 << 20);
	assert_non_null(page);
	page = (void *)((uintptr_t)page & ~(uintptr_t)4095);
	assert_int_equal(msync(page, 4096, MS_ASYNC), 0);
	cpa_arena_done(&arena);
	assert_int_equal(msync(page, 4096, MS_ASYNC), -1);
	assert_int_equal(errno, ENOMEM);
}

static void test_limit(void **state)
{
	struct cpa_arena arena;
	size_t given_bytes = 0;

	cpa_arena_init(&arena, 1 << 20);
	errno = 4711;
	while (cpa_arena_alloc(&arena, 1000))
		given_bytes += 1000;
	assert_int_equal(errno, 4711);
	assert_true(given_bytes > 900000 && given_bytes < 1 << 20);
	assert_true(arena.mapped_bytes <= 1 << 20);
	assert_null(cpa_arena_alloc(&arena, 2 << 20));
	cpa_arena_done(&arena);
	assert_int_equal(arena.limit_bytes, 1 << 20);
	assert_non_null(cpa_arena_alloc(&arena, 1000)); /* usable again */
	cpa_arena_done(&arena);
	cpa_arena_done(&arena); /* and harmless twice */
}

static void test_huge(void **state)
{
	struct cpa_arena arena;

	cpa_arena_init(&arena, 0);
	errno = 4711;
	assert_null(cpa_arena_alloc(&arena, SIZE_MAX));
	assert_null(cpa_arena_alloc(&arena, SIZE_MAX - 15));
	assert_null(cpa_arena_alloc(&arena, SIZE_MAX / 2));
	assert_int_equal(errno, 4711);
	assert_int_equal(arena.mapped_bytes, 0);
	cpa_arena_done(&arena);
}

static void test_strdup(void **state)
{
	struct cpa_arena arena;
	char text[] = "abc";
	char *copy;

	cpa_arena_init(&arena, 0);
	copy = cpa_arena_strdup(&arena, text);
	text[0] = 'x';
	assert_string_equal(copy, "abc");
	assert_string_equal(cpa_arena_strdup(&arena, ""), "");
	cpa_arena_done(&arena);
	cpa_arena_init(&arena, 1);
	assert_null(cpa_arena_strdup(&arena, "abc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_done_unmaps),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_strdup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
