/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Past DIEs without code: in all units of this program, the DIEs that libdw alone finds are seen,
 * each once and in order, and no others.
 * Not here: what is made of them (test_dwarf.c).
 */
#include <dwarf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/symbols/skip.h"
#include "tests/unit/cmocka_all.h"

struct seen {
	Dwarf_Off *offsets;
	size_t count, capacity;
};

static bool is_wanted(const void *context, int tag)
{
	(void)context;
	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
	       tag == DW_TAG_lexical_block;
}

static void see(struct seen *seen, Dwarf_Die *die)
{
	seen->offsets = cpa_memory_grow(
		seen->offsets, &seen->capacity, seen->count + 1, sizeof(*seen->offsets));
	seen->offsets[seen->count++] = dwarf_dieoffset(die);
}

static void walk_with_libdw(struct seen *seen, Dwarf_Die *parent)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return;
	do {
		if (!is_wanted(NULL, dwarf_tag(&die)))
			continue;
		see(seen, &die);
		walk_with_libdw(seen, &die);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void walk_with_skip(struct seen *seen, struct cpa_skip *skip, Dwarf_Die *parent)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0 || !cpa_skip_to_wanted(skip, &die))
		return;
	do {
		/* What cannot be passed is seen too, and left to the caller. */
		if (!is_wanted(NULL, dwarf_tag(&die)))
			continue;
		see(seen, &die);
		walk_with_skip(seen, skip, &die);
	} while (cpa_skip_to_next(skip, &die));
}

static void as_libdw(void **state)
{
	static struct cpa_skip passing;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf = dwarf_begin(fd, DWARF_C_READ);
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;
	struct seen wanted = {NULL}, got = {NULL};
	size_t i, passable_count = 0;

	if (dwarf == NULL)
		skip(); /* built without -g */
	while (dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &unit, NULL) == 0) {
		walk_with_libdw(&wanted, &unit);
		cpa_skip_begin(&passing, &unit, is_wanted, NULL);
		walk_with_skip(&got, &passing, &unit);
		for (i = 0; i < CPA_SKIP_KINDS; i++)
			passable_count += passing.kinds[i].is_passable;
	}
	assert_int_equal(got.count, wanted.count);
	assert_memory_equal(got.offsets, wanted.offsets, got.count * sizeof(*got.offsets));
	assert_true(got.count > 0);
	assert_true(passable_count > 0);
	free(wanted.offsets);
	free(got.offsets);
	dwarf_end(dwarf);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_libdw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
