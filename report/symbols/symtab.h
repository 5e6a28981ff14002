/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of functions from the symbol tables of an ELF file.
 * Not here: the same inside the profiled program (report/symbols.h), DWARF (dwarf.h).
 */
#ifndef CPA_SYMBOLS_SYMTAB_H
#define CPA_SYMBOLS_SYMTAB_H

#include "report/symbols/elffile.h"

/*
 * The names of the functions that hold vaddrs[count], which ascend: of .symtab, else of .dynsym.
 * ret_names[count]: NULL where none is known; valid until the file is closed.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_symtab_find(const struct cpa_elffile *file, const uint64_t *vaddrs, size_t count,
	const char **ret_names);

#endif
