/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile into a file or to standard output, for the verbs that make profiles.
 * Not here: its bytes (report/profile/encode.h), reports (out.h).
 */
#ifndef CPA_CLI_SAVE_H
#define CPA_CLI_SAVE_H

#include "report/profile/profile.h"

/*
 * Can path be the output at all? Ask before the work is done: standard output (NULL or "-") must
 * not be a terminal.
 *
 * Return: true, or false with one line on stderr.
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_save_check(const char *path);

/*
 * Write the profile. A file appears whole or not at all, and one that was there stays until then.
 *
 * Return: true, or false with one line on stderr.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_save_profile(const struct cpa_profile *profile, const char *path);

#endif
