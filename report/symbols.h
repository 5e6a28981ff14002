/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of functions from a file's symbol tables.
 * Not here: reading the file (elf.c), lines and inlined functions (outside the process).
 *
 * All symbols stream past the wanted addresses, so memory depends on those alone, however large
 * the tables are; and in a bad file symbols that overlap each other end the work early.
 */
#ifndef CPA_REPORT_SYMBOLS_H
#define CPA_REPORT_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "report/elf.h"

/* Where names are being looked up; in the file's arena. */
struct cpa_symbols;

/*
 * Find the functions of count addresses: the file's own, ascending. From .symtab, and for what that
 * leaves open from .dynsym. starts[count] as from cpa_starts_find: a symbol without a size does not
 * reach beyond one. NULL without memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK struct cpa_symbols *cpa_symbols_find(
	struct cpa_elf *elf, const uint64_t *addresses, const uint64_t *starts, size_t count);

/*
 * The first byte of the function that holds addresses[index]; false where none is known.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_symbols_start(const struct cpa_symbols *symbols, size_t index, uint64_t *ret_start);

/*
 * Its name; valid until the next call. "" where none is known.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_symbols_name(struct cpa_symbols *symbols, size_t index);

#endif
