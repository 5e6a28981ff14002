/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which samples, frames and labels count: focus, ignore and their like.
 * Not here: the frames that the profile itself wants dropped (report/profile/dropframes.h), sums
 * over what is left (report/graph/table.h).
 */
#ifndef CPA_ANALYSIS_FILTER_H
#define CPA_ANALYSIS_FILTER_H

#include "report/profile/profile.h"

/* Options of Go's client by their names; NULL or "": no condition. */
struct cpa_filter {
	const char *focus, *ignore, *show, *hide, *show_from, *prune_from; /* on frames */
	const char *tagfocus, *tagignore; /* on samples, by label */
	const char *tagshow, *taghide;    /* on labels */
};

/*
 * Apply filter to profile as Go's client does: a frame matches by its function, its source file or
 * its mapped file, anywhere in the text; the syntax is that of PCRE2, which has all of RE2 that
 * people type.
 *
 * Return: 0, or -EINVAL with the cause in error (a bad expression, told with the option's name).
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_filter_apply(
	struct cpa_profile *profile, const struct cpa_filter *filter, struct cpa_error *error);

#endif
