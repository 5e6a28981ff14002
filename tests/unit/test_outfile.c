/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the temporary file never one that somebody put there? The clock stands still here, so that its
 * name is known beforehand; the linker gives us openat to look at (--wrap).
 * Not here: names, renaming, cleaning up (test_snapshot.c).
 */
#include "tests/unit/scratch.h"

#include "base/clock.h"
#include "report/outfile.h"

#include <errno.h>

#define NAME_AT "prof/.one.42.%lx.tmp" /* at this time */

uint64_t __wrap_cpa_clock_wall_ns(void);
int __wrap_openat(int dir_fd, const char *path, int flags, mode_t mode);
int __real_openat(int dir_fd, const char *path, int flags, mode_t mode);

static uint64_t now_ns, step_ns;
static int seen_flags, seen_count;
static mode_t seen_mode;

uint64_t __wrap_cpa_clock_wall_ns(void)
{
	uint64_t then_ns = now_ns;

	now_ns += step_ns;
	return then_ns;
}

int __wrap_openat(int dir_fd, const char *path, int flags, mode_t mode)
{
	seen_count++;
	seen_flags = flags;
	seen_mode = mode;
	return __real_openat(dir_fd, path, flags, mode);
}

/* The clock stands at then_ns, and goes by step_ns with each look. */
static int begin_at(struct cpa_outfile *file, uint64_t then_ns, uint64_t new_step_ns)
{
	struct cpa_outfile_prefix prefix;
	int dir_fd = cpa_outfile_open_dir(scratch_path("prof"));

	assert_true(dir_fd > 2);
	cpa_outfile_make_prefix("one", 42, &prefix);
	now_ns = then_ns;
	step_ns = new_step_ns;
	seen_count = 0;
	return cpa_outfile_begin(file, dir_fd, &prefix);
}

static void drop(struct cpa_outfile *file)
{
	cpa_outfile_abort(file);
	close(file->dir_fd);
}

static int clear(void **unused)
{
	(void)unused;
	return scratch_run("rm -rf prof && mkdir prof && echo precious >target");
}

/* O_NOFOLLOW says nothing that O_EXCL does not, where the file system does as it should. */
static void test_flags(void **unused)
{
	const int wanted = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	struct cpa_outfile file;

	(void)unused;
	assert_int_equal(begin_at(&file, 0xabc, 0), 0);
	assert_string_equal(file.temp_name, ".one.42.abc.tmp");
	assert_int_equal(seen_flags & wanted, wanted);
	assert_int_equal(seen_flags & (O_ACCMODE | O_TRUNC), O_WRONLY);
	assert_int_equal(seen_mode, 0600);
	drop(&file);
	assert_int_equal(scratch_run("test -z \"$(ls -A prof)\""), 0);
}

/* Planted under the known name: %s stands for it. */
static const char *const planted[] = {"echo precious >%s", "ln -s ../target %s",
	"ln -s \"$PWD/target\" %s", "ln -s ../nowhere %s", "ln target %s", "mkfifo %s",
	"mkdir %s"};

static void plant(size_t which, uint64_t at_ns)
{
	const char *at = strchr(planted[which], '%');
	char name[64];

	snprintf(name, sizeof(name), NAME_AT, (unsigned long)at_ns);
	assert_int_equal(scratch_run("%.*s%s", (int)(at - planted[which]), planted[which], name),
		0);
}

static void check_untouched(void)
{
	assert_int_equal(scratch_run("test \"$(cat target)\" = precious -a ! -e nowhere"), 0);
}

static void test_planted(void **unused)
{
	struct cpa_outfile file;

	for (size_t i = 0; i < CPA_ARRAY_LEN(planted); i++) {
		assert_int_equal(clear(unused), 0);
		plant(i, 0x10);
		plant(i, 0x11);
		/* The clock goes on: the first free name is taken. */
		assert_int_equal(begin_at(&file, 0x10, 1), 0);
		assert_string_equal(file.temp_name, ".one.42.12.tmp");
		assert_int_equal(seen_count, 3);
		assert_int_equal(write(file.fd, "new", 3), 3);
		drop(&file);
		check_untouched();
		assert_int_equal(scratch_run("test $(ls -A prof | wc -l) = 2"), 0);
		/* It stands still: given up in the end, with nothing done. */
		errno = 77;
		assert_int_equal(begin_at(&file, 0x10, 0), -EEXIST);
		assert_int_equal(errno, 77);
		assert_int_equal(file.fd, -1);
		assert_in_range(seen_count, 2, 100);
		drop(&file);
		check_untouched();
		assert_int_equal(scratch_run("test $(ls -A prof | wc -l) = 2"), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_flags, clear),
		cmocka_unit_test_setup(test_planted, clear),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
