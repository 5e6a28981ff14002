/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do the sums say what was born and what died, per stack, label set and size class, and with the
 * weight of each sample? Not here: which samples are alive (test_live.c), whether the weights are
 * right (test_gate.c).
 */
#include "tests/unit/cmocka_all.h"

#include "base/sizeclass.h"
#include "sampling/heap.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define THREADS 4
#define ROUNDS  20000

static int make(void **state)
{
	return cpa_store_init((size_t)4 << 20, 128) || cpa_stacks_init();
}

static cpa_stack_id stack_number(uint64_t number)
{
	return cpa_stacks_intern(&(uint64_t){0x400000 + number}, 1);
}

/* All rows of a stack, added up; returns how many there are. */
static unsigned sum_of(cpa_stack_id stack, struct cpa_heap_row *ret_sum)
{
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;
	unsigned count = 0;

	*ret_sum = (struct cpa_heap_row){0};
	while (cpa_heap_next(&walk, &row)) {
		if (row.stack != stack)
			continue;
		count++;
		ret_sum->first_req_bytes = row.first_req_bytes;
		ret_sum->mean_req_bytes = row.mean_req_bytes;
		ret_sum->alloc_samples += row.alloc_samples;
		ret_sum->inuse_samples += row.inuse_samples;
		ret_sum->alloc_objects += row.alloc_objects;
		ret_sum->alloc_bytes += row.alloc_bytes;
		ret_sum->inuse_objects += row.inuse_objects;
		ret_sum->inuse_bytes += row.inuse_bytes;
	}
	return count;
}

static void test_weights(void **state)
{
	struct cpa_heap_sample one = {.req_bytes = 1000, .probability = 0.25};
	struct cpa_heap_sample two = {.req_bytes = 1001, .probability = 0.5};
	cpa_stack_id stack = stack_number(1);
	double inuse_bytes = cpa_heap_inuse_bytes();
	cpa_heap_bucket bucket = cpa_heap_birth(stack, 0, &one);
	struct cpa_heap_row sum;

	assert_int_not_equal(bucket, 0);
	assert_int_equal(cpa_heap_birth(stack, 0, &two), bucket); /* the same size class */
	assert_int_equal(sum_of(stack, &sum), 1);
	assert_int_equal(sum.alloc_samples, 2);
	assert_int_equal(sum.inuse_samples, 2);
	assert_int_equal(sum.mean_req_bytes, 1000); /* 6002/6, rounded */
	assert_true(sum.alloc_objects == 6 && sum.inuse_objects == 6);
	assert_true(sum.alloc_bytes == 6002 && sum.inuse_bytes == 6002);
	assert_true(cpa_heap_inuse_bytes() - inuse_bytes == 6002);

	cpa_heap_death(bucket, &one);
	assert_int_equal(sum_of(stack, &sum), 1);
	assert_int_equal(sum.inuse_samples, 1);
	assert_true(sum.alloc_objects == 6 && sum.inuse_objects == 2);
	assert_true(sum.alloc_bytes == 6002 && sum.inuse_bytes == 2002);
	assert_true(cpa_heap_inuse_bytes() - inuse_bytes == 2002);

	/* A birth taken back was never there. */
	cpa_heap_unbirth(bucket, &two);
	sum_of(stack, &sum);
	assert_int_equal(sum.alloc_samples, 1);
	assert_true(sum.alloc_objects == 4 && sum.inuse_objects == 0);
	assert_true(sum.alloc_bytes == 4000 && sum.inuse_bytes == 0);
	assert_int_equal(sum.mean_req_bytes, 1000);
}

/* What names a bucket stays as it was, whatever comes after, and is exact up to 32 GiB. */
static void test_first_bytes(void **state)
{
	uint64_t number = 1000;

	for (unsigned log2 = 0; log2 < 48; log2++) {
		for (int below = 1; below >= -1; below--) {
			size_t req_bytes = ((size_t)1 << log2) - (size_t)below;
			struct cpa_heap_sample first = {req_bytes, 0.5}, last = {req_bytes, 0.25};
			cpa_stack_id stack = stack_number(++number);
			cpa_heap_bucket bucket = cpa_heap_birth(stack, 0, &first);
			struct cpa_heap_row sum;

			last.req_bytes += req_bytes > 16 && below == 0; /* the class's smallest */
			assert_int_equal(cpa_heap_birth(stack, 0, &last), bucket);
			cpa_heap_death(bucket, &first);
			cpa_heap_unbirth(bucket, &last);
			assert_int_equal(sum_of(stack, &sum), 1);
			if (req_bytes < (size_t)1 << 35)
				assert_int_equal(sum.first_req_bytes, req_bytes);
			assert_int_equal(
				cpa_sizeclass_of(sum.first_req_bytes), cpa_sizeclass_of(req_bytes));
			assert_int_equal(sum.alloc_samples, 1);
			assert_int_equal(sum.inuse_samples, 0);
		}
	}
}

/* Sizes so different that their mean would mislead are apart; so are label sets and stacks. */
static void test_apart(void **state)
{
	cpa_stack_id stack = stack_number(2);
	cpa_heap_bucket seen[64];
	unsigned count = 0;
	struct cpa_heap_row sum;

	for (size_t req_bytes = 0; req_bytes < (size_t)1 << 40; req_bytes = req_bytes * 4 + 1) {
		struct cpa_heap_sample sample = {.req_bytes = req_bytes, .probability = 1};

		seen[count++] = cpa_heap_birth(stack, 0, &sample);
		seen[count++] = cpa_heap_birth(stack, 7, &sample);
	}
	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < i; j++)
			assert_int_not_equal(seen[i], seen[j]);
	}
	assert_int_equal(sum_of(stack, &sum), count);
	assert_int_equal(sum_of(stack_number(3), &sum), 0);
}

/* A bucket's mean is near each of its sizes. */
static void test_class_width(void **state)
{
	for (size_t req_bytes = 1; req_bytes < 100000; req_bytes += 1 + req_bytes / 100) {
		struct cpa_heap_sample sample = {.req_bytes = req_bytes, .probability = 1};
		struct cpa_heap_sample larger = {
			.req_bytes = req_bytes + req_bytes / 7 + 1, .probability = 1};

		assert_int_not_equal(cpa_heap_birth(stack_number(4), 0, &sample),
			cpa_heap_birth(stack_number(4), 0, &larger));
	}
}

static void *births_and_deaths(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct cpa_heap_sample sample = {.req_bytes = 64, .probability = 0.5};
		cpa_heap_bucket bucket =
			cpa_heap_birth(stack_number(100 + (uint64_t)i % 50), 0, &sample);

		if (i % 2)
			cpa_heap_death(bucket, &sample);
	}
	return arg;
}

static void test_threads(void **state)
{
	pthread_t threads[THREADS];
	double alloc_objects = 0, inuse_bytes = 0;
	unsigned rows = 0;

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, births_and_deaths, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (uint64_t i = 0; i < 50; i++) {
		struct cpa_heap_row sum;

		rows += sum_of(stack_number(100 + i), &sum);
		alloc_objects += sum.alloc_objects;
		inuse_bytes += sum.inuse_bytes;
	}
	assert_int_equal(rows, 50);
	assert_true(alloc_objects == 2.0 * THREADS * ROUNDS);
	assert_true(inuse_bytes == 64.0 * THREADS * ROUNDS);
}

/* Many tiny shares come and go: what is left is exact where nothing is left. */
static void test_no_dust(void **state)
{
	cpa_stack_id stack = stack_number(5);
	cpa_heap_bucket bucket = 0;
	struct cpa_heap_row sum;

	for (int round = 0; round < 2; round++) {
		for (int i = 1; i <= 1000; i++) {
			struct cpa_heap_sample sample = {
				.req_bytes = 100, .probability = 1.0 / (3.3 * i)};

			if (round == 0)
				bucket = cpa_heap_birth(stack, 0, &sample);
			else
				cpa_heap_death(bucket, &sample);
		}
	}
	sum_of(stack, &sum);
	assert_int_equal(sum.inuse_samples, 0);
	assert_true(sum.inuse_objects == 0 && sum.inuse_bytes == 0);
	assert_true(fabs(sum.alloc_objects - 3.3 * 500500) < 1e-6);
}

/* All samples of all rows. */
static uint64_t all_samples(void)
{
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;
	uint64_t samples = 0;

	while (cpa_heap_next(&walk, &row))
		samples += row.alloc_samples;
	return samples;
}

/*
 * In a full store no sample vanishes: it is in a row, if only in a row for all, or counted as
 * dropped.
 */
static void test_full(void **state)
{
	struct cpa_heap_sample sample = {.req_bytes = 10, .probability = 1};
	uint64_t dropped = cpa_heap_counters.dropped_store_full, samples = all_samples();
	cpa_heap_bucket known = cpa_heap_birth(stack_number(1000), 0, &sample);
	const uint64_t births = 100000;

	assert_int_equal(cpa_heap_counters.samples, samples + 1);
	for (uint64_t i = 0; i < births; i++)
		(void)!cpa_heap_birth(stack_number(1000 + i), 0, &sample);
	dropped = cpa_heap_counters.dropped_store_full - dropped;
	assert_int_equal(all_samples() + dropped, samples + 1 + births);
	assert_int_equal(cpa_heap_counters.samples, all_samples());
	assert_true(cpa_heap_counters.stacks_full > 0);
	/* Known buckets go on. */
	assert_int_equal(cpa_heap_birth(stack_number(1000), 0, &sample), known);
}

/* Thousands of label sets on one stack, and the same sets on another, are rows of their own. */
static void test_label_sets(void **state)
{
	struct cpa_heap_sample sample = {.req_bytes = 64, .probability = 0.5};
	cpa_stack_id stacks[2] = {stack_number(700), stack_number(701)};
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;
	cpa_heap_bucket first = cpa_heap_birth(stacks[0], 1, &sample);
	unsigned char seen[2][2001] = {{0}};

	(void)state;
	for (uint32_t set = 0; set <= 2000; set++)
		for (int i = 0; i < 2; i++)
			assert_int_not_equal(cpa_heap_birth(stacks[i], set, &sample), 0);
	assert_int_equal(cpa_heap_birth(stacks[0], 1, &sample), first);
	cpa_heap_death(first, &sample);
	while (cpa_heap_next(&walk, &row)) {
		if (row.stack != stacks[0] && row.stack != stacks[1])
			continue;
		assert_in_range(row.label_set, 0, 2000);
		seen[row.stack == stacks[1]][row.label_set]++;
		if (row.stack == stacks[0] && row.label_set == 1) {
			assert_int_equal(row.alloc_samples, 3);
			assert_int_equal(row.inuse_samples, 2);
			assert_true(row.inuse_bytes == 256);
		} else {
			assert_int_equal(row.alloc_samples, 1);
			assert_true(row.alloc_objects == 2 && row.inuse_bytes == 128);
		}
	}
	for (uint32_t set = 0; set <= 2000; set++)
		assert_true(seen[0][set] == 1 && seen[1][set] == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_first_bytes),
		cmocka_unit_test(test_label_sets),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_class_width),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_dust),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
