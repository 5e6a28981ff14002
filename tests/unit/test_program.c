/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a program called what its user ran it as, and can the name stand in a file's name?
 * Not here: the name in the file names of a real run (cprof_run.bats).
 */
#include "tests/unit/scratch.h"

#include "report/program.h"

#include <errno.h>

static void is(const char *execfn, const char *main_path, const char *wanted)
{
	char name[CPA_PROGRAM_NAME_MAX + 1];

	errno = 77;
	cpa_program_name(execfn, main_path, name);
	assert_int_equal(errno, 77);
	assert_string_equal(name, wanted);
}

static void test_what_was_run(void **unused)
{
	(void)unused;
	is("/usr/bin/redis-server", "/usr/bin/redis-check-rdb", "redis-server");
	is("./script.sh", "/usr/bin/dash", "script.sh");
	is("bare", "/x/file", "bare");
}

static void test_no_useful_name(void **unused)
{
	(void)unused;
	is(NULL, "/x/file", "file");
	is("", "/x/file", "file");
	is("/x/", "/x/file", "file");
	is("/dev/fd/3", "/x/file", "file");
	is("/proc/self/exe", "/x/file", "file");
	is("/proc/self/fd/3", "/x/file", "file");
	is(NULL, "[program]", "_program_");
	is(NULL, "", "_");
}

/* In "ld.so ./program" the file that runs is the loader; here this test is it. */
static void test_loader(void **unused)
{
	char self[600] = "";

	(void)unused;
	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	assert_int_equal(scratch_run("ln -s '%s' link && cp /bin/true program", self), 0);
	is(self, scratch_path("program"), "program");
	/* By another name it is still the loader; and the program itself is none. */
	is(scratch_path("link"), "/bin/true", "true");
	is(scratch_path("link"), self, "link");
	/* A program whose file is gone by now. */
	is(scratch_path("link"), "/no/such/file", "link");
	is("/no/such/file", "/bin/true", "file");
}

static void test_plain(void **unused)
{
	char path[600] = "/x/", wanted[CPA_PROGRAM_NAME_MAX + 1];

	(void)unused;
	is("/usr/bin/a b\nc;$(d)-1.2_+", "/x", "a_b_c___d_-1.2_+");
	is(".hidden", "/x", "_hidden");
	is("\xff\xc3\xa4", "/x", "___");
	memset(path + 3, 'x', 500);
	memset(wanted, 'x', CPA_PROGRAM_NAME_MAX);
	wanted[CPA_PROGRAM_NAME_MAX] = '\0';
	is(path, "/x", wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_run),
		cmocka_unit_test(test_no_useful_name),
		cmocka_unit_test(test_loader),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
