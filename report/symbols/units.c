/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which compilation units of a file may have code at the wanted addresses: their ranges tell.
 * Not here: what they know of them (share.c).
 */
#include "report/symbols/units.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

struct search {
	struct cpa_units *units;
	const uint64_t *vaddrs;
	size_t count;
};

static size_t lower_bound(const struct search *search, uint64_t vaddr)
{
	size_t low = 0, high = search->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (search->vaddrs[middle] < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_claim(struct search *search, Dwarf_Off die_offset, uint64_t start, uint64_t end)
{
	struct cpa_units *units = search->units;
	size_t first = lower_bound(search, start), last = lower_bound(search, end);

	if (last <= first)
		return;
	units->claims = cpa_memory_grow(units->claims, &units->claim_capacity,
		units->claim_count + 1, sizeof(*units->claims));
	units->claims[units->claim_count++] = (struct cpa_units_claim){.unit = units->unit_count,
		.die_offset = die_offset,
		.first = first,
		.count = last - first};
}

/*
 * The ranges of a unit's code. What the linker threw away begins at 0, which no code does; and a
 * hostile file may repeat a range without end.
 */
static void claim_ranges(struct search *search, Dwarf_Die *unit)
{
	struct cpa_units *units = search->units;
	size_t before = units->claim_count;
	Dwarf_Off die_offset = dwarf_dieoffset(unit);
	Dwarf_Addr base, start, end;
	ptrdiff_t offset = 0;

	while ((offset = dwarf_ranges(unit, offset, &base, &start, &end)) > 0)
		if (start != 0 && units->claim_count - before < search->count * 4 + 64)
			add_claim(search, die_offset, start, end);
	units->unit_count += units->claim_count > before;
}

void cpa_units_find(struct cpa_units *ret_units, Dwarf *dwarf, const uint64_t *vaddrs, size_t count)
{
	struct search search = {.units = ret_units, .vaddrs = vaddrs, .count = count};
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;
	uint8_t type;

	memset(ret_units, 0, sizeof(*ret_units));
	while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, &unit, NULL) == 0)
		if (type == DW_UT_skeleton || type == DW_UT_compile)
			claim_ranges(&search, &unit);
}

void cpa_units_done(struct cpa_units *units)
{
	free(units->claims);
	memset(units, 0, sizeof(*units));
}
