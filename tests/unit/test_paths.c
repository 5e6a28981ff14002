/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of source files: cleaned, joined, once each.
 * Not here: which file a line is in (integration/symbols.bats).
 */
#include <string.h>

#include "report/symbols/paths.h"
#include "tests/unit/cmocka_all.h"

static void becomes(const char *path, const char *wanted)
{
	char text[128];

	strcpy(text, path);
	cpa_paths_clean(text);
	assert_string_equal(text, wanted);
}

static void cleaned(void **state)
{
	becomes("/a/b.c", "/a/b.c");
	becomes("/a/./b/../c.c", "/a/c.c");
	becomes("/a//b///c.c", "/a/b/c.c");
	becomes("//a/b.c", "/a/b.c");
	becomes("/../../a.c", "/a.c");
	becomes("/a/b/../../../c.c", "/c.c");
	becomes("/a/b/..", "/a");
	becomes("/a/..", "/");
	becomes("/", "/");
	becomes("", "");
	becomes("a.c", "a.c");
	becomes("./a.c", "a.c");
	becomes("../a/../b.c", "../b.c");
	becomes("../../b.c", "../../b.c");
	becomes("a/../../b.c", "../b.c");
	becomes("..a/.b/c..", "..a/.b/c..");
	becomes("<built-in>", "<built-in>");
}

static void joined(void **state)
{
	static const char name[] = "src/./a.c", absolute[] = "/x/../a.c";
	struct cpa_answers answers;
	struct cpa_paths paths = {.answers = &answers, .directory = "/build/dir/../tree"};
	uint32_t text;

	cpa_answers_init(&answers);
	text = cpa_paths_text(&paths, name);
	assert_string_equal(cpa_answers_string(&answers, text), "/build/tree/src/a.c");
	assert_int_equal(cpa_paths_text(&paths, name), text);
	text = cpa_paths_text(&paths, absolute);
	assert_string_equal(cpa_answers_string(&answers, text), "/a.c");
	assert_int_equal(cpa_paths_text(&paths, NULL), 0);
	cpa_paths_done(&paths);
	/* A directory that is relative itself leads nowhere. */
	paths = (struct cpa_paths){.answers = &answers, .directory = "./tree"};
	text = cpa_paths_text(&paths, name);
	assert_string_equal(cpa_answers_string(&answers, text), "src/a.c");
	cpa_paths_done(&paths);
	cpa_answers_done(&answers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(cleaned), cmocka_unit_test(joined)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
