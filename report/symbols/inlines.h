/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which functions, inlined ones included, hold each wanted address of one compilation unit.
 * Not here: which units there are (dwarf.h), the lines (lines.h).
 */
#ifndef CPA_SYMBOLS_INLINES_H
#define CPA_SYMBOLS_INLINES_H

#include <elfutils/libdw.h>

#include "report/symbols/paths.h"
#include "report/symbols/skip.h"

/* A function of the unit with a wanted address in it, perhaps as inlined into another. */
struct cpa_inlines_function {
	uint32_t name, file; /* texts; file: where it is declared */
	uint32_t start_line;
	uint32_t call_file; /* text; where it was inlined, 0 where it was not */
	uint32_t call_line;
	bool has_linkage_name;
	bool is_inlined;
};

/* One step of a chain from the innermost function outwards. */
struct cpa_inlines_step {
	uint32_t function; /* of functions */
	uint32_t next;     /* of steps; 0: it is the outermost */
};

struct cpa_inlines {
	struct cpa_answers *answers; /* for its texts */
	bool has_empty_types;        /* no code below a type */
	uint64_t budget;             /* of claims of addresses */
	const uint64_t *vaddrs;      /* [count], ascending */
	size_t count;
	uint32_t *chains; /* [count] the innermost step; 0: none */
	uint32_t *owners; /* [count] the outermost function of each chain */
	struct cpa_inlines_function *functions;
	size_t function_count, function_capacity;
	struct cpa_inlines_step *steps; /* [0] is not used */
	size_t step_count, step_capacity;
	struct cpa_paths *paths;
	Dwarf_Files *files; /* of the unit */
	size_t file_count;
	struct cpa_skip skip;
	struct cpa_intern origins; /* DIEs that were named */
	struct cpa_inlines_function *origin_functions;
	size_t origin_capacity;
};

/*
 * For a whole file; and free all, fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_inlines_init(
	struct cpa_inlines *inlines, struct cpa_answers *answers, struct cpa_paths *paths);
void cpa_inlines_done(struct cpa_inlines *inlines);

/*
 * The functions that hold vaddrs[count] in the unit: inlines->chains, valid until the next call.
 *
 * @unit   the unit with the DIEs
 * @lined  the unit with the line table; another one only for split DWARF
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_inlines_find(struct cpa_inlines *inlines, Dwarf_Die *unit, Dwarf_Die *lined,
	const uint64_t *vaddrs, size_t count);

#endif
