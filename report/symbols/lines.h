/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The source line of an address, from the line table of one compilation unit.
 * Not here: the functions (inlines.h).
 */
#ifndef CPA_SYMBOLS_LINES_H
#define CPA_SYMBOLS_LINES_H

#include <elfutils/libdw.h>

#include "report/symbols/paths.h"

/* The rows of one unit; libdw keeps them by address. */
struct cpa_lines {
	Dwarf_Lines *rows;
	size_t row_count;
	struct cpa_paths *paths;
};

/*
 * The table of a unit; empty where it has none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_lines_init(struct cpa_lines *ret_lines, Dwarf_Die *unit, struct cpa_paths *paths);

/*
 * The file (a text) and line of an address. False when no row holds it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_lines_find(
	const struct cpa_lines *lines, uint64_t vaddr, uint32_t *ret_file, uint32_t *ret_line);

#endif
