/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Symbols for the profile of a command line: with a bar while it takes long, and a word about the
 * files that have no debug information.
 * Not here: where symbols come from (report/symbols/symbolize.h).
 */
#ifndef CPA_CLI_SYMBOLS_H
#define CPA_CLI_SYMBOLS_H

#include "report/profile/profile.h"
#include "report/symbols/symbolize.h"

/*
 * Symbolize as -symbolize=MODE says: "none" not at all, "force" again, else what has no lines.
 *
 * @has_hints  a line on stderr for each file whose lines stay unknown; else only for those that
 *             are of another build, or cannot be read
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_symbols_add(struct cpa_profile *profile, const char *mode, bool has_hints);

#endif
