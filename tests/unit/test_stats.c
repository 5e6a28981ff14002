/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The error bars against simulated sampling, and the test of a change against the exact one.
 * Not here: numbers of real profiles (integration/).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/analysis/stats.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/from_text.h"

static const struct cpa_stats_view bytes_view = {
	.what = CPA_STATS_BYTES, .rate_bytes = 524288, .is_known = true};
static const struct cpa_stats_view objects_view = {
	.what = CPA_STATS_OBJECTS, .rate_bytes = 524288, .is_known = true};

static double uniform(void)
{
	static uint64_t seed = 88172645463325252u;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / 9007199254740992.;
}

/* The formulas, by hand: s = 1 MiB, R = 512 KiB, p = 1 - e^-2, 10 samples. */
static void variance_of_one_bucket(void **state)
{
	double p = 1 - exp(-2), objects = 10 / p, s = 1048576;
	struct cpa_stats_sum sum = {.value = objects * s};

	cpa_stats_add_objects(&sum, &bytes_view, objects, s);
	assert_true(fabs(sum.samples - 10) < 1e-9);
	assert_true(fabs(sum.variance / (10 * s * s * (1 - p) / (p * p)) - 1) < 1e-12);
	assert_true(fabs(cpa_stats_half_width(&bytes_view, &sum) -
			    1.959963984540054 * sqrt(sum.variance)) < 1e-3);
	sum = (struct cpa_stats_sum){.value = objects};
	cpa_stats_add_objects(&sum, &objects_view, objects, s);
	assert_true(fabs(sum.variance / (10 * (1 - p) / (p * p)) - 1) < 1e-12);
}

static void exact_and_unknown(void **state)
{
	struct cpa_stats_view exact = {
		.what = CPA_STATS_BYTES, .rate_bytes = 1, .is_known = true, .is_exact = true};
	struct cpa_stats_view unknown = {.what = CPA_STATS_OTHER};
	struct cpa_stats_sum sum = {.value = 100};

	cpa_stats_add_objects(&sum, &exact, 10, 10);
	assert_true(cpa_stats_half_width(&exact, &sum) == 0);
	assert_true(sum.samples == 10);
	assert_true(cpa_stats_half_width(&unknown, &sum) == -1);
}

static int draw_count(double mean)
{
	double limit = exp(-mean), product = 1;
	int count = -1;

	do {
		count++;
		product *= uniform();
	} while (product > limit);
	return count;
}

/*
 * Sites of mean 2, 5 and 50 samples, 4000 times each: the interval low..high covers the truth at
 * least 93% of the time (95% less what Wilson and Hilferty and 4 sd of chance take), and the plain
 * half width does so at 50.
 */
static void intervals_cover_the_truth(void **state)
{
	static const double means[] = {2, 5, 50};
	double s = 100, p = -expm1(-s / 524288);
	size_t i;
	int run;

	for (i = 0; i < 3; i++) {
		double truth = means[i] / p * s;
		int covered = 0, plain = 0;

		for (run = 0; run < 4000; run++) {
			int n = draw_count(means[i]);
			struct cpa_stats_sum sum = {.value = n / p * s};
			double low = 0, high = 0, half;

			cpa_stats_add_objects(&sum, &bytes_view, n / p, s);
			cpa_stats_interval(&bytes_view, &sum, &low, &high);
			half = cpa_stats_half_width(&bytes_view, &sum);
			if (n == 0) /* nothing seen: the report says what is invisible */
				high = cpa_stats_visible(&bytes_view) * 1.25;
			covered += low <= truth && truth <= high;
			plain += fabs(sum.value - truth) <= half;
		}
		if (covered < 3720)
			fail_msg("mean %g: covered only %d of 4000", means[i], covered);
		if (means[i] == 50)
			assert_true(plain > 3680 && plain < 3900);
	}
}

/* Births and no death: against the two-sided binomial test, 2^(1-n). */
static void change_against_the_exact_test(void **state)
{
	double s = 100, p = -expm1(-s / 524288), z;
	int n;

	for (n = 1; n <= 12; n++) {
		struct cpa_stats_sum sum = {.value = n / p * s};
		double exact = n == 1 ? 1 : pow(2, 1 - n), got;

		cpa_stats_add_objects(&sum, &bytes_view, n / p, s);
		got = cpa_stats_p_value(&sum, &z);
		/* Never bolder than the exact test by more than a tenth, nor much more timid. */
		assert_true(got > exact * 0.9 - 1e-9);
		assert_true(got < exact * 6 + 1e-9);
	}
}

/* Nothing changed, births and deaths alike: the test must not cry more often than it may. */
static void no_change_is_rarely_called_one(void **state)
{
	static const double means[] = {1, 3, 10, 40};
	double s = 100, p = -expm1(-s / 524288), z;
	size_t i;
	int run;

	for (i = 0; i < 4; i++) {
		int cried = 0;

		for (run = 0; run < 4000; run++) {
			int births = draw_count(means[i]), deaths = draw_count(means[i]);
			struct cpa_stats_sum sum = {.value = (births - deaths) / p * s};

			cpa_stats_add_objects(&sum, &bytes_view, births / p, s);
			cpa_stats_add_objects(&sum, &bytes_view, deaths / p, s);
			cried += cpa_stats_p_value(&sum, &z) <= 0.05;
		}
		if (cried > 255) /* 5% of 4000 and 4 sd */
			fail_msg("mean %g: %d of 4000", means[i], cried);
	}
}

static void certain_changes(void **state)
{
	struct cpa_stats_sum change = {.value = -5}, none = {.value = 0};
	double z;

	assert_true(cpa_stats_p_value(&change, &z) == 0);
	assert_true(isinf(z) && z < 0);
	assert_true(cpa_stats_p_value(&none, &z) == 1);
}

/* The worked example of Benjamini and Hochberg's paper: of its 15 p-values it rejects 4 at 5%. */
static void false_discoveries(void **state)
{
	static const double p[] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
		0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
	double q[15];
	int i, rejected = 0;

	cpa_stats_q_values(p, 15, q);
	for (i = 0; i < 15; i++) {
		rejected += q[i] <= 0.05;
		assert_true(i == 0 || q[i] >= q[i - 1]);
	}
	assert_int_equal(rejected, 4);
	assert_true(fabs(q[0] - 0.0015) < 1e-12);
	cpa_stats_q_values(p, 0, q);
}

/* The promise of the last line: what is that large is seen, or found, 95 times in 100. */
static void what_is_invisible(void **state)
{
	double rate = 524288, s = 100, p = -expm1(-s / rate), z;
	double visible = cpa_stats_visible(&bytes_view),
	       detectable = cpa_stats_detectable_bytes(rate, 0.001, 0);
	int run, found = 0;

	assert_true(fabs(exp(-visible / rate) - 0.05) < 1e-9);
	for (run = 0; run < 2000; run++) {
		int n = draw_count(detectable / rate);
		struct cpa_stats_sum sum = {.value = n / p * s};

		cpa_stats_add_objects(&sum, &bytes_view, n / p, s);
		found += cpa_stats_p_value(&sum, &z) <= 0.001;
	}
	assert_true(found > 1860 && found < 1960);
	assert_true(cpa_stats_detectable_bytes(1, 0.001, 0) == 0);
}

static struct cpa_stats_view view_of(const char *comment)
{
	struct cpa_stats_view view;
	struct cpa_profile profile;
	char text[512];

	(void)snprintf(text, sizeof(text),
		"type alloc_objects count\ntype alloc_space bytes\ntype inuse_objects count\n"
		"type inuse_space bytes\nperiod space bytes 1\ntime 5\n%s"
		"sample 1 64 1 64 | bytes=64 | main\n",
		comment);
	read_text(&profile, text);
	view = cpa_stats_view(&profile, 3);
	cpa_profile_done(&profile);
	return view;
}

/* A program that goes over to rate=1 still has objects of the time before. */
static void the_largest_rate_counts(void **state)
{
	(void)state;
	assert_true(view_of("").is_exact);
	assert_true(view_of("comment cprofalloc: rate_bytes=1\n").is_exact);
	assert_false(view_of("comment cprofalloc: rate_bytes=1 rate_max_bytes=65536\n").is_exact);
	assert_true(view_of("comment cprofalloc: rate_max_bytes=65536\n").rate_bytes == 65536);
	assert_true(view_of("comment cprofalloc: rate_max_bytes=x\n").rate_bytes == 1);
}

/*
 * A program goes from one function to the other and back, for exponential times of 3, 30 or 300 ms,
 * under a clock of 10 ms with a random phase, for 2 s: the half width covers the true time of the
 * one in at least 93% of 2000 runs (95% less 4 sd of chance, and 0.1% for what is normal at 100
 * samples). False alarms: below 1e-4.
 */
static void ticks_of_a_clock(void **state)
{
	static const double stays_ms[] = {3, 30, 300};
	const struct cpa_stats_view view = {
		.what = CPA_STATS_HITS, .hit = 10, .rate_bytes = 10, .is_known = true};
	size_t i;
	int run;

	(void)state;
	for (i = 0; i < 3; i++) {
		int covered = 0;

		for (run = 0; run < 2000; run++) {
			double now_ms = 0, tick_ms = 10 * uniform(), truth_ms = 0, seen_ms = 0;
			struct cpa_stats_sum sum = {0};
			bool is_in = uniform() < 0.5;

			while (now_ms < 2000) {
				double end_ms = fmin(now_ms - stays_ms[i] * log(uniform()), 2000);

				truth_ms += is_in ? end_ms - now_ms : 0;
				for (; tick_ms < end_ms; tick_ms += 10)
					seen_ms += is_in ? 10 : 0;
				now_ms = end_ms;
				is_in = !is_in;
			}
			cpa_stats_add_hits(&sum, &view, seen_ms);
			covered += fabs(seen_ms - truth_ms) <= cpa_stats_half_width(&view, &sum);
		}
		assert_true(covered >= 1860);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variance_of_one_bucket),
		cmocka_unit_test(exact_and_unknown),
		cmocka_unit_test(intervals_cover_the_truth),
		cmocka_unit_test(change_against_the_exact_test),
		cmocka_unit_test(no_change_is_rarely_called_one),
		cmocka_unit_test(certain_changes),
		cmocka_unit_test(false_discoveries),
		cmocka_unit_test(what_is_invisible),
		cmocka_unit_test(the_largest_rate_counts),
		cmocka_unit_test(ticks_of_a_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
