/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Samples kept or dropped by their labels, as -tagfocus and -tagignore say, and labels removed.
 * Not here: the other filters (filter.h).
 */
#ifndef CPA_ANALYSIS_TAGS_H
#define CPA_ANALYSIS_TAGS_H

#include "report/profile/pattern.h"
#include "report/profile/profile.h"

/* "KEY=REGEX", "REGEX", "KEY=512b:2kb", "4mb:", ":64kb", "32kb"; several REGEX with commas. */
struct cpa_tags_match {
	bool is_given;
	char *key; /* NULL: any */
	bool is_range;
	double low, high;
	const char *unit; /* of both */
	uint32_t *units;  /* of the numeric labels, by key + string, 0 where unknown */
	struct cpa_pattern *patterns;
	size_t pattern_count;
};

/*
 * Take the text of an option apart, before any sample is dropped: the unit of a label is the first
 * one in the profile. NULL or "": nothing. Freed with cpa_tags_done.
 */
CPA_MUST_CHECK int cpa_tags_init(struct cpa_tags_match *ret_match, const char *text,
	const struct cpa_profile *profile, struct cpa_error *error);
void cpa_tags_done(struct cpa_tags_match *match);

/* Keep the samples that match focus and not ignore; what is not given keeps all. */
void cpa_tags_pick(struct cpa_profile *profile, const struct cpa_tags_match *focus,
	const struct cpa_tags_match *ignore);

/* Remove the labels whose key does not match show, or matches hide. */
void cpa_tags_strip(struct cpa_profile *profile, const struct cpa_pattern *show,
	const struct cpa_pattern *hide);

/* Did a pattern give up? */
bool cpa_tags_gave_up(const struct cpa_tags_match *match);

#endif
