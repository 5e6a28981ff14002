/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What several profiles count in common: the sample types that all have, in the order of the first
 * profile, each in the finest of the units they use.
 * Not here: what units mean (scale.h), adding the values (sum.h).
 */
#ifndef CPA_PROFILE_ALIGN_H
#define CPA_PROFILE_ALIGN_H

#include "report/profile/profile.h"

/* Of one profile, for each common type: where it has it, and the factor to the common unit. */
struct cpa_align_column {
	uint32_t type;
	double ratio;
};

struct cpa_align {
	size_t type_count;
	struct cpa_align_column *columns; /* [profile * type_count + type] */
	const char **units;               /* [type_count]; they live in the profiles */
	const char *period_unit;
	double *period_ratios; /* [profile] */
};

/*
 * Compare the types of count >= 1 profiles. Freed with cpa_align_done.
 *
 * Return: 0, or -EINVAL with the cause in error: two period types, no common sample type, or units
 *         of different quantities.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_align_init(struct cpa_align *ret_align,
	const struct cpa_profile *const *profiles, size_t count, struct cpa_error *error);
void cpa_align_done(struct cpa_align *align);

#endif
