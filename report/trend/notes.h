/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reader must know of a series before trusting it: snapshots that are missing, long pauses,
 * other processes, a rate that changed.
 * Not here: reading the snapshots (collect.h).
 */
#ifndef CPA_TREND_NOTES_H
#define CPA_TREND_NOTES_H

#include "report/trend/collect.h"

/*
 * Append the notes on the chosen process, each a sentence.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_notes_make(struct cpa_collect *collect);

/*
 * Note that a directory has files of another process too, by their names. Of several the first is
 * named.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_notes_other(struct cpa_collect *collect, const struct cpa_files *files,
	const struct cpa_files_group *other);

/*
 * Append one note.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_PRINTF(2, 3) void cpa_notes_add(struct cpa_collect *collect, const char *format, ...);

#endif
