/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames cut off the leaf's end of stacks, by name.
 * Not here: which patterns (report/analysis/filter.h), frames cut elsewhere
 * (report/analysis/pick.h).
 */
#ifndef CPA_PROFILE_PRUNE_H
#define CPA_PROFILE_PRUNE_H

#include "report/profile/pattern.h"
#include "report/profile/profile.h"

/*
 * In every stack the frame nearest to the root that matches drop, and not keep (may be NULL), goes
 * with all that it called; unless no frame above it stays.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_prune_below(struct cpa_profile *profile, const struct cpa_pattern *drop,
	const struct cpa_pattern *keep);

/*
 * In every stack all that the frame nearest to the leaf that matches called goes; it stays.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_prune_from(struct cpa_profile *profile, const struct cpa_pattern *pattern);

#endif
