/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are courses of known truth called what they are? Each is drawn many times with the sampler's law;
 * seeds are fixed, so the counts are too.
 * Not here: real programs (integration/leaks.bats).
 *
 * CPA_SERIES=N draws N series of each sort instead, and prints the table of verdicts.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/trend/leaks.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/heap_course.h"

#define SERIES 100 /* bars are parts of these */

/* Parameters of the laws below; each takes what it needs. */
struct course {
	const char *name;
	heap_course_law *law;
	double units; /* how much in all, or alive at a time */
	double part;  /* of the series, or of what is alive */
	double object_bytes;
	size_t count; /* snapshots */
};

static struct heap_course_step leak(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;
	double first = course->part * (double)(course->count - 1);
	struct heap_course_step result = {0};

	if ((double)step > first)
		result.born = course->units / ((double)(course->count - 1) - floor(first));
	return result;
}

/* part of what is born stays. */
static struct heap_course_step partial_leak(
	void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;
	struct heap_course_step result =
		leak(&(struct course){.units = course->units, .count = course->count}, random, step,
			alive);

	result.passing = result.born * (1 - course->part) / course->part;
	return result;
}

static struct heap_course_step bursty_leak(
	void *context, uint64_t *random, size_t step, double alive)
{
	struct heap_course_step result = leak(context, random, step, alive);

	result.born *= -log(1 - heap_course_uniform(random)); /* exponential, mean 1 */
	return result;
}

static struct heap_course_step cache(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;
	double steps = floor(course->part * (double)course->count);
	struct heap_course_step result = {0};

	if ((double)step < steps)
		result.born = course->units / steps;
	return result;
}

/* Full, it renews a tenth in each step. */
static struct heap_course_step busy_cache(
	void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;
	struct heap_course_step result = cache(context, random, step, alive);

	if (!(result.born > 0))
		result.born = result.removed = course->units / 10;
	return result;
}

static struct heap_course_step warm_up(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;
	double rate = 1 / (course->part * (double)course->count);

	return (struct heap_course_step){
		.born = course->units * (1 - exp(-rate)) * exp(-rate * (double)step)};
}

static struct heap_course_step sawtooth(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;
	size_t steps = (size_t)course->part;

	return (struct heap_course_step){
		.born = course->units / (double)steps, .drops_all = step % steps == 0};
}

/* part of it is renewed in each step. */
static struct heap_course_step churn(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;

	if (step == 0)
		return (struct heap_course_step){.born = course->units};
	return (struct heap_course_step){
		.born = course->part * course->units, .removed = course->part * course->units};
}

/* Part is the size of its steps; what it renews besides is a tenth of it. */
static struct heap_course_step walk(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;
	double change = course->part * heap_course_normal(random);
	struct heap_course_step result = {0};

	if (step == 0)
		return (struct heap_course_step){.born = course->units};
	result.born = course->units / 10 + fmax(change, 0);
	result.removed = course->units / 10 + fmax(-change, 0);
	return result;
}

static struct heap_course_step jump(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;

	return (struct heap_course_step){
		.born = step == (size_t)(course->part * (double)course->count) ? course->units : 0};
}

static struct heap_course_step shrink(void *context, uint64_t *random, size_t step, double alive)
{
	const struct course *course = context;

	if (step == 0)
		return (struct heap_course_step){.born = course->units};
	return (struct heap_course_step){
		.removed = 0.9 * course->units / (double)(course->count - 1)};
}

/* Draw the courses of one program together, judge them, and order them as the report does. */
static void judge_series(const struct course *courses, size_t course_count, uint64_t seed,
	struct cpa_leaks_site *sites, double *seconds)
{
	double p[32], q[32];
	struct cpa_site drawn;
	size_t tested = 0, i;

	for (i = 0; i < courses[0].count; i++)
		seconds[i] = 30. * (double)i;
	cpa_site_init(&drawn, courses[0].count);
	for (i = 0; i < course_count; i++) {
		uint64_t random = seed * 1000003 + i * 7919 + 1;

		memset(&sites[i], 0, sizeof(sites[i]));
		heap_course_uniform(&random);
		heap_course_fill(&drawn, courses[i].law, (void *)&courses[i],
			courses[i].object_bytes, &random);
		cpa_leaks_examine(&drawn, seconds, &sites[i]);
		if (sites[i].about.change.variance > 0)
			p[tested++] = sites[i].p;
	}
	cpa_stats_q_values(p, tested, q);
	for (i = tested = 0; i < course_count; i++) {
		uint64_t random = seed * 1000003 + i * 7919 + 1;

		if (sites[i].about.change.variance > 0)
			sites[i].about.q = q[tested++];
		heap_course_uniform(&random);
		heap_course_fill(&drawn, courses[i].law, (void *)&courses[i],
			courses[i].object_bytes, &random);
		cpa_leaks_conclude(&drawn, seconds, 0, &sites[i]);
	}
	cpa_site_done(&drawn);
}

static size_t series_count(void)
{
	const char *text = getenv("CPA_SERIES");

	return text != NULL ? strtoul(text, NULL, 10) : SERIES;
}

/* Series in which course 0 leaks and ranks before course 1. */
static size_t first_count;

/* Verdicts of each course over many series; [course][verdict]. */
static void count_verdicts(const struct course *courses, size_t course_count,
	size_t counts[][CPA_VERDICT_TOO_FEW + 1], size_t *ret_series_with_leak)
{
	struct cpa_leaks_site sites[32];
	double seconds[256];
	size_t series, i;

	memset(counts, 0, course_count * sizeof(counts[0]));
	*ret_series_with_leak = first_count = 0;
	for (series = 0; series < series_count(); series++) {
		bool has_leak = false;

		judge_series(courses, course_count, series + 1, sites, seconds);
		first_count += cpa_leaks_compare(&sites[0], &sites[1]) < 0 &&
			       sites[0].verdict == CPA_VERDICT_LEAK;
		for (i = 0; i < course_count; i++) {
			counts[i][sites[i].verdict]++;
			has_leak = has_leak || sites[i].verdict <= CPA_VERDICT_MAYBE_LEAK;
		}
		*ret_series_with_leak += has_leak;
	}
	if (getenv("CPA_SERIES") == NULL)
		return;
	for (i = 0; i < course_count; i++) {
		int verdict;

		printf("%-28s n=%-3zu", courses[i].name, courses[i].count);
		for (verdict = 0; verdict < CPA_VERDICT_TOO_FEW; verdict++)
			if (counts[i][verdict] > 0)
				printf("  %s %.1f%%", cpa_verdict_name((enum cpa_verdict)verdict),
					100. * (double)counts[i][verdict] / (double)series_count());
		printf("\n");
	}
	printf("series with a LEAK or LEAK?: %.1f%%, the first before the second: %.1f%%\n",
		100. * (double)*ret_series_with_leak / (double)series_count(),
		100. * (double)first_count / (double)series_count());
}

/* A part of the series, for the bars. */
static size_t percent(double part)
{
	return (size_t)(part / 100 * (double)series_count());
}

static void nothing_that_leaks(void **state)
{
	static const size_t lengths[] = {6, 12, 26, 60};
	size_t i, j;

	for (i = 0; i < CPA_ARRAY_LEN(lengths); i++) {
		struct course courses[] = {
			{"churn 5, quick", churn, 5, 0.9, 500, 0},
			{"churn 30, quick", churn, 30, 0.9, 500, 0},
			{"churn 30, slow", churn, 30, 0.1, 500, 0},
			{"churn 200, slow", churn, 200, 0.05, 5000, 0},
			{"churn 30, mixed", churn, 30, 0.3, 0, 0},
			{"walk 50 by 3", walk, 50, 3, 500, 0},
			{"walk 50 by 10", walk, 50, 10, 500, 0},
			{"cache 40, early", cache, 40, 0.34, 500, 0},
			{"cache 200, half", cache, 200, 0.5, 5000, 0},
			{"busy cache 40", busy_cache, 40, 0.4, 500, 0},
			{"warm-up 60", warm_up, 60, 0.12, 500, 0},
			{"warm-up 200", warm_up, 200, 0.15, 5000, 0},
			{"sawtooth 20", sawtooth, 20, 5, 500, 0},
			{"jump 30", jump, 30, 0.5, 500, 0},
			{"late jump 30", jump, 30, 0.9, 500, 0},
			{"shrink 30", shrink, 30, 0, 500, 0},
		};
		size_t counts[CPA_ARRAY_LEN(courses)][CPA_VERDICT_TOO_FEW + 1], with_leak;

		for (j = 0; j < CPA_ARRAY_LEN(courses); j++)
			courses[j].count = lengths[i];
		count_verdicts(courses, CPA_ARRAY_LEN(courses), counts, &with_leak);
		assert_true(with_leak <= percent(5));
		/* Of chance alone nearly all is called steady. */
		for (j = 0; j < 4; j++)
			assert_true(counts[j][CPA_VERDICT_STEADY] >= percent(95));
		assert_true(counts[15][CPA_VERDICT_SHRINKING] >= percent(99));
	}
}

/* Where two resolutions leak, beside a slower leak and what a program does besides. */
static void a_planted_leak_is_first(void **state)
{
	static const size_t lengths[] = {12, 26, 60};
	double resolution = cpa_stats_detectable_bytes(HEAP_COURSE_RATE, CPA_VERDICT_Q_MAX / 2, 0) /
			    HEAP_COURSE_RATE;
	size_t i, j;

	for (i = 0; i < CPA_ARRAY_LEN(lengths); i++) {
		struct course courses[] = {
			{"leak, 2 resolutions", leak, 2 * resolution, 0, 500, 0},
			{"slow leak, 1 resolution", leak, resolution, 0, 500, 0},
			{"cache 60", cache, 60, 0.4, 500, 0},
			{"sawtooth 20", sawtooth, 20, 5, 500, 0},
			{"churn 30", churn, 30, 0.5, 500, 0},
			{"churn 100", churn, 100, 0.1, 500, 0},
		};
		size_t counts[CPA_ARRAY_LEN(courses)][CPA_VERDICT_TOO_FEW + 1], with_leak;

		for (j = 0; j < CPA_ARRAY_LEN(courses); j++)
			courses[j].count = lengths[i];
		count_verdicts(courses, CPA_ARRAY_LEN(courses), counts, &with_leak);
		assert_true(counts[0][CPA_VERDICT_LEAK] >= percent(95));
		assert_true(first_count >= percent(95));
		assert_true(counts[1][CPA_VERDICT_LEAK] >= percent(85));
		assert_true(counts[2][CPA_VERDICT_LEVELLED] >= percent(95));
		/* Twelve snapshots see it fall only twice. */
		if (lengths[i] > 12)
			assert_true(counts[3][CPA_VERDICT_SAWTOOTH] >= percent(95));
		assert_true(counts[4][CPA_VERDICT_STEADY] >= percent(95));
		assert_true(counts[5][CPA_VERDICT_STEADY] >= percent(95));
	}
}

static void leaks_of_all_sorts(void **state)
{
	static const size_t lengths[] = {12, 26, 60};
	size_t i, j;

	for (i = 0; i < CPA_ARRAY_LEN(lengths); i++) {
		struct course courses[] = {
			{"leak 40", leak, 40, 0, 500, 0},
			{"leak 100, second half", leak, 100, 0.5, 500, 0},
			{"leak 40, last third", leak, 40, 0.67, 500, 0},
			{"leak 40, bursty", bursty_leak, 40, 0, 500, 0},
			{"leak 200, mixed sizes", leak, 200, 0, 0, 0},
			{"leak 5%", partial_leak, 40, 0.05, 500, 0},
			{"leak 50%", partial_leak, 40, 0.5, 500, 0},
		};
		size_t counts[CPA_ARRAY_LEN(courses)][CPA_VERDICT_TOO_FEW + 1], with_leak;

		for (j = 0; j < CPA_ARRAY_LEN(courses); j++)
			courses[j].count = lengths[i];
		count_verdicts(courses, CPA_ARRAY_LEN(courses), counts, &with_leak);
		for (j = 0; j < 5; j++)
			assert_true(counts[j][CPA_VERDICT_LEAK] >= percent(90));
		/* Where much of what is born is freed, it is said with a question mark. */
		for (j = 5; j < 7; j++)
			assert_true(counts[j][CPA_VERDICT_MAYBE_LEAK] >= percent(95));
	}
}

/* The interval of the pace holds the true one as often as it says, or more often. */
static void the_pace_is_covered(void **state)
{
	static const size_t lengths[] = {8, 26, 60};
	size_t i, series;

	for (i = 0; i < CPA_ARRAY_LEN(lengths); i++) {
		struct course course = {"leak 40", leak, 40, 0, 500, lengths[i]};
		double seconds[256], per_second;
		struct cpa_leaks_site site;
		size_t covered = 0, sites = 0;

		per_second = course.units * HEAP_COURSE_RATE / (30. * (double)(lengths[i] - 1));
		for (series = 0; series < series_count(); series++) {
			judge_series(&course, 1, series + 1, &site, seconds);
			if (site.verdict != CPA_VERDICT_LEAK)
				continue;
			sites++;
			covered += site.pace.slope_low <= per_second &&
				   per_second <= site.pace.slope_high;
		}
		if (getenv("CPA_SERIES") != NULL)
			printf("pace covered in %.1f%% of %zu\n",
				100. * (double)covered / (double)sites, sites);
		assert_true(sites >= percent(95));
		assert_true(covered * 100 >= sites * 90);
	}
}

/* Each condition of the head of verdict.h alone takes the LEAK away. */
static void every_condition_counts(void **state)
{
	static const struct cpa_verdict_case leak = {
		.change = {.value = 100, .variance = 100},
		.q = 0.001,
		.shape = {.births = 100, .kept = 1, .largest_up = 5},
		.trend = {.z = 4, .walk_z = 4},
		.snapshot_count = 26,
	};
	struct cpa_verdict_case about = leak;

	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_LEAK);
	about.snapshot_count = 3;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_TOO_FEW);
	about = leak;
	about.q = 0.06;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_STEADY);
	about = leak;
	about.trend.z = 1.6;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_VARIES);
	about = leak;
	about.trend.walk_z = 1.6;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_VARIES);
	about = leak;
	about.shape.kept = 0.6;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_MAYBE_LEAK);
	about.trend.walk_z = 2.5;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_GROWING);
	about.trend = leak.trend;
	about.shape.slow_z = 2.5;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_GROWING);
	about = leak;
	about.shape.slow_z = 3.5;
	about.shape.rate_before = 10;
	about.shape.rate_after = 4;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_GROWING);
	about.shape.rate_after = 2;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_LEVELLED);
	about = leak;
	about.shape.largest_up = 70;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_JUMPED);
	about = leak;
	about.shape.fall_count = about.shape.rise_count = 2;
	about.shape.dispersion_z = 5;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_SAWTOOTH);
	about.shape.dispersion_z = 1;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_LEAK);
	about = leak;
	about.change.value = -100;
	about.trend.z = -4;
	assert_int_equal(cpa_verdict_of(&about), CPA_VERDICT_SHRINKING);
}

static void reasons_in_plain_words(void **state)
{
	static const double seconds[] = {0, 30, 60, 90};
	struct cpa_verdict_case about = {.snapshot_count = 4};
	char text[256];

	about.shape = (struct cpa_shape){.up_count = 3, .births = 10};
	assert_string_equal(
		cpa_verdict_reason(text, sizeof(text), &about, CPA_VERDICT_LEAK, seconds),
		"grew in 3 of 3 intervals, nothing born there was ever freed");
	about.shape.deaths = 9.95;
	assert_string_equal(
		cpa_verdict_reason(text, sizeof(text), &about, CPA_VERDICT_GROWING, seconds),
		"grew in 3 of 3 intervals, nearly all that was born there was freed again");
	about.shape.deaths = 2;
	about.shape.slow_z = 4;
	assert_string_equal(
		cpa_verdict_reason(text, sizeof(text), &about, CPA_VERDICT_GROWING, seconds),
		"grew in 3 of 3 intervals, 20% of what was born there was freed; it is slowing "
		"down");
	about.shape.level_since = 1;
	assert_string_equal(
		cpa_verdict_reason(text, sizeof(text), &about, CPA_VERDICT_LEVELLED, seconds),
		"grew, and has been level for 1 min");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_condition_counts),
		cmocka_unit_test(reasons_in_plain_words),
		cmocka_unit_test(nothing_that_leaks),
		cmocka_unit_test(a_planted_leak_is_first),
		cmocka_unit_test(leaks_of_all_sorts),
		cmocka_unit_test(the_pace_is_covered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
