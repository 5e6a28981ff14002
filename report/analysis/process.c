/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do two profiles show one process at two times?
 * Not here: what follows from it (diff.c).
 */
#include <string.h>

#include "report/analysis/diff.h"

/* 1 equal, 0 different, -1 not in both. */
static int compare_comments(
	const struct cpa_profile *left, const struct cpa_profile *right, const char *key)
{
	const char *l = cpa_comments_get(left, key), *r = cpa_comments_get(right, key);

	if (l == NULL || r == NULL)
		return -1;
	return strcmp(l, r) == 0;
}

static bool is_same_file(const struct cpa_profile *left, const struct cpa_profile_mapping *l,
	const struct cpa_profile *right, const struct cpa_profile_mapping *r)
{
	return l->offset == r->offset && l->limit - l->start == r->limit - r->start &&
	       strcmp(cpa_profile_string(left, l->file), cpa_profile_string(right, r->file)) == 0 &&
	       strcmp(cpa_profile_string(left, l->build_id),
		       cpa_profile_string(right, r->build_id)) == 0;
}

/*
 * Address randomisation is a fingerprint: a library that both have at different places means
 * two processes. 1: the main program is the same and nothing moved; 0: something differs;
 * *ret_has_library: a library stayed, so chance is out of the question.
 */
static bool are_mappings_equal(
	const struct cpa_profile *left, const struct cpa_profile *right, bool *ret_has_library)
{
	size_t i, j;

	*ret_has_library = false;
	if (left->mappings.count == 0 || right->mappings.count == 0)
		return false;
	if (!is_same_file(left, &left->mappings.items[0], right, &right->mappings.items[0]))
		return false;
	for (i = 0; i < left->mappings.count && i < 4096; i++) {
		bool is_there = false, has_moved = false;

		for (j = 0; j < right->mappings.count && j < 4096; j++) {
			if (!is_same_file(left, &left->mappings.items[i], right,
				    &right->mappings.items[j]))
				continue;
			if (left->mappings.items[i].start == right->mappings.items[j].start)
				is_there = true;
			else
				has_moved = true;
		}
		if (has_moved && !is_there)
			return false;
		if (is_there && i > 0)
			*ret_has_library = true;
	}
	return true;
}

int cpa_diff_one_process(
	const struct cpa_profile *old_profile, const struct cpa_profile *new_profile)
{
	int same_pid = compare_comments(old_profile, new_profile, "pid");
	int same_start = compare_comments(old_profile, new_profile, "start_ns");
	bool has_library, are_equal = are_mappings_equal(old_profile, new_profile, &has_library);

	if (old_profile->time_ns > new_profile->time_ns && new_profile->time_ns != 0)
		return 0; /* the counters of one process do not run backwards */
	if (same_pid == 1 && same_start == 1)
		return 1;
	if (same_pid == 0 || same_start == 0 || !are_equal)
		return 0;
	return same_pid == 1 && has_library ? 1 : -1;
}

bool cpa_diff_one_clock(
	const struct cpa_profile *old_profile, const struct cpa_profile *new_profile)
{
	return cpa_diff_one_process(old_profile, new_profile) == 1 &&
	       compare_comments(old_profile, new_profile, "cpu_start_ns") == 1;
}

bool cpa_diff_reversed(const struct cpa_profile *old_profile, const struct cpa_profile *new_profile)
{
	return new_profile->time_ns != 0 && old_profile->time_ns > new_profile->time_ns &&
	       compare_comments(old_profile, new_profile, "pid") == 1 &&
	       compare_comments(old_profile, new_profile, "start_ns") == 1;
}

bool cpa_diff_two_builds(
	const struct cpa_profile *old_profile, const struct cpa_profile *new_profile)
{
	const char *old_id, *new_id;

	if (old_profile->mappings.count == 0 || new_profile->mappings.count == 0)
		return false;
	old_id = cpa_profile_string(old_profile, old_profile->mappings.items[0].build_id);
	new_id = cpa_profile_string(new_profile, new_profile->mappings.items[0].build_id);
	return old_id[0] != '\0' && new_id[0] != '\0' && strcmp(old_id, new_id) != 0;
}
