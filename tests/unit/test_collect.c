/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files become the histories of processes: which one is chosen, which files are left out and why,
 * and what there is to note of the series.
 * Not here: names of files (test_files.c), one history (test_history.c).
 */
#include <errno.h>

#include "report/trend/collect.h"
#include "tests/unit/profile_maker.h"
#include "tests/unit/scratch.h"

#define TYPES                                                                                      \
	"type alloc_objects count\ntype alloc_space bytes\ntype inuse_objects count\n"             \
	"type inuse_space bytes\nmapping 1000 9000 1000 /bin/server ab\n"

static struct cpa_files files;
static struct cpa_collect collect;
static char complaints[2048];

/* A snapshot of so many bytes, at this second of the process. */
static void snapshot(
	const char *name, int pid, int64_t sequence, int second, int bytes, int rate_bytes)
{
	char text[2048];
	size_t length_bytes;
	unsigned char *made;
	struct cpa_error error = {""};

	snprintf(text, sizeof(text),
		TYPES
		"period space bytes %d\ntime %d000000000\ncomment pid: %d\n"
		"comment start_ns: 17\ncomment sequence: %lld\nsample 1 %d 1 %d | | leaf main\n",
		rate_bytes, 1700000000 + second, pid, (long long)sequence, bytes, bytes);
	made = make_profile(text, &length_bytes);
	write_profile(scratch_path(name), made, length_bytes, 1);
	free(made);
	assert_int_equal(cpa_files_add(&files, scratch_path(name), &error), 0);
}

static void complain(const char *path, const char *why)
{
	size_t used = strlen(complaints);

	snprintf(complaints + used, sizeof(complaints) - used, "%s: %s\n", strrchr(path, '/') + 1,
		why);
}

static int gather(int64_t pid, bool trusts_names, struct cpa_error *error)
{
	const struct cpa_collect_options options = {
		.pid = pid, .trusts_names = trusts_names, .complain = complain};

	complaints[0] = '\0';
	error->text[0] = '\0';
	return cpa_collect_files(&collect, &files, &options, error);
}

static int begin_empty(void **unused)
{
	(void)unused;
	memset(&files, 0, sizeof(files));
	memset(&collect, 0, sizeof(collect));
	return 0;
}

static int end_all(void **unused)
{
	(void)unused;
	cpa_collect_done(&collect);
	cpa_files_done(&files);
	return 0;
}

static void has_note(const char *words)
{
	size_t i;

	for (i = 0; i < collect.note_count; i++)
		if (strstr(collect.notes[i], words) != NULL)
			return;
	fail_msg("no note of %zu says \"%s\"", collect.note_count, words);
}

static const struct cpa_history *chosen(void)
{
	return &collect.processes[collect.chosen].history;
}

static void by_time_where_names_tell_nothing(void **unused)
{
	struct cpa_error error;

	(void)unused;
	snapshot("b", 4, 1, 10, 1000, 512);
	snapshot("a", 4, 3, 30, 3000, 512);
	snapshot("c", 4, 2, 20, 2000, 512);
	assert_int_equal(gather(-1, false, &error), 0);
	assert_string_equal(complaints, "");
	assert_int_equal(chosen()->snapshot_count, 3);
	assert_true(chosen()->snapshots[1].total.value == 2000);
	assert_int_equal(collect.note_count, 0);
}

/* The one with most snapshots; among equals the one that holds most; or the one asked for. */
static void which_process(void **unused)
{
	struct cpa_error error;

	(void)unused;
	snapshot("a", 4, 1, 10, 1000, 512);
	snapshot("b", 4, 2, 20, 1500, 512);
	snapshot("c", 5, 1, 30, 9000, 512);
	snapshot("d", 5, 2, 40, 9500, 512);
	snapshot("e", 6, 1, 50, 99999, 512);
	assert_int_equal(gather(-1, false, &error), 0);
	assert_int_equal(collect.processes[collect.chosen].pid, 5);
	has_note("also there: 2 snapshots of server, an earlier run (--pid 4); and of 1 more "
		 "process");
	cpa_collect_done(&collect);
	assert_int_equal(gather(6, false, &error), 0);
	assert_int_equal(chosen()->snapshot_count, 1);
	cpa_collect_done(&collect);
	assert_int_equal(gather(7, false, &error), -EINVAL);
	assert_string_equal(error.text, "no snapshot of process 7 among 5 files");
}

static void what_is_left_out(void **unused)
{
	struct cpa_error error;

	(void)unused;
	snapshot("server.4.1.heap.pb.gz", 4, 1, 10, 1000, 512);
	snapshot("server.4.2.heap.pb.gz", 4, 2, 10, 1000, 512);
	snapshot("server.4.3.heap.pb.gz", 4, 3, 5, 1000, 512);
	snapshot("server.4.4.heap.pb.gz", 4, 4, 40, 2000000, 512);
	snapshot("server.4.5.heap.pb.gz", 4, 5, 50, 1000000, 512);
	snapshot("server.4.6.heap.pb.gz", 4, 6, 60, 3000000, 512);
	assert_int_equal(scratch_run("echo damaged >server.4.6.heap.pb.gz"), 0);
	assert_int_equal(gather(-1, true, &error), 0);
	assert_int_equal(chosen()->snapshot_count, 2);
	assert_int_equal(collect.left_out_count, 4);
	assert_non_null(strstr(complaints, "server.4.2.heap.pb.gz: written at the same moment"));
	assert_non_null(strstr(complaints, "server.4.3.heap.pb.gz: its clock is behind"));
	assert_non_null(strstr(complaints, "server.4.5.heap.pb.gz: its counters are lower"));
	assert_non_null(strstr(complaints, "server.4.6.heap.pb.gz: not a profile"));
}

static void gaps_pauses_and_rates(void **unused)
{
	static const int seconds[] = {10, 20, 30, 40, 50, 60, 400, 410};
	static const int numbers[] = {3, 4, 6, 9, 10, 11, 12, 13};
	struct cpa_error error;
	char name[8];
	size_t i;

	(void)unused;
	for (i = 0; i < CPA_ARRAY_LEN(seconds); i++) {
		snprintf(name, sizeof(name), "s%zu", i);
		snapshot(name, 4, numbers[i], seconds[i], 1000 * (int)(i + 1), i < 3 ? 512 : 1024);
	}
	assert_int_equal(gather(-1, false, &error), 0);
	has_note("snapshots 1 to 2 are gone");
	has_note("snapshot 5 is missing");
	has_note("snapshots 7 to 8 are missing");
	has_note("no snapshot for 5 min 40 s");
	has_note("usually one every 10 s");
	has_note("the sampling rate changed, between 512 bytes and 1 KiB");
	assert_int_equal(collect.note_count, 5);
}

/* Numbers that no series reaches are none: their differences would not fit. */
static void absurd_numbers(void **unused)
{
	struct cpa_error error;

	(void)unused;
	snapshot("a", 4, INT64_MAX, 10, 1000, 512);
	snapshot("b", 4, 0, 20, 1100, 512);
	snapshot("c", 4, INT64_MAX, 30, 1200, 512);
	snapshot("d", 4, 1, 40, 1300, 512);
	assert_int_equal(gather(-1, false, &error), 0);
	assert_int_equal(chosen()->snapshots[0].sequence, -1);
	assert_int_equal(collect.note_count, 0);
}

static void nothing_at_all(void **unused)
{
	struct cpa_error error;

	(void)unused;
	snapshot("a", 4, 1, 10, 1000, 512);
	assert_int_equal(scratch_run("echo damaged >a"), 0);
	assert_int_equal(gather(-1, false, &error), -EINVAL);
	assert_string_equal(error.text, "none of 1 files can be used");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin_empty, end_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_time_where_names_tell_nothing),
		TEST(which_process),
		TEST(what_is_left_out),
		TEST(gaps_pauses_and_rates),
		TEST(absurd_numbers),
		TEST(nothing_at_all),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
