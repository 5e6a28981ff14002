/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are keys in order afterwards, and equal ones still in the order they came in?
 * Not here: what is sorted (test_pprof.c, test_text.c).
 */
#include "tests/unit/cmocka_all.h"

#include "base/arena.h"
#include "report/sort.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static void check(size_t count, uint64_t key_mask)
{
	struct cpa_sort_item *items = calloc(count + 1, sizeof(*items));
	uint64_t noise = 88172645463325252u;
	struct cpa_arena arena;
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		items[i] = (struct cpa_sort_item){.key = noise & key_mask, .value = i};
		sum += items[i].key;
	}
	cpa_arena_init(&arena, 0);
	assert_int_equal(cpa_sort(&arena, items, count), 0);
	cpa_arena_done(&arena);
	for (size_t i = 0; i < count; i++)
		sum -= items[i].key;
	assert_int_equal(sum, 0);
	for (size_t i = 1; i < count; i++)
		assert_true(
			items[i - 1].key < items[i].key ||
			(items[i - 1].key == items[i].key && items[i - 1].value < items[i].value));
	free(items);
}

static void test_order(void **unused)
{
	(void)unused;
	for (size_t count = 0; count < 40; count++)
		check(count, 7);
	check(100000, UINT64_MAX);
	check(100000, 0xff00ff);
	check(100000, 0);
	check(100000, (uint64_t)0x7fff << 48);
}

static void test_without_memory(void **unused)
{
	struct cpa_sort_item items[] = {{2, 0}, {1, 1}};
	struct cpa_arena arena;

	(void)unused;
	cpa_arena_init(&arena, 1);
	assert_int_equal(cpa_sort(&arena, items, 2), -ENOMEM);
	assert_int_equal(items[0].key, 2);
	cpa_arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
