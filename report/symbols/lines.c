/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The source line of an address, from the line table of one compilation unit.
 * Not here: the functions (inlines.c).
 */
#include "report/symbols/lines.h"

void cpa_lines_init(struct cpa_lines *ret_lines, Dwarf_Die *unit, struct cpa_paths *paths)
{
	*ret_lines = (struct cpa_lines){.paths = paths};
	if (dwarf_getsrclines(unit, &ret_lines->rows, &ret_lines->row_count) != 0)
		ret_lines->row_count = 0;
}

/* How many rows begin at vaddr or below. */
static size_t count_until(const struct cpa_lines *lines, uint64_t vaddr)
{
	size_t low = 0, high = lines->row_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		Dwarf_Addr addr;

		if (dwarf_lineaddr(dwarf_onesrcline(lines->rows, middle), &addr) == 0 &&
			addr <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool cpa_lines_find(
	const struct cpa_lines *lines, uint64_t vaddr, uint32_t *ret_file, uint32_t *ret_line)
{
	size_t below = count_until(lines, vaddr);
	Dwarf_Line *row;
	bool is_end = true;
	int line = 0;

	if (below == 0)
		return false;
	row = dwarf_onesrcline(lines->rows, below - 1);
	if (row == NULL || dwarf_lineendsequence(row, &is_end) != 0 || is_end ||
		dwarf_lineno(row, &line) != 0)
		return false;
	*ret_file = cpa_paths_text(lines->paths, dwarf_linesrc(row, NULL, NULL));
	*ret_line = line > 0 ? (uint32_t)line : 0;
	return true;
}
