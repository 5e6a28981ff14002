/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which samples and frames count: focus, ignore, and the profile's own drop_frames and
 * keep_frames. The only user of regex.
 * Not here: sums over what is left (table.h).
 */
#ifndef CPA_ANALYSIS_FILTER_H
#define CPA_ANALYSIS_FILTER_H

#include "report/analysis/profile.h"

/*
 * Keep the samples with a frame that focus matches and with none that ignore matches ("" each:
 * no condition). A frame matches by its function, its source file or its mapped file. POSIX
 * extended regular expressions, anywhere in the text.
 *
 * Return: 0, or -EINVAL with the cause in error (a bad expression, told with the option's
 * name).
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_filter_samples(struct cpa_profile *profile, const char *focus,
	const char *ignore, struct cpa_error *error);

/*
 * Apply the profile's drop_frames and keep_frames: a frame that matches goes, with all that it
 * called, unless the stack has no other frame above it. An expression that POSIX does not know
 * is not applied.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_filter_drop_frames(struct cpa_profile *profile);

#endif
