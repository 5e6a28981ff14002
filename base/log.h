/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One clear line on the program's standard error.
 * Not here: deciding what deserves a line: alloc/, report/snapshot.c and report/series.c speak.
 */
#ifndef CPA_BASE_LOG_H
#define CPA_BASE_LOG_H

#include "base/compiler.h"

/*
 * Write "cprofalloc: MESSAGE\n" to file descriptor 2 with one write(2). Cut at 1 KiB. Silent when
 * descriptor 2 is closed. Formats with %s %d %u %zu %lu %x %c only: those need no memory in
 * vsnprintf.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_log(const char *format, ...) CPA_PRINTF(1, 2);

/*
 * This thread has left the program's table of descriptors: its lines go to the program's descriptor
 * 2 all the same, borrowed for each line.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_log_from_apart(void);

#endif
