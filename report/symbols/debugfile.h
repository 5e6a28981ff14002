/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a mapping and its separate debug file, wherever they are on this machine.
 * Not here: what is in them (elffile.h, symtab.h, dwarf.h).
 */
#ifndef CPA_SYMBOLS_DEBUGFILE_H
#define CPA_SYMBOLS_DEBUGFILE_H

#include "report/symbols/elffile.h"
#include "report/symbols/symbolize.h"

struct cpa_debugfile {
	struct cpa_elffile program; /* the file itself; not open when only the debug file is here */
	struct cpa_elffile debug;   /* its separate debug file; not open when there is none */
	enum cpa_symbolize_result result; /* why there is neither */
	char detail[320];                 /* for people */
};

/*
 * Look for a file by path and build id ("": unknown, any is taken).
 *
 * @paths  directories with binaries and debug files, "a:b"; NULL: PPROF_BINARY_PATH, else
 *         ~/pprof/binaries
 *
 * Return: true when program or debug is open. Freed with cpa_debugfile_done in either case.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_debugfile_find(
	struct cpa_debugfile *ret_found, const char *path, const char *build_id, const char *paths);
void cpa_debugfile_done(struct cpa_debugfile *found);

/*
 * Of the two, the one with DWARF; the one with the best symbol table; the one whose segments say
 * where an address is.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_elffile *cpa_debugfile_dwarf(const struct cpa_debugfile *found);
const struct cpa_elffile *cpa_debugfile_symtab(const struct cpa_debugfile *found);
const struct cpa_elffile_layout *cpa_debugfile_layout(const struct cpa_debugfile *found);

#endif
