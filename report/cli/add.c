/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a command line as one profile, their sum.
 * Not here: how profiles are added (report/profile/merge.c).
 */
#include "report/cli/add.h"

#include <stdio.h>

#include "report/cli/out.h"
#include "report/profile/merge.h"

/* How many are in memory at a time. */
#define CHUNK_COUNT 16

/* Add to profiles[0], which is empty at first, up to CHUNK_COUNT - 1 more files. */
static bool add_chunk(struct cpa_profile *profile, char *const *paths, int count, bool is_first)
{
	struct cpa_profile read[CHUNK_COUNT] = {{0}};
	const struct cpa_profile *all[CHUNK_COUNT];
	struct cpa_error error = {""};
	int i, all_count = 0;
	bool is_good = true;

	if (!is_first) {
		read[0] = *profile;
		all[all_count++] = &read[0];
	}
	for (i = 0; i < count && is_good; i++) {
		is_good = cpa_cli_out_load(&read[all_count], paths[i]);
		all[all_count] = &read[all_count];
		all_count++;
	}
	*profile = (struct cpa_profile){0};
	if (is_good && cpa_merge_profiles(profile, all, (size_t)all_count, &error) != 0) {
		fprintf(stderr, "cprof: %s\n", error.text);
		is_good = false;
	}
	for (i = 0; i < all_count; i++)
		cpa_profile_done(&read[i]);
	return is_good;
}

bool cpa_cli_add_files(struct cpa_profile *ret_profile, char *const *paths, int count)
{
	int done = 0;

	*ret_profile = (struct cpa_profile){0};
	while (done < count) {
		int part = done == 0 ? CHUNK_COUNT : CHUNK_COUNT - 1;

		if (part > count - done)
			part = count - done;
		if (!add_chunk(ret_profile, paths + done, part, done == 0))
			return false;
		done += part;
	}
	return true;
}
