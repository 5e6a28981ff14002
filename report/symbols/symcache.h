/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers kept on disk, one file for each build id, so that the second report on a program needs
 * neither its DWARF nor the program.
 * Not here: finding them (dwarf.h).
 *
 *   $XDG_CACHE_HOME/cprofalloc/symbols/BUILDID, else under ~/.cache
 *   head | layout | text bytes | functions | frames | places; the head has a checksum of the rest
 */
#ifndef CPA_SYMBOLS_SYMCACHE_H
#define CPA_SYMBOLS_SYMCACHE_H

#include "report/symbols/answers.h"
#include "report/symbols/elffile.h"

/*
 * What is kept for a build id. Both stay empty, and the result is false, when nothing is or when
 * the file is damaged. ret_answers is freed with cpa_answers_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_symcache_load(const char *build_id, struct cpa_answers *ret_answers,
	struct cpa_elffile_layout *ret_layout);

/*
 * Keep answers, sorted, in place of what was kept. Silent when it cannot be written: a cache is
 * never worth a complaint. The oldest files go when all together are more than 256 MiB.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_symcache_store(const char *build_id, const struct cpa_answers *answers,
	const struct cpa_elffile_layout *layout);

#endif
