/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is each slot taken by one, is it free again when given back, and are there more when none is
 * free? Not here: what is in them (test_roster.c, test_threadcreate.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/slots.h"

#include <pthread.h>

#include "sampling/store.h"

#define TAKERS 4u

struct slot {
	_Atomic uint32_t taken;
	_Atomic uint32_t taker;
	uint64_t pad;
};

static struct slot first_slots[CPA_SLOTS_PER_CHUNK];
static struct cpa_slots slots = CPA_SLOTS_INIT(first_slots);

static int free_all(void **state)
{
	(void)state;
	cpa_slots_postfork_child(&slots, NULL);
	return 0;
}

static void test_find(void **state)
{
	struct slot *slot = NULL;

	(void)state;
	assert_int_equal(cpa_slots_count(&slots), CPA_SLOTS_PER_CHUNK);
	for (uint32_t i = 0; i < CPA_SLOTS_PER_CHUNK; i++) {
		slot = cpa_slots_find(&slots);
		assert_non_null(slot);
		assert_int_equal(slot->taken, CPA_SLOTS_TAKEN);
		slot->taken = i + 1;
	}
	assert_null(cpa_slots_find(&slots));
	/* No store yet. */
	assert_null(cpa_slots_take(&slots));
	slot->taken = 0;
	assert_ptr_equal(cpa_slots_find(&slots), slot);
}

static void test_grow(void **state)
{
	(void)state;
	assert_int_equal(cpa_store_init((size_t)1 << 20, 128), 0);
	for (uint32_t i = 0; i < 3 * CPA_SLOTS_PER_CHUNK; i++)
		assert_non_null(cpa_slots_take(&slots));
	assert_int_equal(cpa_slots_count(&slots), 3 * CPA_SLOTS_PER_CHUNK);
	for (uint32_t i = 0; i < cpa_slots_count(&slots); i++)
		assert_int_equal(*(uint32_t *)cpa_slots_at(&slots, i), CPA_SLOTS_TAKEN);
	while (cpa_store_alloc(CPA_SLOTS_PER_CHUNK * sizeof(struct slot)))
		;
	assert_null(cpa_slots_take(&slots));
}

static void *take_often(void *arg)
{
	uint32_t taker = (uint32_t)(uintptr_t)arg;

	for (uint32_t i = 0; i < 100000; i++) {
		struct slot *slot = cpa_slots_find(&slots);

		assert_non_null(slot);
		/* Another's mark would be a slot taken twice. */
		assert_int_equal(slot->taker, 0);
		slot->taker = taker;
		assert_int_equal(slot->taker, taker);
		slot->taker = 0;
		slot->taken = 0;
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[TAKERS];

	(void)state;
	/* As many as there are threads are left. */
	for (uint32_t i = 0; i < CPA_SLOTS_PER_CHUNK - TAKERS; i++)
		assert_non_null(cpa_slots_find(&slots));
	for (uintptr_t i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_often, (void *)(i + 1)), 0);
	for (uint32_t i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void test_fork(void **state)
{
	struct slot *kept = cpa_slots_take(&slots), *other = cpa_slots_take(&slots);

	(void)state;
	cpa_lock_acquire(&slots.lock);
	cpa_slots_postfork_child(&slots, kept);
	assert_int_equal(kept->taken, CPA_SLOTS_TAKEN);
	assert_int_equal(other->taken, 0);
	cpa_lock_acquire(&slots.lock);
	cpa_lock_release(&slots.lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_find, free_all),
		cmocka_unit_test_setup(test_threads, free_all),
		cmocka_unit_test_setup(test_fork, free_all),
		cmocka_unit_test_setup(test_grow, free_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
