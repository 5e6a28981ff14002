/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are words read wherever there is memory, across blocks too, is no memory an answer, and is what
 * was read kept until it is forgotten?
 * Not here: where the kernel does not read for us (tests/integration/cpu.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/far_memory.h"

#include <string.h>
#include <sys/mman.h>

#define BLOCK_BYTES CPA_FAR_MEMORY_BLOCK_BYTES
#define PAGES       3

static struct cpa_far_memory memory;
static unsigned char *pages; /* [PAGES * BLOCK_BYTES], and no memory behind */

static int make(void **state)
{
	(void)state;
	pages = mmap(NULL, (PAGES + 1) * BLOCK_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return -1;
	for (size_t i = 0; i < PAGES * BLOCK_BYTES; i++)
		pages[i] = (unsigned char)(i * 7 + i / 256);
	return munmap(pages + PAGES * BLOCK_BYTES, BLOCK_BYTES);
}

static bool word_at(size_t offset_bytes, uint64_t *ret_word)
{
	return cpa_far_memory_word(&memory, (uint64_t)pages + offset_bytes, ret_word);
}

static void test_words(void **state)
{
	uint64_t word, want;

	(void)state;
	for (size_t i = 0; i <= PAGES * BLOCK_BYTES - sizeof(word); i++) {
		assert_true(word_at(i, &word));
		memcpy(&want, pages + i, sizeof(want));
		assert_int_equal(word, want);
	}
}

static void test_no_memory(void **state)
{
	uint64_t word;

	(void)state;
	for (size_t i = PAGES * BLOCK_BYTES - sizeof(word) + 1; i < PAGES * BLOCK_BYTES + 16; i++)
		assert_false(word_at(i, &word));
	assert_false(cpa_far_memory_word(&memory, 0, &word));
	assert_false(cpa_far_memory_word(&memory, 8, &word));
	assert_false(cpa_far_memory_word(&memory, UINT64_MAX, &word));
	assert_false(cpa_far_memory_word(&memory, (uint64_t)1 << 63, &word));
}

static void test_forget(void **state)
{
	uint64_t before, word;

	(void)state;
	assert_true(word_at(64, &before));
	pages[64]++;
	assert_true(word_at(64, &word));
	assert_int_equal(word, before);
	cpa_far_memory_forget(&memory);
	assert_true(word_at(64, &word));
	assert_int_equal(word, before + 1);
	/* Gone since. */
	assert_int_equal(mprotect(pages, BLOCK_BYTES, PROT_NONE), 0);
	cpa_far_memory_forget(&memory);
	assert_false(word_at(64, &word));
	assert_false(word_at(BLOCK_BYTES - 4, &word));
	assert_true(word_at(BLOCK_BYTES, &word));
	assert_int_equal(mprotect(pages, BLOCK_BYTES, PROT_READ | PROT_WRITE), 0);
	assert_false(word_at(64, &word));
	cpa_far_memory_forget(&memory);
	assert_true(word_at(64, &word));
}

/* Blocks that share a place do not answer for each other. */
static void test_same_place(void **state)
{
	size_t size_bytes = 2 * CPA_FAR_MEMORY_BLOCKS * BLOCK_BYTES;
	unsigned char *many =
		mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t word;

	(void)state;
	assert_ptr_not_equal(many, MAP_FAILED);
	for (size_t i = 0; i < size_bytes; i += BLOCK_BYTES)
		memcpy(many + i, &(uint64_t){i + 1}, sizeof(uint64_t));
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < size_bytes; i += BLOCK_BYTES) {
			assert_true(cpa_far_memory_word(&memory, (uint64_t)many + i, &word));
			assert_int_equal(word, i + 1);
		}
	assert_int_equal(munmap(many, size_bytes), 0);
}

static void test_module(void **state)
{
	static int here;

	(void)state;
	assert_true(cpa_far_memory_is_module((uint64_t)make));
	assert_true(cpa_far_memory_is_module((uint64_t)&here));
	assert_true(cpa_far_memory_is_module((uint64_t)memcpy));
	assert_false(cpa_far_memory_is_module((uint64_t)pages));
	assert_false(cpa_far_memory_is_module((uint64_t)&state));
	assert_false(cpa_far_memory_is_module(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_same_place),
		cmocka_unit_test(test_module),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
