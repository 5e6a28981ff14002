/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several profiles as one, and one taken away from another, by the rules of Go's client: mappings
 * meet by build id (else file), size and offset, addresses relative to them, functions by name and
 * file, samples by stack and labels.
 * Not here: comparing with statistics (report/analysis/diff.h).
 */
#ifndef CPA_PROFILE_MERGE_H
#define CPA_PROFILE_MERGE_H

#include "report/profile/profile.h"

/* The label of samples that came from the base of -diff_base; its value is "true". */
#define CPA_MERGE_BASE_KEY "pprof::base"

/*
 * The sum of count >= 1 profiles, which stay as they are. Sample types are those that all have, in
 * the finest of their units; the period type must be the same; the time is the earliest, durations
 * add, the period is the largest, a mapping's has_* flag holds where it holds in all. Equal samples
 * become one, samples of zeros go, also of a single profile. Freed with cpa_profile_done.
 *
 * Return: 0, or -EINVAL with the cause (and the file's name) in error.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_merge_profiles(struct cpa_profile *ret_merged,
	const struct cpa_profile *const *profiles, size_t count, struct cpa_error *error);

/*
 * profile - base, in place of profile.
 *
 * @marks_base  the samples of base keep a label (Go's "pprof::base") that says where they came
 *              from, so that percentages are of the base: -diff_base
 * @normalizes  profile is scaled first, each sample type to the sum that base has: -normalize
 *
 * Return: 0, or -EINVAL with the cause in error; profile is unchanged then.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_merge_subtract(struct cpa_profile *profile, const struct cpa_profile *base,
	bool marks_base, bool normalizes, struct cpa_error *error);

#endif
