/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of functions from a file's symbol tables.
 * Not here: which file an address is in (maps.c), lines and inlined functions (outside the
 * process).
 *
 * The file is read with pread into an arena, never mapped: a file that is cut short while we look
 * would otherwise kill the program with SIGBUS. Symbols stream past a table of the wanted
 * addresses, so memory depends on those alone, however large the symbol table is. Nothing in the
 * file is believed: all offsets are checked and all work is bounded.
 */
#ifndef CPA_REPORT_ELF_H
#define CPA_REPORT_ELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/maps.h"

struct cpa_elf; /* an open file, in an arena */

/* The function an address is in. */
struct cpa_elf_symbol {
	uint64_t start;       /* the file's own address */
	uint64_t limit;       /* 0: no symbol */
	uint32_t name_offset; /* in the string table */
	uint32_t rank;        /* internal: better names have more */
	uint32_t table;       /* internal: which string table */
	uint32_t pad;
};

/*
 * Open path for the names of module: only when it is the very file that was loaded (same code
 * segment, same build id). The file or NULL.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK struct cpa_elf *cpa_elf_open(
	struct cpa_arena *arena, const char *path, const struct cpa_maps_module *module);

/*
 * Find the symbols of count addresses (the file's own, ascending); ret_symbols[i].limit is 0 where
 * none is known. From .symtab, and for what that leaves open from .dynsym. Without memory, nothing
 * is found.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_elf_lookup(struct cpa_elf *elf, const uint64_t *addresses, size_t count,
	struct cpa_elf_symbol *ret_symbols);

/*
 * The name of a found symbol, without a "@VERSION"; valid until the next call. "" when the file no
 * longer has it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_elf_name(struct cpa_elf *elf, const struct cpa_elf_symbol *symbol);

/*
 * Close the file; the memory goes with the arena. NULL: nothing.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_elf_close(struct cpa_elf *elf);

/*
 * The build id in a note segment: its size in bytes, 0 when there is none or it is longer than
 * CPA_MAPS_BUILD_ID_MAX.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_elf_build_id(
	const void *notes, size_t size_bytes, size_t align_bytes, uint8_t *ret_build_id);

#endif
