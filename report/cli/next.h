/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and paths as words of the commands that reports suggest.
 * Not here: which command a report suggests (show.c, diff_text.c, leaks_text.c).
 */
#ifndef CPA_CLI_NEXT_H
#define CPA_CLI_NEXT_H

#include "report/cli/out.h"

/*
 * A name as a regular expression that matches it, quoted for a shell where it has to be. What
 * would mean something else in an expression becomes a dot.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_next_pattern(struct cpa_cli_out *out, const char *name);

/*
 * A path as one word of a shell.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_next_path(struct cpa_cli_out *out, const char *path);

#endif
