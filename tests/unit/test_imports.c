/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a library refused that does not call dl_iterate_phdr, and is one that does led through ours
 * only while a thread captures?
 * Not here: that captures open nothing (test_unwind.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/imports.h"
#include "sampling/modules.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#define LIBRARY "libunwind.so.8"

static struct link_map *map_of(const char *name)
{
	void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	struct link_map *map = NULL;

	assert_non_null(library);
	assert_int_equal(dlinfo(library, RTLD_DI_LINKMAP, &map), 0);
	return map;
}

static void test_refuses(void **state)
{
	errno = 4711;
	assert_int_equal(cpa_imports_replace(map_of("libresolv.so.2")), -ENOENT);
	assert_int_equal(errno, 4711);
}

typedef int backtrace_function(void **buffer, int size);

struct question {
	bool guarded;
	int depth;
};

static int ask(const void *a, const void *b, void *arg)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	backtrace_function *function = (backtrace_function *)dlsym(library, "unw_backtrace");
	struct question *question = arg;
	void *frames[50];

	cpa_imports_guard(question->guarded);
	question->depth = function(frames, 50);
	cpa_imports_guard(false);
	return 0;
}

static void *ask_in_thread(void *arg)
{
	int two[2] = {2, 1};

	qsort_r(two, 2, sizeof(two[0]), ask, arg);
	return NULL;
}

/* In a thread of its own, because each thread remembers frames. */
static int backtrace_depth(bool guarded)
{
	struct question question = {.guarded = guarded};
	pthread_t thread;

	pthread_create(&thread, NULL, ask_in_thread, &question);
	pthread_join(thread, NULL);
	return question.depth;
}

/*
 * While our table of modules is empty, a capture finds no unwind tables; a program that uses the
 * same library finds the loader's.
 */
static void test_leads(void **state)
{
	int guarded;

	assert_int_equal(cpa_imports_replace(map_of(LIBRARY)), 0);
	guarded = backtrace_depth(true);
	assert_true(backtrace_depth(false) > guarded);
	cpa_modules_init();
	assert_true(backtrace_depth(true) > guarded);
}

int main(void)
{
#ifdef __SANITIZE_THREAD__
	return 77; /* its mutexes crash in the destructor that libunwind runs at a thread's end */
#else
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_leads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
