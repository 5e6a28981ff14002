/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a command line as one profile, their sum.
 * Not here: how profiles are added (report/profile/merge.h), what is done with the sum (load.h).
 */
#ifndef CPA_CLI_ADD_H
#define CPA_CLI_ADD_H

#include "report/profile/profile.h"

/*
 * Read and add count >= 1 files. Equal samples become one and samples of zeros go, also of a single
 * file, as with Go's client. Freed with cpa_profile_done.
 *
 * Return: true, or false with one line on stderr; *ret_profile is then empty.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_add_files(
	struct cpa_profile *ret_profile, char *const *paths, int count);

#endif
