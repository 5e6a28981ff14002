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
 * Note that there are files of other processes too, by their names; the one with most is named.
 *
 * @chosen  where the files begin that are read
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_notes_others(struct cpa_collect *collect, const struct cpa_files *files, size_t chosen);

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
