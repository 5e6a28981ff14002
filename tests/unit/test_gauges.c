/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do the gauges say what is in a known heap: totals, errors, the largest sites first, their names?
 * Not here: the sums themselves (test_heap.c), the law of the error (test_stats.c).
 */
#include "report/gauges.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/fake_heap.h"

#include "sampling/gate.h"

#include <math.h>

#define ROOM 16

struct got {
	struct cpa_gauges_site sites[ROOM];
	char functions[ROOM][2][64];
	size_t count;
};

static void keep(void *context, const struct cpa_gauges_site *site)
{
	struct got *got = context;

	assert_true(got->count < ROOM);
	for (uint32_t i = 0; site->functions && i < site->function_count && i < 2; i++)
		(void)snprintf(got->functions[got->count][i], sizeof(got->functions[0][0]), "%s",
			site->functions[i]);
	got->sites[got->count++] = *site;
}

static struct cpa_gauges look(struct got *got, size_t sites_max, bool names)
{
	const struct cpa_gauges_order order = {
		.sites_max = sites_max, .names = names, .take = keep, .context = got};
	struct cpa_gauges gauges;

	*got = (struct got){0};
	assert_int_equal(cpa_gauges_read(&order, &gauges), 0);
	return gauges;
}

static void assert_near(double value, double wanted)
{
	if (fabs(value - wanted) > 1e-9 * fabs(wanted) + 1e-9)
		fail_msg("%.12g instead of %.12g", value, wanted);
}

static void the_totals_are_those_of_all_rows(void **state)
{
	struct got got;
	struct cpa_gauges gauges = look(&got, 0, false);

	assert_int_equal(got.count, 0);
	assert_near(gauges.all.inuse_bytes, 200 + 512 + 10 + 7 + 11);
	assert_near(gauges.all.inuse_objects, 2 + 8 + 1 + 1 + 1);
	assert_near(gauges.all.alloc_bytes, 300 + 512 + 4096 / 0.6 + 10 + 7 + 11);
	assert_near(gauges.all.alloc_objects, 3 + 8 + 1 / 0.6 + 1 + 1 + 1);
	assert_true(gauges.mono_ns > 0 && gauges.facts.rss_bytes > 0);
}

static void the_largest_sites_come_first_with_their_names(void **state)
{
	static const double inuse[] = {512, 200, 11, 10, 7};
	static const char *const leaf[] = {
		"fake_leaf_two", "fake_leaf_one", "fake_leaf_one", "[anon]", "a64l"};
	struct got got;
	struct cpa_gauges gauges = look(&got, ROOM, true);

	assert_int_equal(gauges.site_count, 5);
	assert_int_equal(got.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_near(got.sites[i].sums.inuse_bytes, inuse[i]);
		assert_int_equal(got.sites[i].depth, 2);
		assert_string_equal(got.functions[i][0], leaf[i]);
		assert_string_equal(got.functions[i][1], i == 2 ? "[truncated]" : "fake_root");
	}
	/* What was freed again still tells what it allocated. */
	assert_near(got.sites[0].sums.alloc_bytes, 512 + 4096 / 0.6);
	gauges = look(&got, 2, false);
	assert_int_equal(gauges.site_count, 5);
	assert_int_equal(got.count, 2);
	assert_null(got.sites[0].functions);
	assert_near(got.sites[1].sums.inuse_bytes, 200);
}

static void labels_and_sizes_of_a_stack_are_one_site(void **state)
{
	struct cpa_heap_sample sample = {.req_bytes = 1000, .probability = 1};
	const uint64_t pcs[] = {fake_pc_two, fake_pc_root};
	cpa_stack_id stack = cpa_stacks_intern(pcs, 2);
	cpa_heap_bucket buckets[2];
	struct got got;

	buckets[0] = cpa_heap_birth(stack, 1, &sample);
	buckets[1] = cpa_heap_birth(stack, 2, &sample);
	assert_int_equal(look(&got, ROOM, false).site_count, 5);
	assert_int_equal(got.sites[0].stack, stack);
	assert_near(got.sites[0].sums.inuse_bytes, 512 + 2000);
	for (size_t i = 0; i < 2; i++)
		cpa_heap_death(buckets[i], &sample);
	(void)look(&got, ROOM, false);
	assert_near(got.sites[0].sums.inuse_bytes, 512);
}

/* By hand: 8 objects of 64 bytes and so on, as if all had been sampled at this rate. */
static void the_error_is_that_of_the_largest_rate(void **state)
{
	static const double objects[] = {8, 2, 1, 1, 1}, bytes[] = {64, 100, 11, 10, 7};
	const double rate = 1000;
	double all = 0;
	struct got got;
	struct cpa_gauges gauges = look(&got, ROOM, false);

	assert_near(gauges.all.inuse_half_bytes, 0);
	(void)cpa_gate_set_rate((uint64_t)rate);
	gauges = look(&got, ROOM, false);
	for (size_t i = 0; i < 5; i++) {
		double p = 1 - exp(-bytes[i] / rate);
		double variance = objects[i] * bytes[i] * bytes[i] * (1 - p) / p;

		assert_near(got.sites[i].sums.inuse_half_bytes, 1.959963984540054 * sqrt(variance));
		all += variance;
	}
	assert_near(gauges.all.inuse_half_bytes, 1.959963984540054 * sqrt(all));
}

static void it_asks_the_programs_heap_for_nothing(void **state)
{
	unsigned long before;
	struct got got;

	if (!FAKE_COUNTS_REQUESTS)
		skip();
	before = fake_requests;
	(void)look(&got, ROOM, true);
	assert_int_equal(fake_requests, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_totals_are_those_of_all_rows),
		cmocka_unit_test(the_largest_sites_come_first_with_their_names),
		cmocka_unit_test(labels_and_sizes_of_a_stack_are_one_site),
		cmocka_unit_test(it_asks_the_programs_heap_for_nothing),
		cmocka_unit_test(the_error_is_that_of_the_largest_rate),
	};

	return cmocka_run_group_tests(tests, fake_begin, scratch_end);
}
