/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles added and subtracted: what meets and what does not, heads, units, labels, refusals.
 * Not here: the same against Go's client (tests/integration/merge.bats).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/profile/merge.h"
#include "report/profile/read.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define HEAP "type alloc_space bytes\ntype inuse_space bytes\nperiod space bytes 512\n"

static struct cpa_profile made(const char *text)
{
	char path[] = "/tmp/cpa-test-merge-XXXXXX";
	int fd = mkstemp(path);
	struct cpa_profile profile;
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);

	assert_true(fd >= 0);
	close(fd);
	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	assert_int_equal(cpa_read_profile(&profile, path, &error), 0);
	unlink(path);
	return profile;
}

/* The sum of two descriptions. */
static struct cpa_profile sum_of(const char *left, const char *right)
{
	struct cpa_profile profiles[] = {made(left), made(right)}, sum;
	const struct cpa_profile *const both[] = {&profiles[0], &profiles[1]};
	struct cpa_error error = {""};

	assert_int_equal(cpa_merge_profiles(&sum, both, 2, &error), 0);
	cpa_profile_done(&profiles[0]);
	cpa_profile_done(&profiles[1]);
	return sum;
}

static struct cpa_profile difference_of(
	const char *profile, const char *base, bool marks_base, bool normalizes)
{
	struct cpa_profile left = made(profile), right = made(base);
	struct cpa_error error = {""};

	assert_int_equal(cpa_merge_subtract(&left, &right, marks_base, normalizes, &error), 0);
	cpa_profile_done(&right);
	return left;
}

static void expect_values(const struct cpa_profile *profile, const int64_t *values, size_t count)
{
	size_t i;

	assert_int_equal(profile->values.count, count);
	for (i = 0; i < count; i++)
		assert_int_equal(profile->values.items[i], values[i]);
}

#define EXPECT_VALUES(profile, ...)                                                                \
	expect_values(profile, (const int64_t[]){__VA_ARGS__},                                     \
		sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static void runs_at_other_addresses_meet(void **state)
{
	struct cpa_profile sum =
		sum_of(HEAP "mapping 1000 9000 1000 /bin/x abcd\nsample 1 2 | | leaf main\n",
			HEAP "mapping 7000 efff 1000 /opt/x abcd\nsample 10 20 | | leaf main\n");
	const struct cpa_profile_location *location = &sum.locations.items[1];

	assert_int_equal(sum.mappings.count, 1);
	assert_int_equal(sum.locations.count, 2);
	assert_int_equal(location->addr, 0x1010); /* of the first run */
	assert_int_equal(location->id, 2);
	assert_string_equal(cpa_profile_string(&sum, sum.mappings.items[0].file), "/bin/x");
	EXPECT_VALUES(&sum, 11, 22);
	cpa_profile_done(&sum);
}

static void other_files_stay_apart(void **state)
{
	static const char first[] =
		HEAP "mapping 1000 9000 1000 /bin/x abcd\nsample 1 2 | | leaf main\n";
	static const char *const others[] = {
		HEAP "mapping 1000 9000 1000 /bin/x dcba\nsample 10 20 | | leaf main\n",
		HEAP "mapping 1000 9000 2000 /bin/x abcd\nsample 10 20 | | leaf main\n",
		HEAP "mapping 1000 a001 1000 /bin/x abcd\nsample 10 20 | | leaf main\n",
		HEAP "mapping 1000 9000 1000 /bin/x\nsample 10 20 | | leaf main\n",
	};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct cpa_profile sum = sum_of(first, others[i]);

		assert_int_equal(sum.mappings.count, 2);
		assert_int_equal(sum.locations.count, 4);
		assert_int_equal(sum.functions.count, 2);
		EXPECT_VALUES(&sum, 1, 2, 10, 20);
		cpa_profile_done(&sum);
	}
}

static void labels_in_any_order_are_equal(void **state)
{
	struct cpa_profile sum = sum_of(HEAP
		"sample 1 2 | bytes=16 who=me zone=a | f\nsample 1 1 | bytes=16 | f\n",
		HEAP "sample 10 20 | zone=a who=me bytes=16 | f\nsample 5 5 | bytes=17 | f\n");

	EXPECT_VALUES(&sum, 11, 22, 1, 1, 5, 5);
	assert_int_equal(sum.samples.items[0].label_count, 3);
	assert_string_equal(
		cpa_profile_string(&sum, sum.labels.items[sum.samples.items[0].label_begin].key),
		"who");
	cpa_profile_done(&sum);
}

static void heads(void **state)
{
	struct cpa_profile sum = sum_of(HEAP "time 0\nduration 5\ncomment a: 1\ncomment b: 1\n",
		HEAP "time 900\nduration 7\ncomment b: 1\ncomment a: 2\ndefault alloc_space\n");

	assert_int_equal(sum.time_ns, 900);
	assert_int_equal(sum.duration_ns, 12);
	assert_int_equal(sum.period, 512);
	assert_int_equal(sum.comments.count, 3);
	assert_string_equal(cpa_comments_get(&sum, "a"), "1");
	assert_string_equal(cpa_profile_string(&sum, sum.default_type), "alloc_space");
	cpa_profile_done(&sum);
	sum = sum_of(
		HEAP "time 900\n", "type alloc_space bytes\nperiod space bytes 4096\ntime 700\n");
	assert_int_equal(sum.time_ns, 700);
	assert_int_equal(sum.period, 4096);
	assert_int_equal(sum.types.count, 1);
	cpa_profile_done(&sum);
}

static void what_cancels_goes(void **state)
{
	static const char before[] = HEAP "sample 1 2 | | leaf main\nsample 3 4 | | old main\n";
	static const char after[] = HEAP "sample 1 2 | | leaf main\nsample 3 9 | | new main\n"
					 "sample 0 0 | | nothing main\n";
	struct cpa_profile change = difference_of(after, before, false, false);

	EXPECT_VALUES(&change, 3, 9, -3, -4);
	assert_int_equal(change.functions.count, 3); /* leaf and nothing are gone */
	cpa_profile_done(&change);
	change = difference_of(after, after, false, false);
	assert_int_equal(change.samples.count + change.locations.count, 0);
	cpa_profile_done(&change);
}

static void the_base_is_marked(void **state)
{
	static const char heap[] = HEAP "sample 1 2 | bytes=1 | leaf main\n";
	struct cpa_profile change = difference_of(heap, heap, true, false);
	const struct cpa_profile_sample *base = &change.samples.items[1];

	EXPECT_VALUES(&change, 1, 2, -1, -2);
	assert_int_equal(base->label_count, 2);
	assert_string_equal(cpa_profile_string(&change, change.labels.items[base->label_begin].key),
		CPA_MERGE_BASE_KEY);
	assert_string_equal(
		cpa_profile_string(&change, change.labels.items[base->label_begin].str), "true");
	cpa_profile_done(&change);
}

static void normalized_to_the_base(void **state)
{
	struct cpa_profile change = difference_of(HEAP "sample 10 1 | | f\nsample 30 2 | | g\n",
		HEAP "sample 8 0 | | f\n", false, true);

	/* 10 and 30 become 2 and 6 of the base's 8; the other type's sum there is 0. */
	EXPECT_VALUES(&change, -6, 0, 6, 0);
	cpa_profile_done(&change);
}

static void units_meet_in_the_finest(void **state)
{
	struct cpa_profile sum =
		sum_of("type wall seconds\ntype cpu ms\nperiod cpu ms 10\nsample 2 3 | | f\n",
			"type cpu us\nperiod cpu us 5000\nsample 7 | | f\n");

	assert_int_equal(sum.types.count, 1);
	assert_string_equal(cpa_profile_string(&sum, sum.types.items[0].type), "cpu");
	assert_string_equal(cpa_profile_string(&sum, sum.types.items[0].unit), "us");
	assert_int_equal(sum.period, 10000);
	EXPECT_VALUES(&sum, 3007);
	cpa_profile_done(&sum);
}

static void refused(const char *left, const char *right, const char *words)
{
	struct cpa_profile profiles[] = {made(left), made(right)}, sum;
	const struct cpa_profile *const both[] = {&profiles[0], &profiles[1]};
	size_t count = profiles[0].samples.count;
	struct cpa_error error = {""};

	assert_int_equal(cpa_merge_profiles(&sum, both, 2, &error), -EINVAL);
	if (strstr(error.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error.text, words);
	assert_null(sum.samples.items);
	error.text[0] = '\0';
	assert_int_equal(
		cpa_merge_subtract(&profiles[0], &profiles[1], false, false, &error), -EINVAL);
	assert_int_equal(profiles[0].samples.count, count);
	cpa_profile_done(&profiles[0]);
	cpa_profile_done(&profiles[1]);
}

static void what_does_not_add_up(void **state)
{
	refused(HEAP "sample 1 2 | | f\n", "type cpu ns\nperiod cpu ns 1\n",
		"samples \"cpu\" in \"ns\"");
	refused(HEAP "sample 1 2 | | f\n", "type x bytes\nperiod space bytes 1\n",
		"counts x, but /tmp/cpa-test-merge-");
	refused(HEAP "sample 1 2 | | f\n", "type alloc_space count\nperiod space bytes 1\n",
		"has alloc_space in \"count\"");
}

/* Two samples of one profile that say the same are one, and what nothing names goes. */
static void one_profile_alone(void **state)
{
	struct cpa_profile profile =
		made(HEAP "sample 1 2 | | f main\nsample 3 4 | | f main\nsample 0 0 | | g main\n");
	const struct cpa_profile *const alone[] = {&profile};
	struct cpa_profile sum;
	struct cpa_error error = {""};

	assert_int_equal(cpa_merge_profiles(&sum, alone, 1, &error), 0);
	EXPECT_VALUES(&sum, 4, 6);
	assert_int_equal(sum.functions.count, 2);
	assert_string_equal(sum.functions.items[0].display, "f");
	assert_int_equal(profile.samples.count, 3);
	cpa_profile_done(&profile);
	cpa_profile_done(&sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_at_other_addresses_meet),
		cmocka_unit_test(other_files_stay_apart),
		cmocka_unit_test(labels_in_any_order_are_equal),
		cmocka_unit_test(heads),
		cmocka_unit_test(what_cancels_goes),
		cmocka_unit_test(the_base_is_marked),
		cmocka_unit_test(normalized_to_the_base),
		cmocka_unit_test(units_meet_in_the_finest),
		cmocka_unit_test(what_does_not_add_up),
		cmocka_unit_test(one_profile_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
