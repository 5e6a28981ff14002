/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers on disk: read back as written, and never believed when damaged.
 * Not here: when they are kept (integration/symbols.bats).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/symbols/cachedir.h"
#include "report/symbols/symcache.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/scratch.h"

static const char id[] = "0123456789abcdef";

static void fill(struct cpa_answers *answers)
{
	uint32_t function, i;

	cpa_answers_init(answers);
	for (i = 0; i < 50; i++) {
		char name[32];

		snprintf(name, sizeof(name), "function %u", i % 20);
		function = cpa_answers_function(answers, cpa_answers_text(answers, name),
			cpa_answers_text(answers, "f.c"), i % 20);
		cpa_answers_begin(answers, 1000 - i);
		if (i % 7 != 0)
			cpa_answers_add(answers, function, i);
		if (i % 3 == 0)
			cpa_answers_add(answers, function, i + 1);
	}
	cpa_answers_sort(answers);
}

static void assert_same(const struct cpa_answers *one, const struct cpa_answers *other)
{
	size_t i, k;

	assert_int_equal(one->place_count, other->place_count);
	for (i = 0; i < one->place_count; i++) {
		const struct cpa_answers_place *place = &one->places[i],
					       *found = cpa_answers_find(other, place->vaddr);

		assert_non_null(found);
		assert_int_equal(place->frame_count, found->frame_count);
		for (k = 0; k < place->frame_count; k++) {
			const struct cpa_answers_frame
				*left = &one->frames[place->frame_begin + k],
				*right = &other->frames[found->frame_begin + k];

			assert_int_equal(left->line, right->line);
			assert_string_equal(
				cpa_answers_string(one, cpa_answers_get(one, left->function)->name),
				cpa_answers_string(
					other, cpa_answers_get(other, right->function)->name));
		}
	}
}

static void as_written(void **state)
{
	struct cpa_answers answers, read;
	struct cpa_elffile_layout layout = {.count = 1, .segments = {{.vaddr = 77}}}, read_layout;

	fill(&answers);
	assert_false(cpa_symcache_load(id, &read, &read_layout));
	cpa_answers_done(&read);
	cpa_symcache_store(id, &answers, &layout);
	assert_true(cpa_symcache_load(id, &read, &read_layout));
	assert_same(&answers, &read);
	assert_int_equal(read_layout.segments[0].vaddr, 77);
	cpa_answers_done(&read);
	assert_false(cpa_symcache_load("../0123456789abcdef", &read, &read_layout));
	cpa_answers_done(&read);
	cpa_answers_done(&answers);
}

/* Any byte changed, any length: nothing is read. */
static void damaged(void **state)
{
	struct cpa_answers answers, read;
	struct cpa_elffile_layout layout = {.count = 1}, read_layout;
	size_t size_bytes, i;
	char *bytes;

	fill(&answers);
	cpa_symcache_store(id, &answers, &layout);
	bytes = cpa_cachedir_read(id, &size_bytes);
	assert_non_null(bytes);
	for (i = 0; i < size_bytes; i += 1 + i / 64) {
		bytes[i] ^= 0x41;
		cpa_cachedir_write(id, bytes, size_bytes);
		assert_false(cpa_symcache_load(id, &read, &read_layout));
		assert_int_equal(read.place_count, 0);
		cpa_answers_done(&read);
		bytes[i] ^= 0x41;
		cpa_cachedir_write(id, bytes, i);
		assert_false(cpa_symcache_load(id, &read, &read_layout));
		cpa_answers_done(&read);
	}
	cpa_cachedir_write(id, bytes, size_bytes);
	assert_true(cpa_symcache_load(id, &read, &read_layout));
	cpa_answers_done(&read);
	cpa_answers_done(&answers);
	free(bytes);
}

static int begin(void **state)
{
	return scratch_begin(state) == 0 ? setenv("XDG_CACHE_HOME", scratch_dir, 1) : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_written), cmocka_unit_test(damaged)};

	return cmocka_run_group_tests(tests, begin, scratch_end);
}
