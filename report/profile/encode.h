/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile in memory as a pprof file, gzipped: what merge and symbolize write.
 * Not here: writing profiles from inside the program (report/pprof.h).
 */
#ifndef CPA_PROFILE_ENCODE_H
#define CPA_PROFILE_ENCODE_H

#include <stdio.h>

#include "report/profile/profile.h"

/*
 * Write profile with all it holds, ids renumbered from 1, only the strings that are used. Function
 * names are those of the profile, not the short display names.
 *
 * Return: 0, or -errno (of writing), with the cause in error.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_encode_profile(
	const struct cpa_profile *profile, FILE *file, struct cpa_error *error);

#endif
