/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two profiles compared: which sites, which variance, which verdict.
 * Not here: the test itself (test_stats.c), the printed table (integration/cprof_reports.bats).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/analysis/diff.h"
#include "report/profile/read.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define HEAD                                                                                       \
	"type alloc_objects count\ntype alloc_space bytes\ntype inuse_objects count\n"             \
	"type inuse_space bytes\nperiod space bytes 524288\nmapping 1000 9000 1000 /bin/x ab\n"
#define PROCESS(pid) "comment pid: " #pid "\ncomment start_ns: 17\n"

static struct cpa_profile read_text(const char *text)
{
	char path[] = "/tmp/cpa-test-diff-XXXXXX";
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

static void compare(struct cpa_diff *diff, const char *old_text, const char *new_text,
	enum cpa_diff_relation relation)
{
	struct cpa_profile old_profile = read_text(old_text), new_profile = read_text(new_text);
	struct cpa_error error = {""};

	if (cpa_diff_init(diff, &old_profile, &new_profile,
		    &(struct cpa_diff_options){.type_name = "", .relation = relation}, &error) != 0)
		fail_msg("%s", error.text);
	cpa_profile_done(&old_profile);
	cpa_profile_done(&new_profile);
}

static const char *leaf(const struct cpa_diff *diff, size_t site)
{
	size_t length_bytes;
	const uint32_t *frames =
		cpa_intern_get(&diff->stacks, diff->sites[site].stack, &length_bytes);

	return length_bytes > 0 ? diff->nodes.items[frames[0]].name : "";
}

/* 10 MB stay, 20 MB of other objects come: only what came counts, and the old 10 MB cancel. */
static void one_process_counts_births(void **state)
{
	static const char old_text[] =
		HEAD PROCESS(4) "time 1000000000\n"
				"sample 100000 10000000 100000 10000000 | bytes=100 | leak main\n"
				"sample 50000 5000000 50000 5000000 | bytes=100 | keep main\n";
	static const char new_text[] =
		HEAD PROCESS(4) "time 2000000000\n"
				"sample 300000 30000000 300000 30000000 | bytes=100 | leak main\n"
				"sample 50000 5000000 50000 5000000 | bytes=100 | keep main\n";
	struct cpa_diff diff;
	double p = -expm1(-100. / 524288), variance = 200000 * (1 - p) / p * 1e4;

	compare(&diff, old_text, new_text, CPA_DIFF_ASK);
	assert_true(diff.is_one_process);
	assert_int_equal(diff.site_count, 2);
	assert_int_equal(diff.grown_count, 1);
	assert_int_equal(diff.tested_count, 1);
	assert_string_equal(leaf(&diff, 0), "leak");
	assert_true(diff.sites[0].change.value == 20000000);
	assert_true(diff.sites[0].objects_change == 200000);
	assert_true(fabs(diff.sites[0].change.variance / variance - 1) < 1e-9);
	assert_true(diff.sites[1].change.variance == 0);
	assert_int_equal(diff.elapsed_ns, 1000000000);
	cpa_diff_done(&diff);
	/* As two processes both profiles err in full: 300000 and 100000 objects. */
	compare(&diff, old_text, new_text, CPA_DIFF_TWO_PROCESSES);
	assert_true(fabs(diff.sites[0].change.variance / (2 * variance) - 1) < 1e-9);
	assert_int_equal(diff.tested_count, 2);
	cpa_diff_done(&diff);
}

/* Churn that leaves nothing behind cannot have changed anything: the bound is what is in use. */
static void churn_is_bounded_by_what_is_in_use(void **state)
{
	struct cpa_diff diff;

	compare(&diff, HEAD PROCESS(4) "sample 1000 100000 0 0 | bytes=100 | churn main\n",
		HEAD PROCESS(4) "sample 900000 90000000 0 0 | bytes=100 | churn main\n",
		CPA_DIFF_ASK);
	assert_true(diff.sites[0].change.variance == 0);
	assert_int_equal(diff.tested_count, 0);
	cpa_diff_done(&diff);
}

/* One sample more at each of 40 sites is chance; the 41st, with 60 more, is not. */
static void noise_is_folded(void **state)
{
	static char old_text[16384], new_text[16384];
	size_t old_used, new_used;
	struct cpa_diff diff;
	int i;

	old_used = (size_t)snprintf(old_text, sizeof(old_text), "%s", HEAD PROCESS(4));
	new_used = (size_t)snprintf(new_text, sizeof(new_text), "%s", HEAD PROCESS(4));
	for (i = 0; i < 40; i++) {
		old_used += (size_t)snprintf(old_text + old_used, sizeof(old_text) - old_used,
			"sample 52429 5242930 52429 5242930 | bytes=100 | site%d main\n", i);
		new_used += (size_t)snprintf(new_text + new_used, sizeof(new_text) - new_used,
			"sample 57672 5767200 57672 5767200 | bytes=100 | site%d main\n", i);
	}
	snprintf(new_text + new_used, sizeof(new_text) - new_used,
		"sample 314574 31457400 314574 31457400 | bytes=100 | leak main\n");
	compare(&diff, old_text, new_text, CPA_DIFF_ASK);
	assert_int_equal(diff.grown_count, 1);
	assert_int_equal(diff.shrunk_count, 0);
	assert_string_equal(leaf(&diff, 0), "leak");
	assert_true(fabs(diff.noise.value - 40 * (5767200. - 5242930)) < 1);
	cpa_diff_done(&diff);
}

static void shrunk_behind_grown(void **state)
{
	struct cpa_diff diff;

	compare(&diff,
		HEAD PROCESS(4) "sample 900000 90000000 900000 90000000 | bytes=100 | cache main\n",
		HEAD PROCESS(4) "sample 900000 90000000 0 0 | bytes=100 | cache main\n"
				"sample 300000 30000000 300000 30000000 | bytes=100 | leak main\n",
		CPA_DIFF_ASK);
	assert_int_equal(diff.grown_count, 1);
	assert_int_equal(diff.shrunk_count, 1);
	assert_string_equal(leaf(&diff, 0), "leak");
	assert_string_equal(leaf(&diff, 1), "cache");
	cpa_diff_done(&diff);
}

static void process_is_recognised(void **state)
{
	static const struct {
		const char *old_text, *new_text;
		bool is_one;
	} cases[] = {
		{HEAD PROCESS(4) "time 1\n", HEAD PROCESS(4) "time 2\n", true},
		{HEAD PROCESS(4) "time 1\n", HEAD PROCESS(5) "time 2\n", false},
		{HEAD PROCESS(4) "time 2\n", HEAD PROCESS(4) "time 1\n", false},
		{HEAD "comment pid: 4\ncomment start_ns: 1\n",
			HEAD "comment pid: 4\ncomment start_ns: 2\n", false},
		/* No comments: equal mappings and counters that rose. */
		{HEAD "sample 5 5 5 5 | bytes=1 | f\n", HEAD "sample 6 6 5 5 | bytes=1 | f\n",
			true},
		{HEAD "sample 9 9 5 5 | bytes=1 | f\n", HEAD "sample 6 6 5 5 | bytes=1 | f\n",
			false},
		/* A library that moved. */
		{HEAD "mapping 70000 80000 0 /lib/c cd\n", HEAD "mapping 90000 a0000 0 /lib/c cd\n",
			false},
		{HEAD "mapping 70000 80000 0 /lib/c cd\n", HEAD "mapping 70000 80000 0 /lib/c cd\n",
			true},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cpa_diff diff;

		compare(&diff, cases[i].old_text, cases[i].new_text, CPA_DIFF_ASK);
		if (diff.is_one_process != cases[i].is_one)
			fail_msg("case %zu", i);
		cpa_diff_done(&diff);
	}
}

static void sample_type_must_be_in_both(void **state)
{
	struct cpa_profile heap = read_text(HEAD),
			   cpu = read_text("type samples count\nperiod cpu nanoseconds 1\n");
	struct cpa_error error = {""};
	struct cpa_diff diff;

	assert_true(cpa_diff_init(&diff, &cpu, &heap, &(struct cpa_diff_options){.type_name = ""},
			    &error) != 0);
	assert_non_null(strstr(error.text, "has no sample type \"inuse_space\"; it has samples"));
	cpa_profile_done(&heap);
	cpa_profile_done(&cpu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_process_counts_births),
		cmocka_unit_test(churn_is_bounded_by_what_is_in_use),
		cmocka_unit_test(noise_is_folded),
		cmocka_unit_test(shrunk_behind_grown),
		cmocka_unit_test(process_is_recognised),
		cmocka_unit_test(sample_type_must_be_in_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
