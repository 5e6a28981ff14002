/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What some compilation units know of the addresses they claim: one thread's share of a file.
 * Not here: which units those are (units.h), who gets which (dwarf.h).
 */
#ifndef CPA_SYMBOLS_SHARE_H
#define CPA_SYMBOLS_SHARE_H

#include "report/symbols/inlines.h"
#include "report/symbols/units.h"

struct cpa_share {
	Dwarf *dwarf; /* no other thread's: libdw reads units as they are asked for */
	const uint64_t *vaddrs;
	const char *const *symbol_names; /* for the same addresses */
	struct cpa_answers answers;
	struct cpa_paths paths;
	struct cpa_inlines inlines;
	bool *is_answered; /* for the same addresses */
	size_t lined_count;
	bool is_split_missing; /* the code of a unit is in a file that is not there */
};

/*
 * Without answers, for vaddrs[count]; and free all, which leaves dwarf open.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_share_init(struct cpa_share *ret_share, Dwarf *dwarf, const uint64_t *vaddrs,
	const char *const *symbol_names, size_t count);
void cpa_share_done(struct cpa_share *share);

/*
 * Answer what a unit knows of all its claims, but not what is answered already.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_share_search(
	struct cpa_share *share, const struct cpa_units_claim *claims, size_t claim_count);

#endif
