/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A heap that is known to the byte, made with the sampler's own functions, and a count of what the
 * program's heap is asked for meanwhile.
 * Not here: how it is reported.
 *
 *   stack               samples (bytes, p)          freed   alloc objects/bytes   inuse
 *   leaf_one root       3 of 100, 1                 1       3 / 300               2 / 200
 *   leaf_two root       2 of 64, 1/4                0       8 / 512               8 / 512
 *   leaf_two root       1 of 4096, 0.6              1       1.67 / 6826.67        0 / 0
 *   [anon] root         1 of 10, 1                  0       1 / 10                1 / 10
 *   libc root           1 of 7, 1                   0       1 / 7                 1 / 7
 *   leaf_one [truncated]  1 of 11, 1                0       1 / 11                1 / 11
 *   root                1 of 5, 1, taken back
 */
#ifndef CPA_TESTS_UNIT_FAKE_HEAP_H
#define CPA_TESTS_UNIT_FAKE_HEAP_H

#include "tests/unit/scratch.h"

#include "report/facts.h"
#include "report/heaprows.h"
#include "sampling/custom.h"
#include "sampling/heap.h"
#include "sampling/labels.h"
#include "sampling/stacks.h"
#include "sampling/store.h"

#include <sys/mman.h>

#define FAKE_ROWS 6

int fake_leaf_one(int a);
int fake_leaf_two(int a);

/* Large enough that pc - 1 lies in the function that is meant. */
__attribute__((noinline, used)) int fake_leaf_one(int a)
{
	return a * 7 + 1;
}

__attribute__((noinline, used)) int fake_leaf_two(int a)
{
	return a * 5 + 2;
}

__attribute__((noinline, used)) static int fake_root(int a)
{
	return fake_leaf_one(a) + fake_leaf_two(a);
}

static uint64_t fake_pc_one, fake_pc_two, fake_pc_root, fake_pc_libc, fake_pc_anon;

static cpa_heap_bucket fake_birth(uint64_t leaf, uint64_t root, size_t req_bytes, double p)
{
	const uint64_t pcs[] = {leaf, root};
	struct cpa_heap_sample sample = {.req_bytes = req_bytes, .probability = p};
	cpa_stack_id stack = leaf ? cpa_stacks_intern(pcs, 2) : cpa_stacks_intern(&root, 1);
	cpa_heap_bucket bucket = cpa_heap_birth(stack, 0, &sample);

	assert_int_not_equal(bucket, 0);
	return bucket;
}

__attribute__((unused)) static int fake_begin(void **state)
{
	struct cpa_heap_sample small = {100, 1}, large = {4096, 0.6}, never = {5, 1};
	cpa_heap_bucket bucket;

	if (scratch_begin(state) || cpa_store_init((size_t)16 << 20, 128) || cpa_stacks_init() ||
		cpa_labels_init() || cpa_custom_init())
		return -1;
	fake_pc_one = (uintptr_t)fake_leaf_one + 3;
	fake_pc_two = (uintptr_t)fake_leaf_two + 3;
	fake_pc_root = (uintptr_t)fake_root + 3;
	fake_pc_libc = (uintptr_t)a64l + 3;
	fake_pc_anon =
		(uintptr_t)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 9;
	for (int i = 0; i < 3; i++)
		bucket = fake_birth(fake_pc_one, fake_pc_root, 100, 1);
	cpa_heap_death(bucket, &small);
	for (int i = 0; i < 2; i++)
		(void)fake_birth(fake_pc_two, fake_pc_root, 64, 0.25);
	cpa_heap_death(fake_birth(fake_pc_two, fake_pc_root, 4096, 0.6), &large);
	(void)fake_birth(fake_pc_anon, fake_pc_root, 10, 1);
	(void)fake_birth(fake_pc_libc, fake_pc_root, 7, 1);
	(void)fake_birth(fake_pc_one, CPA_STACKS_PSEUDO_TRUNCATED, 11, 1);
	cpa_heap_unbirth(fake_birth(0, fake_pc_root, 5, 1), &never);
	return 0;
}

__attribute__((unused)) static struct cpa_facts fake_facts(bool allocs)
{
	struct cpa_facts facts = {
		.kind = allocs ? "allocs" : "heap",
		.program = "fake",
		.exe = "/bin/fake-1.2",
		.pid = 4242,
		.start_ns = 1000,
		.time_ns = 1700000000123456789u,
		.sequence = 7,
		.rate_bytes = 524288,
		.has_totals = true,
		.totals = {.allocated_bytes = 11,
			.active_bytes = 12,
			.resident_bytes = 13,
			.retained_bytes = 14,
			.mapped_bytes = 15,
			.dirty_bytes = 16,
			.metadata_bytes = 17},
	};

	cpa_facts_measure(&facts);
	return facts;
}

/* Requests to the program's heap; the sanitizers need theirs for themselves. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FAKE_COUNTS_REQUESTS 0
static unsigned long fake_requests;
#else
#define FAKE_COUNTS_REQUESTS 1
static unsigned long fake_requests;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *ptr, size_t size);

void *malloc(size_t size)
{
	__atomic_fetch_add(&fake_requests, 1, __ATOMIC_RELAXED);
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	__atomic_fetch_add(&fake_requests, 1, __ATOMIC_RELAXED);
	return __libc_calloc(count, size);
}

void *realloc(void *ptr, size_t size)
{
	__atomic_fetch_add(&fake_requests, 1, __ATOMIC_RELAXED);
	return __libc_realloc(ptr, size);
}
#endif

#endif
