/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of source files as people know them: joined with the directory of the compilation, without
 * "." and "..".
 * Not here: which file a line is in (lines.h, inlines.h).
 */
#ifndef CPA_SYMBOLS_PATHS_H
#define CPA_SYMBOLS_PATHS_H

#include "report/symbols/answers.h"

/* Each of libdw's strings is cleaned once. */
struct cpa_paths {
	struct cpa_answers *answers;
	const char *directory;  /* of the compilation; NULL: unknown */
	struct cpa_intern seen; /* addresses of strings */
	uint32_t *texts;        /* by their number in seen */
	size_t text_capacity;
};

/*
 * Free all; fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_paths_done(struct cpa_paths *paths);

/*
 * The number of the text of a path, which stays where it is in memory; NULL: that of "".
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
uint32_t cpa_paths_text(struct cpa_paths *paths, const char *path);

/*
 * Take "//", "." and ".." out of a path, in place. The leading ".." of a relative one stay.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_paths_clean(char *path);

#endif
