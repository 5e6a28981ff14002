/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are the threads of parents and of their parents found by name, and no others?
 * Not here: what a server makes of it (tests/integration/http.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/ancestors.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void *sleeps(void *arg)
{
	for (;;)
		(void)pause();
	return arg;
}

/* In a process so many generations down. */
static bool found_below(int generations, const char *name)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(generations > 1 ? found_below(generations - 1, name)
				      : cpa_ancestors_have_thread(name));
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status) != 0;
}

static void test_found(void **state)
{
	char kept[16];
	pthread_t thread;

	/* A new thread has its maker's name. */
	assert_int_equal(prctl(PR_GET_NAME, kept), 0);
	assert_int_equal(prctl(PR_SET_NAME, "a b) R 1:12345"), 0);
	assert_int_equal(pthread_create(&thread, NULL, sleeps, NULL), 0);
	assert_int_equal(prctl(PR_SET_NAME, kept), 0);
	for (int generations = 1; generations < 4; generations++) {
		assert_true(found_below(generations, "a b) R 1:12345"));
		assert_false(found_below(generations, "a b) R 1:1234"));
		assert_false(found_below(generations, "b) R 1:12345"));
		assert_false(found_below(generations, ""));
	}
	/* This process is none of its own ancestors. */
	assert_false(cpa_ancestors_have_thread("a b) R 1:12345"));
}

/* Names that look like the end of the name in "PID (NAME) STATE PARENT". */
static void test_odd_names(void **state)
{
	assert_int_equal(prctl(PR_SET_NAME, "x) S 1 ("), 0);
	assert_true(found_below(3, "a b) R 1:12345"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_odd_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
