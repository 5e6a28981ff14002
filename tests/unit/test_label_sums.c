/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the samples with each label hold: text, numbers with and without unit, what is nothing.
 * Not here: equality with Go's client (integration/tags.bats).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/analysis/labels.h"
#include "report/profile/read.h"
#include "report/profile/scale.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define HEAD "type space bytes\nmapping 1000 9000 1000 /bin/x ab\n"

/* "key sum: value sum, ...; ..." */
static void sums(const char *text, const char *unit, const char *wanted)
{
	char path[] = "/tmp/cpa-test-labels-XXXXXX", found[1024] = "";
	int fd = mkstemp(path);
	struct cpa_error error = {""};
	struct cpa_profile profile;
	struct cpa_labels labels;
	size_t length_bytes, used = 0, i, j;
	unsigned char *bytes = make_profile(text, &length_bytes);

	assert_true(fd >= 0);
	close(fd);
	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	if (cpa_read_profile(&profile, path, &error) != 0)
		fail_msg("%s", error.text);
	unlink(path);
	cpa_labels_init(&labels, &profile, 0, unit);
	for (i = 0; i < labels.key_count; i++) {
		const struct cpa_labels_key *key = &labels.keys[i];

		used += (size_t)snprintf(found + used, sizeof(found) - used,
			"%s%s %.0f:", i > 0 ? "; " : "", key->name, key->sum.value);
		for (j = 0; j < key->value_count; j++)
			used += (size_t)snprintf(found + used, sizeof(found) - used, "%s %s %.0f",
				j > 0 ? "," : "", key->values[j].text, key->values[j].sum.value);
	}
	cpa_labels_done(&labels);
	cpa_profile_done(&profile);
	assert_string_equal(found, wanted);
}

static void test_sums(void **unused)
{
	(void)unused;
	sums(HEAD "sample 5 | b=x a=y | f\nsample 7 | b=z | f\nsample 1 | b=x | f\n", "minimum",
		"a 5: y 5; b 13: z 7, x 6");
	sums(HEAD "sample 5 | | f\n", "minimum", "");
	/* Twice on one sample: both count, as in Go's client. */
	sums(HEAD "sample 5 | b=x b=y | f\n", "minimum", "b 10: x 5, y 5");
	sums(HEAD "sample 5 | b=x | f\nsample -5 | b=x | f\nsample 0 | c=x | f\n", "minimum",
		"b 0:");
}

static void test_numbers_that_look_the_same_are_one(void **unused)
{
	(void)unused;
	sums(HEAD "sample 5 | bytes=1048576 | f\nsample 1 | bytes=1048577 | f\nsample 2 | bytes=7 "
		  "| f\n",
		"minimum", "bytes 8: 1MB 6, 7B 2");
	sums(HEAD "sample 5 | bytes=1048576 | f\nsample 1 | bytes=1048577 | f\n", "B",
		"bytes 6: 1048576B 5, 1048577B 1");
	sums(HEAD "sample 5 | request=2048 depth=7 | f\n", "minimum",
		"depth 5: 7 5; request 5: 2kB 5");
}

static void text_is(double value, const char *from, const char *unit, const char *wanted)
{
	char text[64];

	assert_string_equal(cpa_scale_text(text, sizeof(text), value, from, unit), wanted);
}

static void test_texts_of_numbers(void **unused)
{
	(void)unused;
	text_is(1536, "bytes", "minimum", "1.50kB");
	text_is(0, "bytes", "minimum", "0");
	text_is(-1024, "bytes", "minimum", "-1kB");
	text_is(1, "bytes", "MB", "0");
	text_is(2500000, "nanoseconds", "minimum", "2.50ms");
	text_is(12, "count", "minimum", "12");
	text_is((double)INT64_MIN, "count", "count", "-9223372036854775808");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_numbers_that_look_the_same_are_one),
		cmocka_unit_test(test_texts_of_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
