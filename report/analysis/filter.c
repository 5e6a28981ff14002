/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which samples and frames count.
 * Not here: sums over what is left (table.c).
 */
#include "report/analysis/filter.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compile(regex_t *regex, const char *option, const char *pattern, struct cpa_error *error)
{
	char why[128];
	int code = regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (code == 0)
		return 0;
	regerror(code, regex, why, sizeof(why));
	return cpa_error_set(
		error, "-%s=%.200s: not a regular expression: %s", option, pattern, why);
}

static bool matches(const regex_t *regex, const char *text)
{
	return text[0] != '\0' && regexec(regex, text, 0, NULL, 0) == 0;
}

static bool location_matches(const struct cpa_profile *profile,
	const struct cpa_profile_location *location, const regex_t *regex)
{
	size_t i;

	for (i = 0; i < location->line_count; i++) {
		uint32_t function = profile->lines.items[location->line_begin + i].function;

		if (function == CPA_PROFILE_NONE)
			continue;
		if (matches(regex, profile->functions.items[function].display) ||
			matches(regex, cpa_profile_string(
					       profile, profile->functions.items[function].file)))
			return true;
	}
	return location->mapping != CPA_PROFILE_NONE &&
	       matches(regex, cpa_profile_string(
				      profile, profile->mappings.items[location->mapping].file));
}

/* One answer for each location; NULL for no condition. */
static int match_locations(const struct cpa_profile *profile, const char *option,
	const char *pattern, bool **ret_matched, struct cpa_error *error)
{
	regex_t regex;
	size_t i;

	*ret_matched = NULL;
	if (pattern[0] == '\0')
		return 0;
	if (compile(&regex, option, pattern, error) != 0)
		return -EINVAL;
	*ret_matched = cpa_memory_new(profile->locations.count, sizeof(**ret_matched));
	for (i = 0; i < profile->locations.count; i++)
		(*ret_matched)[i] = location_matches(profile, &profile->locations.items[i], &regex);
	regfree(&regex);
	return 0;
}

static bool stack_has(const struct cpa_profile *profile, const struct cpa_profile_sample *sample,
	const bool *matched)
{
	size_t i;

	for (i = 0; i < sample->loc_count; i++)
		if (matched[profile->locs.items[sample->loc_begin + i]])
			return true;
	return false;
}

int cpa_filter_samples(
	struct cpa_profile *profile, const char *focus, const char *ignore, struct cpa_error *error)
{
	bool *focused, *ignored = NULL;
	size_t i, kept = 0, type_count = profile->types.count;
	int error_code = match_locations(profile, "focus", focus, &focused, error);

	if (error_code == 0)
		error_code = match_locations(profile, "ignore", ignore, &ignored, error);
	for (i = 0; error_code == 0 && i < profile->samples.count; i++) {
		if (focused != NULL && !stack_has(profile, &profile->samples.items[i], focused))
			continue;
		if (ignored != NULL && stack_has(profile, &profile->samples.items[i], ignored))
			continue;
		profile->samples.items[kept] = profile->samples.items[i];
		if (type_count > 0)
			memmove(profile->values.items + kept * type_count,
				profile->values.items + i * type_count,
				type_count * sizeof(*profile->values.items));
		kept++;
	}
	if (error_code == 0) {
		profile->samples.count = kept;
		profile->values.count = kept * type_count;
	}
	free(focused);
	free(ignored);
	return error_code;
}

/* drop_frames is anchored at both ends. */
static int compile_whole(regex_t *regex, const char *pattern)
{
	struct cpa_error ignored = {""};
	size_t length = strlen(pattern);
	char *anchored = cpa_memory_new(length + 5, 1);
	int error_code;

	snprintf(anchored, length + 5, "^(%s)$", pattern);
	error_code = compile(regex, "drop_frames", anchored, &ignored);
	free(anchored);
	return error_code;
}

/* How many lines of a location go, from the innermost on; 0: none. */
static uint32_t dropped_lines(const struct cpa_profile *profile,
	const struct cpa_profile_location *location, const regex_t *drop, const regex_t *keep)
{
	uint32_t i;

	for (i = location->line_count; i > 0; i--) {
		uint32_t function = profile->lines.items[location->line_begin + i - 1].function;
		const char *name;

		if (function == CPA_PROFILE_NONE)
			continue;
		name = profile->functions.items[function].display;
		if (matches(drop, name) && !(keep != NULL && matches(keep, name)))
			return i;
	}
	return 0;
}

enum verdict { KEEP = 0, DROP, DROP_BELOW };

static void prune_sample(struct cpa_profile *profile, struct cpa_profile_sample *sample,
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

static void prune(struct cpa_profile *profile, const regex_t *drop, const regex_t *keep)
{
	unsigned char *verdicts = cpa_memory_new(profile->locations.count, 1);
	size_t i;

	for (i = 0; i < profile->locations.count; i++) {
		struct cpa_profile_location *location = &profile->locations.items[i];
		uint32_t gone = dropped_lines(profile, location, drop, keep);

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
}

void cpa_filter_drop_frames(struct cpa_profile *profile)
{
	const char *keep_pattern = cpa_profile_string(profile, profile->keep_frames);
	regex_t drop, keep;

	if (profile->drop_frames == 0 ||
		compile_whole(&drop, cpa_profile_string(profile, profile->drop_frames)) != 0)
		return;
	if (keep_pattern[0] == '\0') {
		prune(profile, &drop, NULL);
	} else if (compile_whole(&keep, keep_pattern) == 0) {
		prune(profile, &drop, &keep);
		regfree(&keep);
	}
	regfree(&drop);
}

int cpa_filter_apply(
	struct cpa_profile *profile, const struct cpa_filter *filter, struct cpa_error *error)
{
	return cpa_filter_samples(profile, filter->focus != NULL ? filter->focus : "",
		filter->ignore != NULL ? filter->ignore : "", error);
}
