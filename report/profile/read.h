/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pprof file becomes a struct cpa_profile, or one line that says what is wrong with it and
 * where.
 * Not here: the model itself (profile.h), how names look (names.h).
 */
#ifndef CPA_PROFILE_READ_H
#define CPA_PROFILE_READ_H

#include "report/profile/ids.h"
#include "report/profile/profile.h"

/*
 * Read path ("-": standard input), gzipped or not. The file is read once from front to end
 * with one submessage in memory at a time. All links are checked, names are made displayable,
 * and the profile's drop_frames are applied as Go does.
 *
 * Return: 0, or -EINVAL with the cause in error (without the file's name); *ret_profile is then
 *         empty.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_read_profile(
	struct cpa_profile *ret_profile, const char *path, struct cpa_error *error);

/*
 * Second half of the above: turn the ids into indexes, and refuse what does not fit together.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_resolve_profile(
	struct cpa_profile *profile, struct cpa_ids *ids, struct cpa_error *error);

#endif
