/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does each calling stack have one id, and are the ones that are cut counted?
 * Not here: the frames themselves (test_unwind.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/capture.h"
#include "sampling/heap.h"
#include "sampling/unwind.h"

#include <errno.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>

static cpa_stack_id id;
static int levels_left;

static int capture_or_descend(const void *a, const void *b)
{
	int one = 1;
	size_t count = 1;

	if (levels_left-- > 0) {
		(void)lfind(&one, &one, &count, sizeof(one), capture_or_descend);
	} else {
		errno = 4711;
		id = cpa_capture_stack(0);
		assert_int_equal(errno, 4711);
	}
	return 0;
}

static cpa_stack_id capture_at(int levels)
{
	levels_left = levels;
	(void)capture_or_descend(NULL, NULL);
	return id;
}

static void start(uint32_t depth_max)
{
	assert_int_equal(cpa_store_init((size_t)4 << 20, depth_max), 0);
	assert_int_equal(cpa_stacks_init(), 0);
	cpa_heap_counters.truncated_stacks = 0;
}

static int load(void **state)
{
	return cpa_unwind_init();
}

/* From the same calls down to the thread's start, so with the same return addresses. */
static void *capture_levels(void *arg)
{
	cpa_stack_id *ids = arg;

	for (volatile int levels = 1; levels < 10; levels++)
		ids[levels] = capture_at(levels);
	return NULL;
}

static void test_ids(void **state)
{
	cpa_stack_id ids[2][10];
	pthread_t thread;

	start(128);
	for (int round = 0; round < 2; round++) {
		pthread_create(&thread, NULL, capture_levels, ids[round]);
		pthread_join(thread, NULL);
	}
	for (int levels = 1; levels < 10; levels++) {
		assert_int_equal(ids[0][levels], ids[1][levels]);
		assert_int_not_equal(ids[0][levels], ids[0][levels % 9 + 1]);
	}
	assert_int_equal(cpa_heap_counters.truncated_stacks, 0);
}

static uint32_t depth_at(int levels)
{
	const uint64_t *pcs;
	uint32_t depth = cpa_stacks_get(capture_at(levels), &pcs);

	assert_true(cpa_heap_counters.truncated_stacks == 0 ||
		    pcs[depth - 1] == CPA_STACKS_PSEUDO_TRUNCATED);
	return depth;
}

/* Below, at and above the number of frames that is tried first. */
static void test_depths(void **state)
{
	static const uint32_t limits[] = {1, 10, 128, 129, 300, 1024};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		start(limits[i]);
		assert_int_equal(depth_at(600), limits[i] + 1);
		assert_int_equal(cpa_heap_counters.truncated_stacks, 1);
		assert_int_equal(depth_at(600), limits[i] + 1);
		assert_int_equal(cpa_heap_counters.truncated_stacks, 2);
	}
	start(1024);
	assert_true(depth_at(100) > 200);
	assert_int_equal(cpa_heap_counters.truncated_stacks, 0);
}

int main(void)
{
#ifdef __SANITIZE_THREAD__
	return 77; /* its mutexes crash in the destructor that libunwind runs at a thread's end */
#else
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_depths),
	};

	return cmocka_run_group_tests(tests, load, NULL);
#endif
}
