/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Source files: where they are looked for, how they are cut into lines, what of them is shown.
 * Not here: listings (test_listing.c), Go's client on the same files (integration/list.bats).
 */
#include "report/graph/legible.h"
#include "report/graph/sourcefile.h"
#include "tests/unit/scratch.h"

static struct cpa_sourcefile_set set;

static const struct cpa_sourcefile *get(
	const char *name, const char *source_path, const char *trim_path)
{
	cpa_sourcefile_done(&set);
	memset(&set, 0, sizeof(set));
	set.source_path = source_path;
	set.trim_path = trim_path;
	return cpa_sourcefile_get(&set, name);
}

/* found: relative to the scratch directory; NULL: trouble says want. */
static void finds(const char *name, const char *source_path, const char *trim_path,
	const char *found, const char *want)
{
	const struct cpa_sourcefile *file = get(name, source_path, trim_path);

	if (found == NULL) {
		assert_null(file->found);
		if (strstr(file->trouble.text, want) == NULL)
			fail_msg("\"%s\" without \"%s\"", file->trouble.text, want);
	} else {
		if (file->found == NULL)
			fail_msg("%s", file->trouble.text);
		assert_string_equal(file->found, scratch_path(found));
	}
}

static void test_where_files_are(void **unused)
{
	static char long_name[200001];
	char both[1200];
	size_t i;

	(void)unused;
	assert_int_equal(scratch_run("mkdir -p proj/src/deep other && echo x >proj/src/a.c"), 0);
	finds(scratch_path("proj/src/a.c"), NULL, NULL, "proj/src/a.c", "");
	finds("/none/a.c", NULL, NULL, NULL, "give -source_path=DIR");
	/* Relative names: in the directory and above it. */
	finds("src/a.c", scratch_path("proj/src/deep"), NULL, "proj/src/a.c", "");
	snprintf(both, sizeof(both), ":/none::%s:", scratch_path("proj"));
	finds("src/a.c", both, "", "proj/src/a.c", "");
	finds("none.c", both, "", NULL, "was not found from");
	/* Absolute ones: by the prefix given, by the name of the directory, by their tails. */
	finds("/build/x/src/a.c", scratch_path("proj"), "/nothing:/build/x/", "proj/src/a.c", "");
	finds("/build/proj/src/a.c", scratch_path("proj"), NULL, "proj/src/a.c", "");
	finds("/build/z/src/a.c", scratch_path("proj"), NULL, "proj/src/a.c", "");
	finds("/build/z/srcs/b.c", scratch_path("proj"), NULL, NULL, "was not found");
	finds("/proc/self/cwd/./src/a.c", scratch_path("proj"), NULL, "proj/src/a.c", "");
	/* A prefix ends where a part of the path does. */
	finds("/build/xsrc/a.c", scratch_path("proj/src/deep"), "/build/x", NULL, "was not found");
	finds("", scratch_path("proj"), NULL, NULL, "no regular file");
	/* Each of its tails would be looked for. */
	for (i = 0; i + 2 < sizeof(long_name); i += 2)
		memcpy(long_name + i, "a/", 2);
	finds(long_name, scratch_path("proj"), NULL, NULL, "too long");
	finds("a.c", "/none", "", NULL, "was not found");
}

static void test_what_is_no_source(void **unused)
{
	(void)unused;
	assert_int_equal(scratch_run("mkdir dir; printf 'a\\0b' >nul; mkfifo fifo; : >empty"), 0);
	finds(scratch_path("dir"), NULL, NULL, NULL, "is no regular file");
	finds(scratch_path("nul"), NULL, NULL, NULL, "is no text");
	finds(scratch_path("fifo"), NULL, NULL, NULL, "is no regular file");
	finds("/dev/zero", NULL, NULL, NULL, "is no regular file");
	assert_int_equal(scratch_run("truncate -s 65M large"), 0);
	finds(scratch_path("large"), NULL, NULL, NULL, "File too large");
	assert_int_equal(get(scratch_path("empty"), NULL, NULL)->line_count, 0);
	assert_null(cpa_sourcefile_line(get(scratch_path("empty"), NULL, NULL), 1));
}

static void line_is(
	const struct cpa_sourcefile *file, int64_t number, const char *wanted, const char *shown)
{
	char *line = cpa_sourcefile_line(file, number), *fit = cpa_sourcefile_shown(file, number);

	if (wanted == NULL) {
		assert_null(line);
		assert_null(fit);
	} else {
		assert_string_equal(line, wanted);
		assert_string_equal(fit, shown);
	}
	free(line);
	free(fit);
}

static void test_lines(void **unused)
{
	const struct cpa_sourcefile *file;

	(void)unused;
	assert_int_equal(scratch_run("printf 'one\\r\\n\\n\\ta\\tb\\n  \\033[1mx\\177\\n"
				     "\\303\\244\\302\\233\\342\\200\\256\\377\\303\\n\\355\\240\\2"
				     "00\\300\\200\\nend' >lines"),
		0);
	file = get(scratch_path("lines"), NULL, NULL);
	assert_int_equal(file->line_count, 7);
	line_is(file, 0, NULL, NULL);
	line_is(file, -5, NULL, NULL);
	line_is(file, 1, "one", "one");
	line_is(file, 2, "", "");
	line_is(file, 3, "\ta\tb", "    a   b");
	line_is(file, 4, "  \033[1mx\177", "  ?[1mx?");
	line_is(file, 5, "\303\244\302\233\342\200\256\377\303", "\303\244????");
	line_is(file, 6, "\355\240\200\300\200", "?????");
	line_is(file, 7, "end", "end");
	line_is(file, 8, NULL, NULL);
	line_is(file, INT64_MAX, NULL, NULL);
}

static void test_characters(void **unused)
{
	bool is_fit;

	(void)unused;
	assert_int_equal(cpa_legible_character("\360\237\230\200x", 5, &is_fit), 4);
	assert_true(is_fit);
	assert_int_equal(cpa_legible_character("\360\237\230\200x", 3, &is_fit), 1);
	assert_false(is_fit);
	assert_int_equal(cpa_legible_character("\357\277\277", 3, &is_fit), 3); /* U+FFFF */
	assert_false(is_fit);
	assert_int_equal(cpa_legible_character("\364\220\200\200", 4, &is_fit), 1);
	assert_false(is_fit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_files_are),
		cmocka_unit_test(test_what_is_no_source),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_characters),
	};
	int failed = cmocka_run_group_tests(tests, scratch_begin, scratch_end);

	cpa_sourcefile_done(&set);
	return failed;
}
