/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which compilation units of a file may have code at the wanted addresses.
 * Not here: what they know of them (share.h).
 */
#ifndef CPA_SYMBOLS_UNITS_H
#define CPA_SYMBOLS_UNITS_H

#include <elfutils/libdw.h>

#include "report/profile/memory.h"

/* What a unit may have of the wanted addresses: vaddrs[first .. first + count). */
struct cpa_units_claim {
	size_t unit; /* 0, 1, ... */
	Dwarf_Off die_offset;
	size_t first, count;
};

struct cpa_units {
	struct cpa_units_claim *claims; /* in order of units */
	size_t claim_count, claim_capacity;
	size_t unit_count;
};

/*
 * The units of dwarf that claim some of vaddrs[count], which ascend. Freed with cpa_units_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_units_find(
	struct cpa_units *ret_units, Dwarf *dwarf, const uint64_t *vaddrs, size_t count);
void cpa_units_done(struct cpa_units *units);

#endif
