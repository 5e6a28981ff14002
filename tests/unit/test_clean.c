/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths cleaned; against what the file system makes of them, for the parts that are there.
 * Not here: where the files are (test_sourcefile.c).
 */
#include <limits.h>
#include <stdlib.h>

#include "base/compiler.h"
#include "report/profile/clean.h"
#include "tests/unit/scratch.h"

static void cleans(const char *path, const char *wanted)
{
	char *got = cpa_clean_path(path);

	assert_string_equal(got, wanted);
	free(got);
}

static void paths(void **unused)
{
	(void)unused;
	cleans("", "");
	cleans("/", "/");
	cleans("//", "/");
	cleans("./a//b/./c.c", "a/b/c.c");
	cleans("a/../b", "b");
	cleans("a/..", ".");
	cleans("../a", "../a");
	cleans("../../a/../b", "../../b");
	cleans("/../a", "/a");
	cleans("/a/b/../../../c", "/c");
	cleans("a/b/", "a/b");
	cleans("...", "...");
	cleans("..a/b..", "..a/b..");
	cleans("/proc/self/cwd/src/a.cc", "src/a.cc");
	cleans("/proc/self/cwd", "/proc/self/cwd");
}

/* Any mixture of parts in a tree without links means to the system what it means here. */
static void as_the_system_has_it(void **unused)
{
	static const char *const parts[] = {"x/", "./", "../", "/", "x/y/"};
	char path[512], real[PATH_MAX];
	unsigned number = 1;
	size_t i, j, checked = 0;

	(void)unused;
	assert_int_equal(scratch_run("mkdir -p x/y/x/y/x/y"), 0);
	for (i = 0; i < 2000; i++) {
		snprintf(path, sizeof(path), "%s/x/", scratch_dir);
		for (j = 0; j < 6; j++) {
			number = number * 1103515245 + 12345;
			strcat(path, parts[(number >> 16) % CPA_ARRAY_LEN(parts)]);
		}
		if (realpath(path, real) == NULL)
			continue;
		cleans(path, real);
		checked++;
	}
	assert_true(checked > 200);
}

static void bases(void **unused)
{
	(void)unused;
	assert_string_equal(cpa_clean_base("/a/b.c"), "b.c");
	assert_string_equal(cpa_clean_base("b.c"), "b.c");
	assert_string_equal(cpa_clean_base("/a/"), "/a/");
	assert_string_equal(cpa_clean_base(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(as_the_system_has_it),
		cmocka_unit_test(bases),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
