/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles one after another become points; against the comparison of two profiles, which is other
 * code.
 * Not here: courses (test_site.c), files (integration/leaks.bats).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/analysis/diff.h"
#include "report/profile/read.h"
#include "report/trend/leaks.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define TYPES                                                                                      \
	"type alloc_objects count\ntype alloc_space bytes\ntype inuse_objects count\n"             \
	"type inuse_space bytes\nmapping 1000 9000 1000 /bin/x ab\n"
#define HEAD    TYPES "period space bytes 524288\n"
#define PROCESS "comment pid: 4\ncomment start_ns: 17\n"

static struct cpa_profile read_text(const char *text)
{
	char path[] = "/tmp/cpa-test-history-XXXXXX";
	int fd = mkstemp(path);
	struct cpa_profile profile;
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);

	assert_true(fd >= 0);
	close(fd);
	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	if (cpa_read_profile(&profile, path, &error) != 0)
		fail_msg("%s", error.text);
	unlink(path);
	return profile;
}

static int add(struct cpa_history *history, const char *text)
{
	struct cpa_profile profile = read_text(text);
	struct cpa_error error = {""};
	int result = cpa_history_add(history, &profile, &error);

	cpa_profile_done(&profile);
	return result;
}

static const char first[] = HEAD PROCESS "time 1000000000\n"
					 "sample 1000 100000 1000 100000 | bytes=100 | leak main\n"
					 "sample 50 5000000 50 5000000 | bytes=100000 | leak main\n"
					 "sample 900 90000 500 50000 | bytes=100 | keep main\n";
static const char second[] =
	HEAD PROCESS "time 31000000000\n"
		     "sample 3000 300000 2900 290000 | bytes=100 | leak main\n"
		     "sample 70 7000000 60 6000000 | bytes=100000 | leak main\n"
		     "sample 900 90000 500 50000 | bytes=100 | keep main\n"
		     "sample 10 1000 10 1000 | bytes=100 | late main\n";

static const struct cpa_leaks_site *site_named(const struct cpa_leaks *leaks, const char *name)
{
	size_t length_bytes, i;

	for (i = 0; i < leaks->site_count; i++) {
		const uint32_t *frames =
			cpa_intern_get(&leaks->stacks, leaks->sites[i].stack, &length_bytes);

		if (strcmp(leaks->nodes.items[frames[0]].name, name) == 0)
			return &leaks->sites[i];
	}
	fail_msg("no site %s", name);
	return NULL;
}

static void points_hold_what_changed(void **state)
{
	struct cpa_history history;

	cpa_history_init(&history, false);
	assert_int_equal(add(&history, first), 0);
	assert_int_equal(add(&history, second), 0);
	assert_int_equal(history.snapshot_count, 2);
	assert_int_equal(history.places.samples.count, 3);
	/* leak has changed, keep has not, late was not there. */
	assert_int_equal(history.stacks[0].point_count, 2);
	assert_int_equal(history.stacks[1].point_count, 1);
	assert_int_equal(history.stacks[2].point_count, 1);
	assert_int_equal(history.stacks[2].points[0].at, 1);
	assert_true(history.stacks[0].points[1].value == 6290000);
	/* 2000 of 100 bytes and 20 of 100000. */
	assert_true(history.stacks[0].points[1].births == 2200000);
	assert_true(history.snapshots[1].total.value == 6341000);
	assert_true(history.has_counters && history.view.is_known);
	cpa_history_done(&history);
}

/* The variance of the change of each site is the one that a diff of the two profiles has. */
static void a_change_is_that_of_a_diff(void **state)
{
	const struct cpa_diff_options options = {.type_name = "inuse_space"};
	struct cpa_profile profiles[2] = {read_text(first), read_text(second)};
	struct cpa_error error = {""};
	struct cpa_history history;
	struct cpa_leaks leaks;
	struct cpa_diff diff;
	size_t i, length_bytes;

	cpa_history_init(&history, false);
	assert_int_equal(add(&history, first), 0);
	assert_int_equal(add(&history, second), 0);
	cpa_leaks_init(&leaks, &history, CPA_NODES_BY_FUNCTION, false);
	assert_int_equal(cpa_diff_init(&diff, &profiles[0], &profiles[1], &options, &error), 0);
	assert_int_equal(diff.site_count, leaks.site_count);
	for (i = 0; i < diff.site_count; i++) {
		const uint32_t *frames =
			cpa_intern_get(&diff.stacks, diff.sites[i].stack, &length_bytes);
		const struct cpa_leaks_site *site =
			site_named(&leaks, diff.nodes.items[frames[0]].name);

		assert_true(site->about.change.value == diff.sites[i].change.value);
		assert_true(fabs(site->about.change.variance - diff.sites[i].change.variance) <=
			    1e-9 * diff.sites[i].change.variance);
	}
	cpa_diff_done(&diff);
	cpa_leaks_done(&leaks);
	cpa_history_done(&history);
	cpa_profile_done(&profiles[0]);
	cpa_profile_done(&profiles[1]);
}

static void the_larger_rate_counts(void **state)
{
	struct cpa_history history;

	cpa_history_init(&history, false);
	assert_int_equal(add(&history, first), 0);
	assert_int_equal(
		add(&history, TYPES "period space bytes 65536\n" PROCESS "time 31000000000\n"
				    "sample 1000 100000 1000 100000 | bytes=100 | leak "
				    "main\n"),
		0);
	assert_true(history.view.rate_bytes == 524288);
	assert_int_equal(history.least_rate_bytes, 65536);
	/* keep is gone: what it held has died. */
	assert_true(history.stacks[1].points[1].value == 0);
	assert_true(history.stacks[1].points[1].deaths_variance > 0);
	/* With sampling off nobody knows what was born. */
	assert_true(add(&history, HEAD "time 61000000000\n"
				       "comment cprofalloc: rate_bytes=0\n"
				       "sample 1 1 1 1 | bytes=1 | leak main\n") < 0);
	assert_int_equal(history.snapshot_count, 2);
	cpa_history_done(&history);
}

static void a_torn_down_heap_is_taken_back(void **state)
{
	static const char end[] = HEAD PROCESS "time 61000000000\ncomment reason: %s\n"
					       "sample 9000 900000 0 0 | bytes=100 | leak main\n"
					       "sample 4 400 4 400 | bytes=100 | bye main\n";
	static const char *const reasons[] = {"call", "final"};
	char text[1024];
	double freed;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct cpa_history history;
		struct cpa_leaks leaks;

		cpa_history_init(&history, false);
		assert_int_equal(add(&history, first), 0);
		assert_int_equal(add(&history, second), 0);
		assert_false(cpa_history_drop_teardown(&history, &freed));
		snprintf(text, sizeof(text), end, reasons[i]);
		assert_int_equal(add(&history, text), 0);
		assert_int_equal(cpa_history_drop_teardown(&history, &freed), i == 1);
		if (i == 1) {
			assert_true(freed == 6341000 - 400);
			assert_int_equal(history.snapshot_count, 2);
			cpa_leaks_init(&leaks, &history, CPA_NODES_BY_FUNCTION, false);
			assert_int_equal(leaks.site_count, 3); /* without bye */
			assert_true(site_named(&leaks, "leak")->now.value == 6290000);
			cpa_leaks_done(&leaks);
		}
		cpa_history_done(&history);
	}
}

static void counters_that_fall_are_of_another_process(void **state)
{
	struct cpa_profile later = read_text(second), earlier = read_text(first);
	struct cpa_history history;

	cpa_history_init(&history, false);
	assert_true(cpa_history_continues(&history, &earlier));
	assert_int_equal(add(&history, second), 0);
	assert_true(cpa_history_continues(&history, &later));
	assert_false(cpa_history_continues(&history, &earlier));
	cpa_history_done(&history);
	cpa_profile_done(&later);
	cpa_profile_done(&earlier);
}

static void without_counters_births_are_the_growth(void **state)
{
	struct cpa_history history;

	cpa_history_init(&history, false);
	assert_int_equal(add(&history, "type objects count\ntype space bytes\nperiod space bytes "
				       "524288\nmapping 1000 9000 1000 /bin/x ab\ntime 1000\n"
				       "sample 10 1000 | bytes=100 | f main\n"),
		0);
	assert_int_equal(add(&history, "type objects count\ntype space bytes\nperiod space bytes "
				       "524288\nmapping 1000 9000 1000 /bin/x ab\ntime 2000\n"
				       "sample 30 3000 | bytes=100 | f main\n"),
		0);
	assert_false(history.has_counters);
	assert_true(history.stacks[0].points[1].births == 2000);
	/* Either value may be off in full. */
	assert_true(history.stacks[0].points[1].deaths_variance > 0);
	cpa_history_done(&history);
}

static void a_clock_that_skips_pauses(void **state)
{
	static const double seconds[] = {0, 30, 60, 90, 3690, 3720, 3800};
	static const double want[] = {0, 30, 60, 90, 120, 150, 230};
	double clock[7];
	size_t i;

	cpa_leaks_clock(seconds, 7, clock);
	for (i = 0; i < 7; i++)
		assert_true(fabs(clock[i] - want[i]) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_hold_what_changed),
		cmocka_unit_test(a_change_is_that_of_a_diff),
		cmocka_unit_test(the_larger_rate_counts),
		cmocka_unit_test(a_torn_down_heap_is_taken_back),
		cmocka_unit_test(counters_that_fall_are_of_another_process),
		cmocka_unit_test(without_counters_births_are_the_growth),
		cmocka_unit_test(a_clock_that_skips_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
