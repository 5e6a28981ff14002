/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where functions without a name begin, from the table that the unwinder also uses.
 * Not here: names (symbols.c).
 *
 * A stripped program keeps this table. With it all calls in one function count as one place, though
 * it can only be called "program+0x1169".
 */
#ifndef CPA_REPORT_STARTS_H
#define CPA_REPORT_STARTS_H

#include <stddef.h>
#include <stdint.h>

#include "report/elf.h"

/*
 * The first byte of the function that holds each of count addresses (the file's own, ascending), or
 * 0 where that is not known.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_starts_find(
	struct cpa_elf *elf, const uint64_t *addresses, size_t count, uint64_t *ret_starts);

#endif
