/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions, lines and inlined frames of this program's own addresses, and names by its symbol
 * table: what the compiler was told here must come out again.
 * Not here: other compilers and formats, other tools' opinion (integration/symbols.bats).
 */
#include "report/symbols/dwarf.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "report/symbols/symtab.h"
#include "tests/unit/cmocka_all.h"

/* External, so that their names are these. */
void *test_dwarf_here(void);
void *test_dwarf_outer(void);

__attribute__((noipa)) void *test_dwarf_here(void)
{
	return __builtin_return_address(0);
}

static const int line_of_call = __LINE__ + 5;

__attribute__((always_inline)) static inline void *inner(void)
{
	/* The line of this call is line_of_call. */
	char *here = test_dwarf_here();

	return here - 1;
}

static const int line_of_inlining = __LINE__ + 4;

__attribute__((noipa)) void *test_dwarf_outer(void)
{
	return inner();
}

static int take_bias(struct dl_phdr_info *info, size_t size_bytes, void *context)
{
	(void)size_bytes;
	*(uint64_t *)context = info->dlpi_addr;
	return 1; /* the program is the first */
}

static uint64_t vaddr_of(const void *address)
{
	uint64_t bias = 0;

	dl_iterate_phdr(take_bias, &bias);
	return (uint64_t)(uintptr_t)address - bias;
}

static void open_self(struct cpa_elffile *ret_file)
{
	assert_int_equal(cpa_elffile_open(ret_file, "/proc/self/exe"), 0);
}

static void is_frame(const struct cpa_answers *answers, const struct cpa_answers_frame *frame,
	const char *name, int line)
{
	const struct cpa_answers_function *function = cpa_answers_get(answers, frame->function);
	const char *file = cpa_answers_string(answers, function->file);

	assert_string_equal(cpa_answers_string(answers, function->name), name);
	assert_non_null(strstr(file, "tests/unit/test_dwarf.c"));
	assert_null(strstr(file, ".."));
	assert_int_equal(frame->line, line);
}

static void inlined_frames(void **state)
{
	const char *name = NULL;
	uint64_t vaddr = vaddr_of(test_dwarf_outer());
	struct cpa_dwarf_options options = {.symbol_names = &name};
	struct cpa_elffile file;
	struct cpa_answers answers;
	const struct cpa_answers_place *place;
	size_t lined_count;

	open_self(&file);
	if (!file.has_dwarf)
		skip(); /* built without -g */
	cpa_answers_init(&answers);
	assert_true(cpa_dwarf_find(&answers, &file, &vaddr, 1, &options, &lined_count));
	assert_int_equal(lined_count, 1);
	place = cpa_answers_find(&answers, vaddr);
	assert_non_null(place);
	assert_int_equal(place->frame_count, 2);
	is_frame(&answers, &answers.frames[place->frame_begin], "inner", line_of_call);
	is_frame(&answers, &answers.frames[place->frame_begin + 1], "test_dwarf_outer",
		line_of_inlining);
	cpa_answers_done(&answers);
	cpa_elffile_close(&file);
}

/* An address that no unit claims has the name of the symbol table, or nothing. */
static void nothing_known(void **state)
{
	const char *names[] = {NULL, "from_symbols"};
	const uint64_t vaddrs[] = {1, 2};
	struct cpa_dwarf_options options = {.symbol_names = names};
	struct cpa_elffile file;
	struct cpa_answers answers;
	const struct cpa_answers_place *place;
	size_t lined_count;

	open_self(&file);
	cpa_answers_init(&answers);
	assert_true(cpa_dwarf_find(&answers, &file, vaddrs, 2, &options, &lined_count));
	assert_int_equal(lined_count, 0);
	place = cpa_answers_find(&answers, 1);
	assert_int_equal(place->frame_count, 0);
	place = cpa_answers_find(&answers, 2);
	assert_int_equal(place->frame_count, 1);
	assert_int_equal(answers.frames[place->frame_begin].line, 0);
	cpa_answers_done(&answers);
	cpa_elffile_close(&file);
}

static int compare_vaddrs(const void *left, const void *right)
{
	const uint64_t *l = left, *r = right;

	return (*l > *r) - (*l < *r);
}

static void names_of_symbols(void **state)
{
	uint64_t here = vaddr_of((void *)(uintptr_t)test_dwarf_here);
	uint64_t inside = vaddr_of(test_dwarf_outer());
	uint64_t vaddrs[] = {1, here, inside};
	const char *names[3];
	struct cpa_elffile file;
	size_t i;

	qsort(vaddrs, 3, sizeof(*vaddrs), compare_vaddrs);
	open_self(&file);
	if (!file.has_symtab)
		skip(); /* stripped */
	cpa_symtab_find(&file, vaddrs, 3, names);
	assert_null(names[0]);
	for (i = 1; i < 3; i++)
		assert_string_equal(
			names[i], vaddrs[i] == here ? "test_dwarf_here" : "test_dwarf_outer");
	cpa_elffile_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inlined_frames),
		cmocka_unit_test(nothing_known),
		cmocka_unit_test(names_of_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
