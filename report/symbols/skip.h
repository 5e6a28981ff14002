/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Past the DIEs that hold no code: variables, types, call sites, most of a unit. libdw looks each
 * one's abbreviation up under a lock; here each is looked at once in a unit.
 * Not here: the DIEs that do hold code (inlines.h).
 */
#ifndef CPA_SYMBOLS_SKIP_H
#define CPA_SYMBOLS_SKIP_H

#include <elfutils/libdw.h>
#include <stdbool.h>

#include "report/profile/memory.h"

#define CPA_SKIP_KINDS 512 /* abbreviations with larger codes are left to libdw */
#define CPA_SKIP_FORMS 24

/* What all DIEs of one abbreviation have in common. */
struct cpa_skip_kind {
	bool is_known, is_wanted;
	bool is_passable;  /* by forms[], without libdw */
	bool has_children; /* which are passed by the last form, DW_AT_sibling */
	uint8_t form_count;
	uint8_t forms[CPA_SKIP_FORMS]; /* bytes; or how to tell them, from the DIE */
};

struct cpa_skip {
	const unsigned char *unit, *end; /* NULL: nothing is skipped */
	uint8_t address_bytes, offset_bytes;
	bool (*is_wanted)(const void *context, int tag);
	const void *context;
	struct cpa_skip_kind kinds[CPA_SKIP_KINDS];
};

/*
 * Begin with a unit. is_wanted tells of a tag whether such DIEs are to be seen.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_skip_begin(struct cpa_skip *skip, Dwarf_Die *unit,
	bool (*is_wanted)(const void *context, int tag), const void *context);

/*
 * From a DIE of the unit to the next one that is wanted: itself or a sibling behind it; or only a
 * sibling behind it. False when there is none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_skip_to_wanted(struct cpa_skip *skip, Dwarf_Die *die);
CPA_MUST_CHECK bool cpa_skip_to_next(struct cpa_skip *skip, Dwarf_Die *die);

#endif
