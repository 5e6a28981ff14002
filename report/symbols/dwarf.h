/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions, lines and inlined frames from the DWARF of one file: compilation units that hold
 * wanted addresses are each walked once.
 * Not here: opening the file (elffile.h), the functions of one unit (inlines.h), its lines
 * (lines.h).
 */
#ifndef CPA_SYMBOLS_DWARF_H
#define CPA_SYMBOLS_DWARF_H

#include "report/symbols/answers.h"
#include "report/symbols/elffile.h"

struct cpa_dwarf_options {
	/* Names by the symbol table for the same addresses, as from cpa_symtab_find. */
	const char *const *symbol_names;
	void (*progress)(void *context, size_t done, size_t total);
	void *progress_context;
};

/*
 * Answer what DWARF knows of vaddrs[count], which ascend; where it knows nothing, by the symbol's
 * name; where there is none, with no frames.
 *
 * @ret_lined_count  addresses that got a line
 *
 * Return: true, or false when a unit's code is in a .dwo file that is not there: more would be
 *         known if it were.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
bool cpa_dwarf_find(struct cpa_answers *answers, const struct cpa_elffile *file,
	const uint64_t *vaddrs, size_t count, const struct cpa_dwarf_options *options,
	size_t *ret_lined_count);

#endif
