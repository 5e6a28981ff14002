/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters: what each option leaves of stacks, frames and labels, and what is refused.
 * Not here: equality with Go's client on real profiles (integration/same_as_go.bats).
 */
#include <stdio.h>
#include <string.h>

#include "report/analysis/filter.h"
#include "report/profile/nodes.h"
#include "report/profile/pattern.h"
#include "report/profile/scale.h"
#include "tests/unit/from_text.h"

static const char text[] =
	"type space bytes\nmapping 1000 9000 1000 /bin/x ab\n"
	"sample 1 | bytes=512 user=anna | in@in.h:1^out@o.c:2 f@f.c:3 main@m.c:9\n"
	"sample 2 | bytes=2048 user=bert role=admin | g@g.c:1 f@f.c:4 main@m.c:9\n"
	"sample 4 | weight=7 | 0x1234 main@m.c:8\n"
	"sample 8 | | f@f.c:3 g@g.c:2 f@f.c:3 start@s.c:1\n";

/* "value:leaf,...,root" of each sample. */
static void leaves(const struct cpa_filter *filter, const char *wanted)
{
	struct cpa_profile profile;
	struct cpa_nodes nodes = {.by = CPA_NODES_BY_FUNCTION, .lumps_unknown = true};
	struct cpa_nodes_map map;
	struct cpa_error error = {""};
	char left[1024] = "";
	size_t i, used = 0;

	read_text(&profile, text);
	if (cpa_filter_apply(&profile, filter, &error) != 0)
		fail_msg("%s", error.text);
	cpa_nodes_map_init(&map, &nodes, &profile);
	for (i = 0; i < profile.samples.count; i++) {
		struct cpa_nodes_walk walk;
		uint32_t node;
		int64_t line;

		used += (size_t)snprintf(left + used, sizeof(left) - used,
			"%s%d:", i > 0 ? " " : "", (int)profile.values.items[i]);
		cpa_nodes_begin(&walk, &map, &profile.samples.items[i]);
		while (cpa_nodes_next(&walk, &node, &line))
			used += (size_t)snprintf(
				left + used, sizeof(left) - used, "%s,", nodes.items[node].name);
	}
	assert_string_equal(left, wanted);
	cpa_nodes_map_done(&map);
	cpa_nodes_done(&nodes);
	cpa_profile_done(&profile);
}

#define LEAVES(wanted, ...) leaves(&(struct cpa_filter){__VA_ARGS__}, wanted)
#define ALL                 "1:in,out,f,main, 2:g,f,main, 4:[x],main, 8:f,g,f,start,"

static void stacks(void **state)
{
	LEAVES(ALL, .focus = NULL, .ignore = "");
	LEAVES("1:in,out,f,main,", .focus = "^out$");
	LEAVES("1:in,out,f,main,", .focus = "in[.]h");
	LEAVES(ALL, .focus = "bin/x");
	LEAVES("", .focus = "nothing");
	LEAVES("1:in,out,f,main, 4:[x],main,", .ignore = "^g");
	LEAVES("2:g,f,main,", .focus = "^G|^g", .ignore = "start|^in$");
	LEAVES("2:g,f,main,", .focus = "(?i)^G", .ignore = "start");
}

static void frames(void **state)
{
	/* A line of a location may go while others stay; a stack without frames goes. */
	LEAVES("1:out,f, 2:g,f, 4:[x], 8:f,g,f,start,", .hide = "^(in|main)$");
	LEAVES("1:out,", .hide = "^(in|main|g|start|f)$|nothing", .focus = "nothing|^out$|role",
		.ignore = "^z");
}

static void shown(void **state)
{
	LEAVES("1:in, 2:g, 8:g,", .show = "^(in|g)$");
	LEAVES("1:in,out,f, 2:g,f, 8:f,g,f,", .show_from = "^f$");
	LEAVES("1:in,", .show_from = "^in$");
	LEAVES("", .show_from = "nothing");
	/* By the mapped file all of a location is meant, also one without lines. */
	LEAVES(ALL, .show_from = "/bin/x");
	LEAVES("1:out,f,main, 2:g,f,main, 4:[x],main, 8:f,g,f,start,", .prune_from = "^out$");
	LEAVES("1:f,main, 2:f,main, 4:[x],main, 8:f,g,f,start,", .prune_from = "^f$");
	LEAVES("1:in,out,f,main, 2:g,f,main, 4:[x],main, 8:g,f,start,", .prune_from = "^g$");
}

static void labels(void **state)
{
	LEAVES("1:in,out,f,main,", .tagfocus = "user=an*a");
	LEAVES("1:in,out,f,main, 2:g,f,main,", .tagfocus = "user=anna,bert");
	LEAVES("2:g,f,main,", .tagfocus = "user:bert,role:");
	LEAVES("", .tagfocus = "user:bert,user:anna");
	LEAVES("1:in,out,f,main,", .tagfocus = "bytes=512b");
	LEAVES("1:in,out,f,main, 2:g,f,main,", .tagfocus = "bytes=512b:2kb");
	/* As with Go, a label without a known unit is compared by its number. */
	LEAVES("2:g,f,main, 4:[x],main,", .tagfocus = "1kb:");
	LEAVES("1:in,out,f,main,", .tagfocus = ":1kb");
	LEAVES("2:g,f,main, 4:[x],main, 8:f,g,f,start,", .tagignore = ":1kb");
	LEAVES("4:[x],main,", .tagfocus = "weight=5weight:9weight");
	/* No unit, but the label has one. */
	LEAVES("", .tagfocus = "bytes=512");
	/* What is no range is a pattern. */
	LEAVES("", .tagfocus = "bytes=1kb:2kb:3kb");
	LEAVES("2:g,f,main,", .tagfocus = "role=^a.m");
	LEAVES(ALL, .taghide = "user", .tagshow = "bytes");
}

static void refused(void **state)
{
	static const struct cpa_filter bad[] = {{.focus = "("}, {.ignore = "a**"}, {.show = "["},
		{.hide = "(?<n"}, {.show_from = "\\"}, {.prune_from = "*"}, {.tagshow = "a{2,1}"},
		{.taghide = ")"}, {.tagfocus = "key=("}, {.tagignore = "a,(,b"}};
	static const char *const names[] = {"-focus=(: not a regular expression",
		"-ignore=", "-show=", "-hide=", "-show_from=", "-prune_from=", "-tagshow=",
		"-taghide=", "-tagfocus=key=(: ", "-tagignore=a,(,b: "};
	struct cpa_profile profile;
	size_t i;

	read_text(&profile, text);
	for (i = 0; i < CPA_ARRAY_LEN(bad); i++) {
		struct cpa_error error = {""};

		assert_true(cpa_filter_apply(&profile, &bad[i], &error) != 0);
		assert_memory_equal(error.text, names[i], strlen(names[i]));
	}
	cpa_profile_done(&profile);
}

static bool matches(const char *pattern_text, const char *name)
{
	struct cpa_pattern pattern;
	struct cpa_error error = {""};
	bool is_match;

	if (cpa_pattern_init(&pattern, pattern_text, &error) != 0)
		fail_msg("%s: %s", pattern_text, error.text);
	is_match = cpa_pattern_matches(&pattern, name);
	assert_false(cpa_pattern_gave_up(&pattern));
	cpa_pattern_done(&pattern);
	cpa_pattern_done(&pattern);
	return is_match;
}

static void syntax(void **state)
{
	assert_true(matches("malloc", "xmalloc_r"));
	assert_true(matches("(?i)MALLOC$", "xMalloc"));
	assert_true(matches("^\\d+\\.\\w\\S$", "12.ab"));
	assert_true(matches("^\\pL+$", "caf\303\251"));
	assert_false(matches("^\\w+$", "caf\303\251"));
	assert_false(matches("^\\d$", "\331\243"));
	assert_true(matches("(?i)\303\211", "caf\303\251"));
	assert_true(matches("^(?P<first>a)(?P<second>b)$", "ab"));
	assert_true(matches("operator\\(\\)|\\Q[]\\E", "a[]"));
	assert_true(matches("^[[:alpha:]_]+::~?\\w+", "std::~vector"));
	assert_false(matches("a$", "a\n"));
	assert_true(matches("(?s)a.b", "a\nb"));
	assert_true(matches("(?U)a+?b", "aab"));
	assert_true(matches("", "anything"));
	/* A name may be any bytes. */
	assert_true(matches("good", "\377\376good\300"));
	assert_false(matches("^.good", "\377good"));
	assert_true(matches("\\bend\\z", "\303\050 end"));
}

static void endless(void **state)
{
	struct cpa_pattern pattern;
	struct cpa_error error = {""};
	char name[64];

	memset(name, 'a', sizeof(name) - 2);
	name[sizeof(name) - 2] = '!';
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(cpa_pattern_init(&pattern, "^(a|aa|a\\w)+$", &error), 0);
	assert_true(cpa_pattern_matches(&pattern, "aaa"));
	assert_false(cpa_pattern_gave_up(&pattern));
	assert_false(cpa_pattern_matches(&pattern, name));
	assert_true(cpa_pattern_gave_up(&pattern));
	/* Once is enough: a thousand such names cost no more than one. */
	assert_false(cpa_pattern_matches(&pattern, "aaa"));
	cpa_pattern_done(&pattern);
	assert_true(cpa_pattern_init(&pattern, "((((a{1000}){1000}){1000}){1000})", &error) != 0);
}

static void is_scaled(
	double value, const char *from, const char *to, double wanted, const char *wanted_unit)
{
	const char *unit;

	assert_true(cpa_scale_value(value, from, to, &unit) == wanted);
	assert_string_equal(unit, wanted_unit);
}

static void units(void **state)
{
	is_scaled(2048, "bytes", "kb", 2, "kB");
	is_scaled(-2048, "Bytes", "kilobytes", -2, "kB");
	is_scaled(3, "MB", "b", 3 * 1048576., "B");
	is_scaled(1536, "bytes", "minimum", 1.5, "kB");
	is_scaled(0, "bytes", "auto", 0, "B");
	is_scaled(0.5, "bytes", "auto", 0.5, "B");
	is_scaled(1500, "nanoseconds", "auto", 1.5, "us");
	is_scaled(7200, "s", "auto", 2, "hrs");
	is_scaled(5, "ms", "ns", 5e6, "ns");
	is_scaled(5e9, "ns", "kb", 5, "s");
	is_scaled(5, "bytes", "ms", 5, "B");
	is_scaled(5, "count", "minimum", 5, "");
	is_scaled(5, "weight", "weight", 5, "weight");
	is_scaled(3, "gcu", "milligcu", 3000, "m*GCU");
	assert_true(cpa_scale_knows("GB") && cpa_scale_knows("sec") && cpa_scale_knows("auto"));
	assert_false(cpa_scale_knows("furlong") || cpa_scale_knows(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks),
		cmocka_unit_test(frames),
		cmocka_unit_test(shown),
		cmocka_unit_test(labels),
		cmocka_unit_test(refused),
		cmocka_unit_test(syntax),
		cmocka_unit_test(endless),
		cmocka_unit_test(units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
