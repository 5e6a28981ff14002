/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the store cut zero-filled, separate pieces up to its limit and not beyond, from any thread?
 * Not here: what is kept in it (test_stacks.c, test_heap.c, test_live.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/store.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#define THREADS 4
#define PIECES  20000

static int make(void **state)
{
	return cpa_store_init((size_t)8 << 20, 128);
}

static void test_init(void **state)
{
	assert_int_equal(cpa_store_limit_bytes(), 8 << 20);
	assert_int_equal(cpa_store->magic, CPA_STORE_MAGIC);
	assert_int_equal(cpa_store->layout, CPA_STORE_LAYOUT);
	assert_int_equal(cpa_store->depth_max, 128);
	assert_in_range(cpa_store_used_bytes(), sizeof(struct cpa_store_header), 8 << 20);
	/* The shards do not share cache lines. */
	assert_int_equal(sizeof(struct cpa_store_shard), 64);
}

static void *cut(void *arg)
{
	cpa_store_ref *pieces = arg;

	for (uint32_t i = 0; i < PIECES; i++) {
		pieces[i] = cpa_store_alloc(1 + i % 24);
		if (pieces[i])
			*(uint64_t *)cpa_store_at(pieces[i]) += (uintptr_t)arg + i;
	}
	return NULL;
}

/* Each piece was zero before its thread wrote to it, and nobody else wrote to it after. */
static void test_threads(void **state)
{
	static cpa_store_ref pieces[THREADS][PIECES];
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, cut, pieces[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++) {
		for (uint32_t j = 0; j < PIECES; j++) {
			assert_int_not_equal(pieces[i][j], 0);
			assert_int_equal(
				*(uint64_t *)cpa_store_at(pieces[i][j]), (uintptr_t)pieces[i] + j);
		}
	}
}

/* Full means full for ever, and a request that did not fit took nothing from those that do. */
static void test_full(void **state)
{
	errno = 4711;
	assert_int_equal(cpa_store_alloc(cpa_store_limit_bytes()), 0);
	assert_int_equal(cpa_store_alloc((size_t)1 << 40), 0);
	for (size_t size_bytes = 65536; size_bytes; size_bytes /= 2) {
		while (cpa_store_alloc(size_bytes))
			assert_in_range(cpa_store_used_bytes(), 0, cpa_store_limit_bytes());
	}
	assert_int_equal(cpa_store_alloc(1), 0);
	/* What it keeps back for its own accounts is little. */
	assert_in_range(cpa_store_used_bytes(), cpa_store_limit_bytes() - 128 * 1024,
		cpa_store_limit_bytes());
	assert_int_equal(errno, 4711);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
