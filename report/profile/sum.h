/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Samples of several profiles added up: those with the same stack and the same labels are one.
 * Not here: where samples point (graft.h), what profiles say of themselves (merge.h).
 */
#ifndef CPA_PROFILE_SUM_H
#define CPA_PROFILE_SUM_H

#include "report/profile/align.h"
#include "report/profile/graft.h"

/* How the samples of one profile go into the sum. */
struct cpa_sum_part {
	const struct cpa_profile *profile;
	const struct cpa_align_column *columns; /* [type] */
	const double *factors;                  /* [type], of -normalize; NULL: 1 */
	bool is_negative;
	bool is_marked; /* labelled as the base of a comparison */
};

/* A label while the labels of a sample are put in order. */
struct cpa_sum_label {
	struct cpa_profile_label label;
	uint32_t rank; /* as it came */
};

struct cpa_sum {
	struct cpa_profile *to; /* its types must be set before the first sample */
	struct cpa_graft graft;
	/* Samples by frames and labels: number + 1, 0 where free; slot_count is a power of two. */
	uint32_t *slots;
	size_t slot_count;
	uint32_t *hashes; /* [sample] */
	size_t hash_capacity;
	int64_t *values; /* [type], of the sample at hand */
	struct cpa_sum_label *labels;
	size_t label_count, label_capacity;
	uint32_t *key; /* what is hashed: frames, then labels */
	size_t key_capacity;
	bool has_zeros; /* samples have cancelled */
};

/*
 * Begin with an empty (zeroed) profile. Freed with cpa_sum_done, which leaves to as it is.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_sum_init(struct cpa_sum *ret_sum, struct cpa_profile *to, size_t type_count);
void cpa_sum_done(struct cpa_sum *sum);

/*
 * Add sample number index of a part, of which the graft must be told before (cpa_graft_from). A
 * sample of zeros is none. 0, or -EINVAL with the cause in error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_sum_add(struct cpa_sum *sum, const struct cpa_sum_part *part, size_t index,
	struct cpa_error *error);

/*
 * One value as it goes into the sum; and a number times a ratio, rounded to the nearest, at the
 * ends of its range where it would leave that.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cpa_sum_value(const struct cpa_sum_part *part, size_t sample, size_t type);
int64_t cpa_sum_scale(int64_t value, double ratio);

#endif
