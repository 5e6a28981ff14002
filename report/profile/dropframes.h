/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frames that a profile itself wants dropped: its drop_frames and keep_frames.
 * Not here: cutting a stack (prune.h), what people want dropped (report/analysis/filter.h).
 */
#ifndef CPA_PROFILE_DROPFRAMES_H
#define CPA_PROFILE_DROPFRAMES_H

#include "report/profile/profile.h"

/*
 * Apply the profile's drop_frames and keep_frames: a frame that matches goes, with all that it
 * called, unless the stack has no other frame above it. An expression that PCRE2 does not know
 * is not applied.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_dropframes_apply(struct cpa_profile *profile);

#endif
