/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks kept or dropped, and frames hidden, by function, source file and mapped file.
 * Not here: which patterns (filter.h), labels (tags.h), frames cut off the leaf's end
 * (report/profile/prune.h).
 */
#ifndef CPA_ANALYSIS_PICK_H
#define CPA_ANALYSIS_PICK_H

#include "report/profile/pattern.h"
#include "report/profile/profile.h"

/* Patterns that are not given are zeroed. */
struct cpa_pick {
	struct cpa_pattern focus, ignore, hide, show, show_from;
};

/* Keep what passes focus and ignore; hide frames by hide, and by show those that do not match. */
void cpa_pick_frames(struct cpa_profile *profile, const struct cpa_pick *pick);

/*
 * In every stack, what calls the match of show_from nearest to the root goes; stacks without a
 * match go.
 */
void cpa_pick_from(struct cpa_profile *profile, const struct cpa_pattern *show_from);

/* Keep the samples that kept tells, one answer for each. */
void cpa_pick_samples(struct cpa_profile *profile, const bool *kept);

#endif
