/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the samples with each label hold: by key, and by value of the key.
 * Not here: labels of the nodes of a drawing (report/graph/nodelets.h), picking samples by label
 * (tags.h).
 */
#ifndef CPA_ANALYSIS_LABELS_H
#define CPA_ANALYSIS_LABELS_H

#include "report/analysis/stats.h"
#include "report/profile/intern.h"
#include "report/profile/profile.h"

struct cpa_labels_value {
	const char *text; /* a number with its unit: sizes that look the same are one */
	struct cpa_stats_sum sum;
};

struct cpa_labels_key {
	const char *name;
	struct cpa_stats_sum sum;        /* of all values; a sample counts once for each it has */
	struct cpa_labels_value *values; /* heaviest first, without those that hold nothing */
	size_t value_count, value_capacity;
};

struct cpa_labels {
	struct cpa_labels_key *keys; /* by name */
	size_t key_count, key_capacity;
	struct cpa_stats_view view;
	struct cpa_intern key_names, value_names;
	char **texts; /* of both */
	size_t text_count, text_capacity;
};

/*
 * Sum up. Freed with cpa_labels_done.
 *
 * @unit  of numbers, as in scale.h: "minimum": what suits each
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_labels_init(struct cpa_labels *ret_labels, const struct cpa_profile *profile, size_t type,
	const char *unit);
void cpa_labels_done(struct cpa_labels *labels);

#endif
