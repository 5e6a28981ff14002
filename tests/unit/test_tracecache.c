/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is libunwind's table of frames recognised, emptied when told, followed when it grows, let go
 * with its thread, and never touched when it is something else?
 * Not here: that stacks are right afterwards (test_unwind.c, tests/integration/stress.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/tracecache.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#define COUNT_LOG2  10
#define TABLE_BYTES ((size_t)16 << COUNT_LOG2)

/* As libunwind lays it out. */
struct table {
	unsigned char *entries;
	size_t count_log2;
	size_t used_count;
	size_t more;
};

static unsigned char *map(size_t size_bytes)
{
	unsigned char *addr =
		mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(addr != MAP_FAILED);
	memset(addr, 0xa5, size_bytes);
	cpa_tracecache_mapped(addr, size_bytes);
	return addr;
}

static void unmap(unsigned char *addr, size_t size_bytes)
{
	cpa_tracecache_unmapped(addr);
	munmap(addr, size_bytes);
}

static bool is_empty(const unsigned char *addr, size_t size_bytes)
{
	for (size_t i = 0; i < size_bytes; i++)
		if (addr[i])
			return false;
	return true;
}

/* Everything is the thread's own: each test has a fresh one. */
static void in_thread(void *(*body)(void *))
{
	pthread_t thread;
	void *failed = &thread;

	assert_int_equal(pthread_create(&thread, NULL, body, NULL), 0);
	pthread_join(thread, &failed);
	if (failed)
		fail_msg("%s", (const char *)failed);
}

#define CHECK(truth)                                                                               \
	do {                                                                                       \
		if (!(truth))                                                                      \
			return (void *)(uintptr_t) #truth;                                         \
	} while (0)

static void *forgets(void *arg)
{
	struct table table = {.count_log2 = COUNT_LOG2};

	CHECK(cpa_tracecache_refresh());
	table.entries = map(TABLE_BYTES);
	cpa_tracecache_kept(&table);
	CHECK(is_empty(table.entries, TABLE_BYTES)); /* what libunwind wrote there was "empty" */
	memset(table.entries, 0xa5, TABLE_BYTES);
	table.used_count = 99;
	CHECK(cpa_tracecache_refresh());
	CHECK(table.used_count == 99);
	cpa_tracecache_forget();
	CHECK(cpa_tracecache_refresh());
	CHECK(table.used_count == 0 && is_empty(table.entries, TABLE_BYTES));
	unmap(table.entries, TABLE_BYTES);
	return NULL;
}

static void *grows(void *arg)
{
	struct table table = {.count_log2 = COUNT_LOG2};
	unsigned char *old, *other;

	CHECK(cpa_tracecache_refresh());
	table.entries = old = map(TABLE_BYTES);
	cpa_tracecache_kept(&table);
	other = map(4096); /* for another purpose */
	table.entries = map(4 * TABLE_BYTES);
	unmap(old, TABLE_BYTES);
	table.count_log2 += 2;
	cpa_tracecache_forget();
	CHECK(cpa_tracecache_refresh());
	CHECK(is_empty(table.entries, 4 * TABLE_BYTES));
	CHECK(!is_empty(other, 4096));
	return NULL;
}

static void *thread_ends(void *arg)
{
	struct table table = {.count_log2 = COUNT_LOG2};
	unsigned char *other;

	CHECK(cpa_tracecache_refresh());
	table.entries = map(TABLE_BYTES);
	cpa_tracecache_kept(&table);
	other = map(4096);
	unmap(table.entries, TABLE_BYTES);
	table.entries = other; /* the descriptor's memory serves something else now */
	table.used_count = 5;
	cpa_tracecache_forget();
	CHECK(cpa_tracecache_refresh()); /* captures go on, without a table */
	CHECK(table.used_count == 5 && !is_empty(other, 4096));
	return NULL;
}

/* A table made before anybody looked cannot be emptied: captures end when they would need it. */
static void *never_seen(void *arg)
{
	CHECK(cpa_tracecache_refresh());
	CHECK(cpa_tracecache_refresh());
	cpa_tracecache_forget();
	CHECK(!cpa_tracecache_refresh());
	return NULL;
}

static void *not_a_table(void *arg)
{
	struct table table = {.count_log2 = COUNT_LOG2, .used_count = 1};

	table.entries = map(TABLE_BYTES);
	cpa_tracecache_kept(NULL);
	cpa_tracecache_kept(&table);
	table.used_count = 0;
	table.count_log2 = 63;
	cpa_tracecache_kept(&table);
	table.count_log2 = 2; /* entries of 4 KiB? */
	cpa_tracecache_kept(&table);
	CHECK(!is_empty(table.entries, TABLE_BYTES));
	CHECK(table.entries[0] == 0xa5 && table.entries[TABLE_BYTES - 1] == 0xa5);
	return NULL;
}

/* One that is believed, and then turns out to lie elsewhere. */
static void *changes_its_mind(void *arg)
{
	struct table table = {.count_log2 = COUNT_LOG2};
	unsigned char *other;

	CHECK(cpa_tracecache_refresh());
	table.entries = map(TABLE_BYTES);
	cpa_tracecache_kept(&table);
	other = map(TABLE_BYTES);
	table.entries = other;
	cpa_tracecache_forget();
	CHECK(!cpa_tracecache_refresh());
	CHECK(!is_empty(other, TABLE_BYTES));
	return NULL;
}

#define DEFINE_TEST(body)                                                                          \
	static void test_##body(void **state)                                                      \
	{                                                                                          \
		in_thread(body);                                                                   \
	}

DEFINE_TEST(forgets)
DEFINE_TEST(grows)
DEFINE_TEST(thread_ends)
DEFINE_TEST(never_seen)
DEFINE_TEST(not_a_table)
DEFINE_TEST(changes_its_mind)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forgets),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_thread_ends),
		cmocka_unit_test(test_never_seen),
		cmocka_unit_test(test_not_a_table),
		cmocka_unit_test(test_changes_its_mind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
