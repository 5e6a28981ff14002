/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comments by key, in both forms, as our library writes them; and what hostile ones do: nothing.
 * Not here: what the library says in them (test_pprof.c).
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/profile.h"
#include "tests/unit/cmocka_all.h"

static struct cpa_profile profile;

/* A profile of nothing but comments; the last argument is NULL. */
static void take(const char *comment, ...)
{
	va_list args;

	cpa_profile_done(&profile);
	va_start(args, comment);
	*CPA_PROFILE_ADD(&profile.strings) = 0;
	*CPA_PROFILE_ADD(&profile.text) = '\0';
	for (; comment != NULL; comment = va_arg(args, const char *)) {
		*CPA_PROFILE_ADD(&profile.comments) = (uint32_t)profile.strings.count;
		*CPA_PROFILE_ADD(&profile.strings) = profile.text.count;
		do
			*CPA_PROFILE_ADD(&profile.text) = *comment;
		while (*comment++ != '\0');
	}
	va_end(args);
	cpa_comments_split(&profile);
}

static void is(const char *key, const char *wanted)
{
	const char *got = cpa_comments_get(&profile, key);

	if (wanted == NULL)
		assert_null(got);
	else if (got == NULL)
		fail_msg("no %s", key);
	else
		assert_string_equal(got, wanted);
}

static int drop(void **unused)
{
	(void)unused;
	cpa_profile_done(&profile);
	return 0;
}

static void both_forms(void **unused)
{
	(void)unused;
	take("cprofalloc: version=0.1.0 kind=heap pid=42", "exe: /opt/a b=c/server",
		"sampling: samples=9 frees=0", "note: any words", "pid: 7", "spaced:   x  y ",
		"tight:z", NULL);
	is("version", "0.1.0");
	is("kind", "heap");
	is("pid", "42"); /* the first one */
	is("exe", "/opt/a b=c/server");
	is("samples", "9");
	is("frees", "0");
	is("note", "any words");
	is("spaced", "x  y ");
	is("tight", "z");
	/* No part of a key, no group. */
	is("pi", NULL);
	is("sample", NULL);
	is("cprofalloc", NULL);
	is("", NULL);
	drop(NULL);
	is("pid", NULL);
}

static void values_may_be_anything_but_blank(void **unused)
{
	(void)unused;
	take("g:  a=b=c   empty= last=1  ", NULL);
	is("a", "b=c");
	is("empty", "");
	is("last", "1");
}

static void numbers(void **unused)
{
	(void)unused;
	take("g: zero=0 most=9223372036854775807 more=9223372036854775808 minus=-1 word=x mixed=1x "
	     "empty= huge=99999999999999999999999999",
		NULL);
	assert_int_equal(cpa_comments_number(&profile, "zero"), 0);
	assert_int_equal(cpa_comments_number(&profile, "most"), INT64_MAX);
	assert_int_equal(cpa_comments_number(&profile, "more"), -1);
	assert_int_equal(cpa_comments_number(&profile, "minus"), -1);
	assert_int_equal(cpa_comments_number(&profile, "word"), -1);
	assert_int_equal(cpa_comments_number(&profile, "mixed"), -1);
	assert_int_equal(cpa_comments_number(&profile, "empty"), -1);
	assert_int_equal(cpa_comments_number(&profile, "huge"), -1);
	assert_int_equal(cpa_comments_number(&profile, "none"), -1);
}

/* Each beside one that is well formed: it must still be found. */
static void hostile(void **unused)
{
	static const char *const bad[] = {"", ":", ": ", "=", ": a=b", "=b", "word", "a=b c=d",
		"g: =", "g: a=b =c", "g: a=b nopair", "g:", "a b: c=d", "\xff\xfe: x=1",
		"g: \xff=1", "g: a\tb=1"};
	size_t i;

	(void)unused;
	for (i = 0; i < CPA_ARRAY_LEN(bad); i++) {
		take(bad[i], "pid: 7", NULL);
		is("pid", "7");
		is("a", NULL);
		is("x", NULL);
		is("nopair", NULL);
		assert_false(cpa_comments_is_own(&profile, 0));
	}
}

static void huge_ones_are_for_people(void **unused)
{
	size_t length_bytes = (size_t)1 << 20, i;
	char *pairs = malloc(length_bytes + 1), *edge = malloc(CPA_COMMENTS_MAX_BYTES + 2);

	(void)unused;
	for (i = 0; i < length_bytes; i += 4)
		memcpy(pairs + i, i == 0 ? "g:  " : "a=1 ", 4);
	pairs[length_bytes] = '\0';
	take(pairs, "pid: 7", NULL);
	is("a", NULL);
	is("pid", "7");
	/* As long as may be, and one byte more. */
	memset(edge, 'x', CPA_COMMENTS_MAX_BYTES + 1);
	memcpy(edge, "k: ", 3);
	edge[CPA_COMMENTS_MAX_BYTES] = '\0';
	take(edge, NULL);
	assert_int_equal(strlen(cpa_comments_get(&profile, "k")), CPA_COMMENTS_MAX_BYTES - 3);
	edge[CPA_COMMENTS_MAX_BYTES] = 'x';
	edge[CPA_COMMENTS_MAX_BYTES + 1] = '\0';
	take(edge, NULL);
	is("k", NULL);
	/* Many pairs: no more than so many are kept. */
	pairs[CPA_COMMENTS_MAX_BYTES] = '\0';
	take(pairs, NULL);
	assert_int_equal(profile.said.pair_count, CPA_COMMENTS_MAX_COUNT);
	/* Many comments that share one string. */
	take(pairs, NULL);
	for (i = 0; i < 100000; i++)
		*CPA_PROFILE_ADD(&profile.comments) = 1;
	cpa_comments_split(&profile);
	assert_int_equal(profile.said.pair_count, CPA_COMMENTS_MAX_COUNT);
	assert_true(profile.said.text_count <= CPA_COMMENTS_MAX_COUNT);
	free(pairs);
	free(edge);
}

static void own_ones(void **unused)
{
	size_t i;

	(void)unused;
	take("cprofalloc: version=0.1.0 kind=heap", "exe: /x", "sampling: samples=1",
		"memory: live_estimate_bytes=1", "note: n", "exe: /another", "memory: is tight",
		"built by: me", NULL);
	for (i = 0; i < profile.comments.count; i++)
		assert_int_equal(cpa_comments_is_own(&profile, i), i < 5);
	/* Of another writer nothing is ours. */
	take("exe: /x", "note: n", NULL);
	assert_false(cpa_comments_is_own(&profile, 0));
	assert_false(cpa_comments_is_own(&profile, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(both_forms, drop),
		cmocka_unit_test_teardown(values_may_be_anything_but_blank, drop),
		cmocka_unit_test_teardown(numbers, drop),
		cmocka_unit_test_teardown(hostile, drop),
		cmocka_unit_test_teardown(huge_ones_are_for_people, drop),
		cmocka_unit_test_teardown(own_ones, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
