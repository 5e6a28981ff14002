/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are the gaps exponential, is each request sampled with the probability that the gate reports,
 * and is rate 1 exact? Not here: whole profiles against truth (tests/integration/truth.bats).
 *
 * Anderson and Darling's A^2 for a law that is fully known: P(A^2 > 12) is about 2e-6
 * (asymptotically exp(-A^2) times a constant below 2). All random checks here together raise a
 * false alarm with a probability below 2e-5.
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/gate.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define DRAWS          20000
#define SQUARED_LIMIT  12.0 /* of A^2 */
#define DEVIATES_LIMIT 5.5  /* standard deviations: 4e-8 on both sides */

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A^2 of values that should be exponential with this mean. Sorts them. */
static double anderson_darling(double *values, size_t count, double mean)
{
	double sum = 0;

	qsort(values, count, sizeof(*values), ascending);
	for (size_t i = 0; i < count; i++) {
		double low = log(-expm1(-values[i] / mean)); /* log F */
		double high = -values[count - 1 - i] / mean; /* log (1 - F), from the other end */

		sum += (double)(2 * i + 1) * (low + high);
	}
	return -(double)count - sum / (double)count;
}

static void seed(void)
{
	uint64_t word;

	assert_int_equal(getrandom(&word, sizeof(word), 0), sizeof(word));
	print_message("seed %016lx\n", word); /* a failure can be looked at again */
	cpa_gate_seed(word);
}

static void test_draw(void **state)
{
	static double draws[DRAWS];
	double squared;

	seed();
	for (size_t i = 0; i < DRAWS; i++) {
		draws[i] = cpa_gate_draw(1000);
		assert_true(draws[i] > 0 && isfinite(draws[i]));
	}
	squared = anderson_darling(draws, DRAWS, 1000);
	print_message("A^2 %.2f\n", squared);
	assert_true(squared < SQUARED_LIMIT);
}

/*
 * The law is told apart: what is 10% off, or uniform, or geometric, is refused. The root of A^2 of
 * 20,000 draws that are 10% off lies 7.5 of its standard deviations over the root of the limit (by
 * simulation; 5% off lies 1.5, and would pass one time in 14).
 */
static void test_the_test(void **state)
{
	static double draws[DRAWS];

	seed();
	for (size_t i = 0; i < DRAWS; i++)
		draws[i] = cpa_gate_draw(1100);
	assert_true(anderson_darling(draws, DRAWS, 1000) > SQUARED_LIMIT);
	for (size_t i = 0; i < DRAWS; i++)
		draws[i] = ((double)i + 0.5) * 2000 / DRAWS;
	assert_true(anderson_darling(draws, DRAWS, 1000) > SQUARED_LIMIT);
	for (size_t i = 0; i < DRAWS; i++)
		draws[i] = ceil(cpa_gate_draw(10));
	assert_true(anderson_darling(draws, DRAWS, 10) > SQUARED_LIMIT);
}

/* One request as alloc/entry.c makes it. */
static bool sampled(size_t req_bytes, double *ret_probability)
{
	return cpa_gate_trips(req_bytes) && cpa_gate_decide(req_bytes, ret_probability);
}

/*
 * Bytes between samples, as the hot path sees them, across many check-ins. Small steps make
 * them nearly continuous.
 */
static void gaps_are_exponential(uint64_t rate_bytes, size_t step_bytes, size_t count)
{
	static double gaps[DRAWS];
	double probability = 0, squared;

	cpa_gate_set_rate(rate_bytes);
	for (size_t i = 0; i < count; i++) {
		uint64_t gap_bytes = 0;

		do
			gap_bytes += step_bytes;
		while (!sampled(step_bytes, &probability));
		gaps[i] = (double)gap_bytes - (double)step_bytes / 2;
	}
	squared = anderson_darling(gaps, count, (double)rate_bytes);
	print_message("rate %lu: A^2 %.2f\n", rate_bytes, squared);
	assert_true(squared < SQUARED_LIMIT);
}

static void test_gaps(void **state)
{
	seed();
	gaps_are_exponential(4096, 1, DRAWS);
	gaps_are_exponential(512 * 1024, 256, DRAWS);
	/* Longer than the check-in interval on the average. */
	gaps_are_exponential(2 * CPA_GATE_CHECK_BYTES, 65536, 2000);
}

/*
 * Of count requests, as many are samples as their probabilities say, and the objects they stand
 * for are count.
 */
static void shares_are_right(uint64_t rate_bytes, size_t req_bytes, size_t count)
{
	double p = -expm1(-(double)req_bytes / (double)rate_bytes), probability = 0;
	double spread = sqrt((double)count * p * (1 - p)), found = 0, objects = 0;

	for (size_t i = 0; i < count; i++) {
		if (!sampled(req_bytes, &probability))
			continue;
		assert_true(fabs(probability - p) < 1e-9);
		found++;
		objects += 1 / probability;
	}
	if (fabs(found - (double)count * p) > DEVIATES_LIMIT * spread + 6)
		fail_msg("rate %lu, %zu bytes: %.0f samples of %zu, expected %.1f", rate_bytes,
			req_bytes, found, count, (double)count * p);
	assert_true(fabs(objects - found / p) < 1e-6 * (found / p + 1));
}

static void test_shares(void **state)
{
	static const uint64_t rates[] = {2, 4096, 65536, 524288, (uint64_t)1 << 30};
	static const size_t sizes[] = {1, 100, 4096, 65536, 524288, 16777216, (size_t)1 << 30};

	seed();
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		cpa_gate_set_rate(rates[i]);
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++)
			shares_are_right(rates[i], sizes[j], 20000);
	}
}

/* Requests of all sizes in turn: none disturbs the next one's share. */
static void test_mixed(void **state)
{
	static const size_t sizes[] = {8, 60000, 1, 300, 20000000, 4096};
	double found[6] = {0}, probability = 0;
	const int rounds = 30000;

	seed();
	cpa_gate_set_rate(65536);
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < 6; i++)
			found[i] += sampled(sizes[i], &probability) ? 1 : 0;
	}
	for (int i = 0; i < 6; i++) {
		double p = -expm1(-(double)sizes[i] / 65536);

		assert_true(fabs(found[i] - rounds * p) <=
			    DEVIATES_LIMIT * sqrt(rounds * p * (1 - p)) + 6);
	}
}

static void test_exact(void **state)
{
	double probability = 0;

	seed();
	cpa_gate_set_rate(1);
	for (size_t req_bytes = 0; req_bytes < 3000; req_bytes++) {
		assert_true(sampled(req_bytes, &probability));
		assert_true(probability == 1.0);
	}
	assert_true(sampled(SIZE_MAX, &probability));
	assert_true(sampled(0, &probability));
	assert_true(sampled((size_t)1 << 63, &probability));
	assert_true(sampled(1, &probability));
}

/*
 * A huge request (it will fail) must not make the next ones samples, nor stop them from being
 * samples for ever.
 */
static void test_huge(void **state)
{
	double probability = 0, found = 0;

	seed();
	cpa_gate_set_rate(65536);
	for (int i = 0; i < 20000; i++) {
		(void)sampled(SIZE_MAX - (size_t)i, &probability);
		found += sampled(65536, &probability) ? 1 : 0;
	}
	assert_true(fabs(found - 20000 * -expm1(-1)) <= DEVIATES_LIMIT * sqrt(20000 * 0.2325) + 6);
}

static void test_off(void **state)
{
	double probability = 0;

	seed();
	cpa_gate_set_rate(0);
	for (int i = 0; i < 100000; i++)
		assert_false(sampled(65536, &probability));
	assert_int_equal(cpa_gate_rate_bytes(), 0);
	assert_int_equal(cpa_gate_set_rate(4096), 0);
	assert_int_equal(cpa_gate_rate_bytes(), 4096);
	/* A thread that was off is on again at once. */
	shares_are_right(4096, 4096, 20000);
}

static void test_busy(void **state)
{
	double probability = 0;
	uint64_t left_bytes = 0, again_bytes = 0;

	cpa_gate_set_rate(1);
	assert_true(cpa_gate_begin(&left_bytes));
	assert_false(cpa_gate_begin(&again_bytes));
	for (int i = 0; i < 1000; i++)
		assert_false(sampled(1000, &probability));
	cpa_gate_end(left_bytes);
	assert_true(sampled(1000, &probability));
}

/*
 * --- threads: the first request of each, and threads of ours
 * -----------------------------------
 */

#define SHORT_THREADS 4000

static void *first_request(void *arg)
{
	double probability = 0;
	bool *is_sample = arg;

	is_sample[0] = sampled(45000, &probability);
	if (is_sample[0])
		is_sample[0] = fabs(probability - -expm1(-45000.0 / 65536)) < 1e-9;
	is_sample[1] = sampled(45000, &probability);
	return NULL;
}

static void test_first_of_thread(void **state)
{
	static bool is_sample[SHORT_THREADS][2];
	double p = -expm1(-45000.0 / 65536), found[2] = {0}, both = 0;

	seed();
	cpa_gate_set_rate(65536);
	for (int i = 0; i < SHORT_THREADS; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, first_request, is_sample[i]), 0);
		pthread_join(thread, NULL);
		found[0] += is_sample[i][0];
		found[1] += is_sample[i][1];
		both += is_sample[i][0] && is_sample[i][1];
	}
	for (int i = 0; i < 2; i++)
		assert_true(fabs(found[i] - SHORT_THREADS * p) <=
			    DEVIATES_LIMIT * sqrt(SHORT_THREADS * p * (1 - p)));
	/* Independent of each other. */
	assert_true(fabs(both - SHORT_THREADS * p * p) <=
		    DEVIATES_LIMIT * sqrt(SHORT_THREADS * p * p * (1 - p * p)));
}

static void *internal_requests(void *arg)
{
	double probability = 0;

	cpa_gate_set_internal();
	for (int i = 0; i < 10000; i++)
		*(unsigned *)arg += sampled(100000, &probability) ? 1 : 0;
	cpa_gate_set_rate(1);
	for (int i = 0; i < 10000; i++)
		*(unsigned *)arg += sampled(100000, &probability) ? 1 : 0;
	return NULL;
}

static void test_internal(void **state)
{
	unsigned found = 0;
	pthread_t thread;

	cpa_gate_set_rate(1);
	assert_int_equal(pthread_create(&thread, NULL, internal_requests, &found), 0);
	pthread_join(thread, NULL);
	assert_int_equal(found, 0);
}

static void test_largest_rate(void **state)
{
	uint64_t max_bytes = cpa_gate_rate_max_bytes();

	(void)state;
	cpa_gate_set_rate(max_bytes + 5);
	cpa_gate_set_rate(7);
	assert_int_equal(cpa_gate_rate_max_bytes(), max_bytes + 5);
	cpa_gate_set_rate(0);
	assert_int_equal(cpa_gate_rate_max_bytes(), max_bytes + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_draw),
		cmocka_unit_test(test_the_test),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_internal),
		cmocka_unit_test(test_first_of_thread),
		cmocka_unit_test(test_largest_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
