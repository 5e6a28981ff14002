/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the addresses of a profile to those of the file, for the layouts that linkers make; and what
 * is no ELF file.
 * Not here: real files of all kinds (integration/symbols.bats).
 */
#include <errno.h>
#include <inttypes.h>

#include "report/symbols/elffile.h"
#include "tests/unit/cmocka_all.h"

static void is_at(const struct cpa_elffile_layout *layout,
	const struct cpa_profile_mapping *mapping, uint64_t addr, uint64_t wanted)
{
	uint64_t vaddr = 0;

	assert_true(cpa_elffile_vaddr(layout, mapping, addr, &vaddr));
	assert_int_equal(vaddr, wanted);
}

static void is_nowhere(const struct cpa_elffile_layout *layout,
	const struct cpa_profile_mapping *mapping, uint64_t addr)
{
	uint64_t vaddr;

	assert_false(cpa_elffile_vaddr(layout, mapping, addr, &vaddr));
}

/* lld: offset and address differ, and the segment does not begin on a page. */
static const struct cpa_elffile_layout lld = {.count = 2,
	.segments = {{.offset = 0x640, .vaddr = 0x1640, .file_bytes = 0x500, .mem_bytes = 0x500},
		{.offset = 0x2000, .vaddr = 0x9000, .file_bytes = 0x100, .mem_bytes = 0x100}}};

static void position_independent(void **state)
{
	/* As the loader's list has it, and as the kernel's. */
	struct cpa_profile_mapping exact = {
		.start = 0x7f0000001640, .limit = 0x7f0000001b40, .offset = 0x640};
	struct cpa_profile_mapping rounded = {
		.start = 0x7f0000001000, .limit = 0x7f0000002000, .offset = 0};
	struct cpa_profile_mapping second = {
		.start = 0x7f0000009000, .limit = 0x7f0000009100, .offset = 0x2000};

	is_at(&lld, &exact, 0x7f0000001640, 0x1640);
	is_at(&lld, &exact, 0x7f0000001700, 0x1700);
	is_at(&lld, &rounded, 0x7f0000001700, 0x1700);
	is_at(&lld, &second, 0x7f0000009010, 0x9010);
	is_nowhere(&lld, &exact, 0x7f0000001b40);
	is_nowhere(&lld, &exact, 0x7f0000001600);
}

static void fixed(void **state)
{
	static const struct cpa_elffile_layout layout = {.count = 1,
		.is_fixed = 1,
		.segments = {{.offset = 0x1000,
			.vaddr = 0x401000,
			.file_bytes = 0x800,
			.mem_bytes = 0x800}}};
	struct cpa_profile_mapping mapping = {
		.start = 0x401000, .limit = 0x401800, .offset = 0x1000};
	struct cpa_profile_mapping unknown = {.start = 0};

	is_at(&layout, &mapping, 0x401234, 0x401234);
	is_at(&layout, &unknown, 0x401234, 0x401234);
	is_nowhere(&layout, &unknown, 0x501234);
}

/* Only the debug file is left, whose offsets are its own. */
static void separate(void **state)
{
	struct cpa_elffile_layout layout = lld;
	struct cpa_profile_mapping exact = {
		.start = 0x7f0000001640, .limit = 0x7f0000001b40, .offset = 0x640};
	struct cpa_profile_mapping rounded = {
		.start = 0x7f0000001000, .limit = 0x7f0000002000, .offset = 0};

	layout.is_separate = 1;
	layout.segments[0].offset = layout.segments[1].offset = 0x300;
	is_at(&layout, &exact, 0x7f0000001700, 0x1700);
	layout.count = 1;
	is_at(&layout, &rounded, 0x7f0000001700, 0x1700);
}

static void no_elf(void **state)
{
	struct cpa_elffile file;

	assert_int_equal(cpa_elffile_open(&file, "/nowhere/at/all"), -ENOENT);
	assert_int_equal(cpa_elffile_open(&file, "/dev/null"), -ENOEXEC);
	assert_int_equal(cpa_elffile_open(&file, "/"), -ENOEXEC);
	assert_int_equal(cpa_elffile_open(&file, "/proc/self/status"), -ENOEXEC);
	cpa_elffile_close(&file);
	assert_int_equal(cpa_elffile_open(&file, "/proc/self/exe"), 0);
	assert_true(file.layout.count > 0);
	cpa_elffile_close(&file);
	cpa_elffile_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(position_independent),
		cmocka_unit_test(fixed),
		cmocka_unit_test(separate),
		cmocka_unit_test(no_elf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
