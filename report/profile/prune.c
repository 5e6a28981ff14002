/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames cut off the leaf's end of stacks, by name.
 * Not here: which patterns (report/analysis/filter.c), frames cut elsewhere
 * (report/analysis/pick.c).
 */
#include "report/profile/prune.h"

#include <stdlib.h>
#include <string.h>

enum verdict { KEEP = 0, DROP, DROP_BELOW };

/*
 * The name without its list of arguments, as Go's client matches it: up to the first parenthesis
 * that is not part of "(anonymous namespace)" or "operator()"; freed with free().
 */
static char *simplify(const char *name)
{
	static const char *const reserved[] = {"(anonymous namespace)", "operator()"};
	const char *at;
	size_t i;

	if (name[0] == '.')
		name++;
	for (at = name; *at != '\0'; at++) {
		for (i = 0; i < CPA_ARRAY_LEN(reserved); i++)
			if (strncmp(at, reserved[i], strlen(reserved[i])) == 0)
				break;
		if (i < CPA_ARRAY_LEN(reserved))
			at += strlen(reserved[i]) - 1;
		else if (*at == '(')
			break;
	}
	return cpa_memory_text(name, (size_t)(at - name));
}

/* One answer for each function. */
static bool *match_functions(const struct cpa_profile *profile, const struct cpa_pattern *pattern,
	const struct cpa_pattern *keep)
{
	bool *matched = cpa_memory_new(profile->functions.count, sizeof(*matched));
	size_t i;

	for (i = 0; i < profile->functions.count; i++) {
		const char *display = profile->functions.items[i].display;
		char *name;

		if (display[0] == '\0')
			continue;
		name = simplify(display);
		matched[i] = cpa_pattern_matches(pattern, name) &&
			     !(keep != NULL && cpa_pattern_matches(keep, name));
		free(name);
	}
	return matched;
}

static bool line_matches(const struct cpa_profile *profile,
	const struct cpa_profile_location *location, uint32_t line, const bool *matched)
{
	uint32_t function = profile->lines.items[location->line_begin + line].function;

	return function != CPA_PROFILE_NONE && matched[function];
}

static void prune_sample(const struct cpa_profile *profile, struct cpa_profile_sample *sample,
	const unsigned char *verdicts)
{
	bool found_user = false;
	uint32_t i;

	for (i = sample->loc_count; i > 0; i--) {
		unsigned char verdict = verdicts[profile->locs.items[sample->loc_begin + i - 1]];
		uint32_t gone;

		if (verdict == KEEP) {
			found_user = true;
			continue;
		}
		if (!found_user)
			continue;
		gone = verdict == DROP ? i : i - 1;
		sample->loc_begin += gone;
		sample->loc_count -= gone;
		return;
	}
}

void cpa_prune_below(
	struct cpa_profile *profile, const struct cpa_pattern *drop, const struct cpa_pattern *keep)
{
	bool *matched = match_functions(profile, drop, keep);
	unsigned char *verdicts = cpa_memory_new(profile->locations.count, 1);
	size_t i;

	for (i = 0; i < profile->locations.count; i++) {
		struct cpa_profile_location *location = &profile->locations.items[i];
		uint32_t gone = location->line_count;

		while (gone > 0 && !line_matches(profile, location, gone - 1, matched))
			gone--;
		if (gone == 0)
			continue;
		verdicts[i] = gone == location->line_count ? DROP : DROP_BELOW;
		if (gone < location->line_count) {
			location->line_begin += gone;
			location->line_count -= gone;
		}
	}
	for (i = 0; i < profile->samples.count; i++)
		prune_sample(profile, &profile->samples.items[i], verdicts);
	free(verdicts);
	free(matched);
}

void cpa_prune_from(struct cpa_profile *profile, const struct cpa_pattern *pattern)
{
	bool *matched = match_functions(profile, pattern, NULL);
	bool *begins = cpa_memory_new(profile->locations.count, sizeof(*begins));
	size_t i;
	uint32_t at;

	for (i = 0; i < profile->locations.count; i++) {
		struct cpa_profile_location *location = &profile->locations.items[i];

		for (at = 0; at < location->line_count && !begins[i]; at++) {
			if (!line_matches(profile, location, at, matched))
				continue;
			begins[i] = true;
			location->line_begin += at;
			location->line_count -= at;
		}
	}
	for (i = 0; i < profile->samples.count; i++) {
		struct cpa_profile_sample *sample = &profile->samples.items[i];

		for (at = 0; at < sample->loc_count; at++)
			if (begins[profile->locs.items[sample->loc_begin + at]])
				break;
		if (at == sample->loc_count)
			continue;
		sample->loc_begin += at;
		sample->loc_count -= at;
	}
	free(begins);
	free(matched);
}
