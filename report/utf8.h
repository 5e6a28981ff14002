/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and paths from outside made fit for a profile or a terminal.
 * Not here: demangling (outside the process).
 */
#ifndef CPA_REPORT_UTF8_H
#define CPA_REPORT_UTF8_H

#include <stddef.h>

/*
 * Copy text with '?' for each byte that is no part of valid UTF-8 and for control characters; cut
 * at a whole character to room_bytes with the final NUL.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_utf8_clean(const char *text, char *ret_clean, size_t room_bytes);

#endif
