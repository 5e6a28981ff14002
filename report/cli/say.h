/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that others wrote, for people: names from profiles and of files, which must not command the
 * terminal; and the lines on standard error that have such text in them.
 * Not here: which characters are fit (report/graph/legible.h), reports (out.h).
 */
#ifndef CPA_CLI_SAY_H
#define CPA_CLI_SAY_H

#include <stddef.h>
#include <stdio.h>

#include "base/compiler.h"

/*
 * Text with '?' for what must not be shown, cut to so many columns with "…" (0: whole).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_say_text(FILE *to, const char *text, size_t columns);

/*
 * One line on stderr, "cprof: " in front and the same care with all of it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_PRINTF(1, 2) void cpa_cli_say(const char *format, ...);

#endif
