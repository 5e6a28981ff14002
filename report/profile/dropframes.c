/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frames that a profile itself wants dropped.
 * Not here: cutting a stack (prune.c), what people want dropped (report/analysis/filter.c).
 */
#include "report/profile/dropframes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/pattern.h"
#include "report/profile/prune.h"

/* drop_frames is anchored at both ends. */
static int compile_whole(struct cpa_pattern *pattern, const char *text)
{
	struct cpa_error ignored = {""};
	size_t length = strlen(text);
	char *anchored = cpa_memory_new(length + 5, 1);
	int error_code;

	snprintf(anchored, length + 5, "^(%s)$", text);
	error_code = cpa_pattern_init(pattern, anchored, &ignored);
	free(anchored);
	return error_code;
}

void cpa_dropframes_apply(struct cpa_profile *profile)
{
	const char *keep_text = cpa_profile_string(profile, profile->keep_frames);
	struct cpa_pattern drop, keep = {NULL};

	if (profile->drop_frames == 0 ||
		compile_whole(&drop, cpa_profile_string(profile, profile->drop_frames)) != 0)
		return;
	if (keep_text[0] == '\0' || compile_whole(&keep, keep_text) == 0)
		cpa_prune_below(profile, &drop, keep.state != NULL ? &keep : NULL);
	cpa_pattern_done(&drop);
	cpa_pattern_done(&keep);
}
