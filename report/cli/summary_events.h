/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cprof run says of the profiles beside the heap's: where the CPU time went, what was waited
 * for.
 * Not here: the heap, and the rest of the summary (summary.h).
 */
#ifndef CPA_CLI_SUMMARY_EVENTS_H
#define CPA_CLI_SUMMARY_EVENTS_H

/*
 * A line on stderr for each profile of CPU time, mutexes and blocking that is in a snapshot: its
 * sum, the function with the largest part of it, and the file.
 *
 * @dir        as the user typed it
 * @heap_name  of the file of the heap in that snapshot
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_summary_events(const char *dir, const char *heap_name);

#endif
