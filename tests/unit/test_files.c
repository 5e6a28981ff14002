/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of snapshots: taken apart, ordered, grouped by process.
 * Not here: what is in them (test_history.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/trend/files.h"
#include "tests/unit/cmocka_all.h"

static char dir[64];

static void touch(const char *name, const char *content)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static int make_dir(void **state)
{
	static const char *const names[] = {"a.out.7.0002.heap.pb.gz", "a.out.7.0010.heap.pb.gz",
		"a.out.7.10001.heap.pb.gz", "a.out.7.0001.heap.pb.gz", "x.8.0001.heap.pb.gz",
		"x.8.0002.heap.pb.gz", "x.9.0001.heap.pb.gz", ".x.9.0002.heap.pb.gz",
		"x.9.heap.pb.gz", "x.9.12a.heap.pb.gz", ".9.1.heap.pb.gz", "README",
		"x.9.0002.heap.pb.gz.new"};
	size_t i;

	snprintf(dir, sizeof(dir), "/tmp/cpa-test-files-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	for (i = 0; i < CPA_ARRAY_LEN(names); i++)
		touch(names[i], "x");
	touch("y.3.0001.heap.pb.gz", "much");
	touch("y.3.0002.heap.pb.gz", "much more");
	return 0;
}

static int remove_dir(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	return system(command);
}

static void a_directory_in_order(void **state)
{
	static const char *const processes[] = {"a.out.7", "x.8", "x.9", "y.3"};
	static const size_t counts[] = {4, 2, 1, 2};
	static const int64_t sequences[] = {1, 2, 10, 10001};
	struct cpa_files_group group = {0};
	struct cpa_error error = {""};
	struct cpa_files files = {0};
	size_t i;

	assert_int_equal(cpa_files_add(&files, dir, &error), 0);
	cpa_files_sort(&files);
	assert_int_equal(files.count, 9);
	for (i = 0; i < 4; i++) {
		assert_true(cpa_files_next(&files, &group));
		assert_string_equal(files.items[group.begin].process, processes[i]);
		assert_int_equal(group.count, counts[i]);
		assert_int_equal(files.items[i].sequence, sequences[i]);
	}
	assert_false(cpa_files_next(&files, &group));
	assert_int_equal(files.items[0].pid, 7);
	cpa_files_done(&files);
}

static void the_process_with_most_to_say(void **state)
{
	struct cpa_files_group group;
	struct cpa_error error = {""};
	struct cpa_files files = {0};
	char path[128];

	assert_int_equal(cpa_files_add(&files, dir, &error), 0);
	cpa_files_sort(&files);
	assert_true(cpa_files_choose(&files, -1, &group));
	assert_int_equal(group.count, 4);
	assert_true(cpa_files_choose(&files, 9, &group));
	assert_int_equal(files.items[group.begin].pid, 9);
	assert_false(cpa_files_choose(&files, 12, &group));
	cpa_files_done(&files);
	/* As many files of two processes: the one whose last is larger. */
	snprintf(path, sizeof(path), "%s/a.out.7.0001.heap.pb.gz", dir);
	assert_int_equal(cpa_files_add(&files, path, &error), 0);
	snprintf(path, sizeof(path), "%s/y.3.0002.heap.pb.gz", dir);
	assert_int_equal(cpa_files_add(&files, path, &error), 0);
	snprintf(path, sizeof(path), "%s/x.8.0001.heap.pb.gz", dir);
	assert_int_equal(cpa_files_add(&files, path, &error), 0);
	cpa_files_sort(&files);
	assert_true(cpa_files_choose(&files, -1, &group));
	assert_int_equal(files.items[group.begin].pid, 3);
	cpa_files_done(&files);
}

static void other_names_keep_their_order(void **state)
{
	static const char *const names[] = {"README", "x.9.heap.pb.gz", "x.8.0001.heap.pb.gz"};
	struct cpa_error error = {""};
	struct cpa_files files = {0};
	char path[128];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		assert_int_equal(cpa_files_add(&files, path, &error), 0);
	}
	cpa_files_sort(&files);
	assert_int_equal(files.items[0].sequence, 1);
	assert_non_null(strstr(files.items[1].path, "README"));
	assert_int_equal(files.items[1].sequence, -1);
	assert_non_null(strstr(files.items[2].path, "x.9."));
	cpa_files_done(&files);
}

static void what_is_not_there(void **state)
{
	struct cpa_error error = {""};
	struct cpa_files files = {0};
	char path[128];

	assert_true(cpa_files_add(&files, "/nonexistent", &error) < 0);
	assert_non_null(strstr(error.text, "No such file"));
	error.text[0] = '\0';
	snprintf(path, sizeof(path), "%s/empty", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(cpa_files_add(&files, path, &error) < 0);
	assert_non_null(strstr(error.text, "no snapshots there"));
	error.text[0] = '\0';
	assert_true(cpa_files_add(&files, "", &error) < 0);
	assert_int_equal(files.count, 0);
	cpa_files_done(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_in_order),
		cmocka_unit_test(the_process_with_most_to_say),
		cmocka_unit_test(other_names_keep_their_order),
		cmocka_unit_test(what_is_not_there),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
