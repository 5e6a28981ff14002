/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks kept or dropped, and frames hidden, by function, source file and mapped file.
 * Not here: which patterns (filter.c), labels (tags.c), frames cut off the leaf's end
 * (report/profile/prune.c).
 */
#include "report/analysis/pick.h"

#include <stdlib.h>
#include <string.h>

/* Whether a pattern matches, once for each function and mapping; NULL without a pattern. */
struct matched {
	bool *functions, *mappings;
};

static struct matched match_all(
	const struct cpa_profile *profile, const struct cpa_pattern *pattern)
{
	struct matched matched = {NULL, NULL};
	size_t i;

	if (pattern->state == NULL)
		return matched;
	matched.functions = cpa_memory_new(profile->functions.count, sizeof(bool));
	matched.mappings = cpa_memory_new(profile->mappings.count, sizeof(bool));
	for (i = 0; i < profile->functions.count; i++) {
		const struct cpa_profile_function *function = &profile->functions.items[i];

		matched.functions[i] =
			cpa_pattern_matches(pattern, function->display) ||
			cpa_pattern_matches(pattern, cpa_profile_string(profile, function->file));
	}
	for (i = 0; i < profile->mappings.count; i++)
		matched.mappings[i] = cpa_pattern_matches(
			pattern, cpa_profile_string(profile, profile->mappings.items[i].file));
	return matched;
}

static void free_matched(struct matched *matched)
{
	free(matched->functions);
	free(matched->mappings);
}

static bool mapping_matches(
	const struct cpa_profile_location *location, const struct matched *matched)
{
	return location->mapping != CPA_PROFILE_NONE && matched->mappings[location->mapping];
}

/* by_default: of a line whose function is not known. */
static bool line_matches(
	const struct cpa_profile_line *line, const struct matched *matched, bool by_default)
{
	return line->function != CPA_PROFILE_NONE ? matched->functions[line->function] : by_default;
}

static bool location_matches(const struct cpa_profile *profile,
	const struct cpa_profile_location *location, const struct matched *matched)
{
	uint32_t i;

	for (i = 0; i < location->line_count; i++)
		if (line_matches(&profile->lines.items[location->line_begin + i], matched, false))
			return true;
	return mapping_matches(location, matched);
}

/* Keep the lines that match as wanted, and those whose function is not known. */
static void pick_lines(struct cpa_profile *profile, struct cpa_profile_location *location,
	const struct matched *matched, bool wanted)
{
	struct cpa_profile_line *lines;
	uint32_t i, kept = 0;

	if (location->line_count == 0)
		return;
	if (mapping_matches(location, matched)) {
		if (!wanted)
			location->line_count = 0;
		return;
	}
	lines = profile->lines.items + location->line_begin;
	for (i = 0; i < location->line_count; i++)
		if (line_matches(&lines[i], matched, wanted) == wanted)
			lines[kept++] = lines[i];
	location->line_count = kept;
}

enum verdict { NEITHER = 0, FOCUSED, IGNORED };

struct verdicts {
	unsigned char *of;   /* by location: an enum verdict */
	bool *hidden, *kept; /* by location, by sample */
	bool has_hidden;
};

static void judge_locations(
	struct cpa_profile *profile, const struct cpa_pick *pick, struct verdicts *verdicts)
{
	struct matched focus = match_all(profile, &pick->focus);
	struct matched ignore = match_all(profile, &pick->ignore);
	struct matched hide = match_all(profile, &pick->hide);
	struct matched show = match_all(profile, &pick->show);
	size_t i;

	for (i = 0; i < profile->locations.count; i++) {
		struct cpa_profile_location *location = &profile->locations.items[i];

		if (ignore.functions != NULL && location_matches(profile, location, &ignore))
			verdicts->of[i] = IGNORED;
		else if (focus.functions == NULL || location_matches(profile, location, &focus))
			verdicts->of[i] = FOCUSED;
		if (hide.functions != NULL && location_matches(profile, location, &hide)) {
			pick_lines(profile, location, &hide, false);
			verdicts->hidden[i] = location->line_count == 0;
		}
		if (show.functions != NULL) {
			pick_lines(profile, location, &show, true);
			verdicts->hidden[i] |= location->line_count == 0;
		}
		verdicts->has_hidden |= verdicts->hidden[i];
	}
	free_matched(&focus);
	free_matched(&ignore);
	free_matched(&hide);
	free_matched(&show);
}

static bool is_wanted(const struct cpa_profile *profile, const struct cpa_profile_sample *sample,
	const struct verdicts *verdicts)
{
	bool is_focused = false;
	uint32_t i;

	for (i = 0; i < sample->loc_count; i++) {
		unsigned char verdict = verdicts->of[profile->locs.items[sample->loc_begin + i]];

		if (verdict == IGNORED)
			return false;
		is_focused |= verdict == FOCUSED;
	}
	return is_focused;
}

/* In an array of its own: samples may share their frames. */
static void hide_frames(struct cpa_profile *profile, struct verdicts *verdicts)
{
	uint32_t *locs = NULL;
	size_t i, count = 0, capacity = 0;
	uint32_t at;

	for (i = 0; i < profile->samples.count; i++) {
		struct cpa_profile_sample *sample = &profile->samples.items[i];
		size_t begin = count;

		if (!verdicts->kept[i])
			continue;
		locs = cpa_memory_room(locs, &capacity, count + sample->loc_count, sizeof(*locs));
		for (at = 0; at < sample->loc_count; at++) {
			uint32_t loc = profile->locs.items[sample->loc_begin + at];

			if (!verdicts->hidden[loc])
				locs[count++] = loc;
		}
		sample->loc_begin = (uint32_t)begin;
		sample->loc_count = (uint32_t)(count - begin);
		verdicts->kept[i] = sample->loc_count > 0;
	}
	free(profile->locs.items);
	profile->locs.items = locs;
	profile->locs.count = count;
	profile->locs.capacity = capacity;
}

void cpa_pick_samples(struct cpa_profile *profile, const bool *kept)
{
	size_t i, kept_count = 0, type_count = profile->types.count;

	for (i = 0; i < profile->samples.count; i++) {
		if (!kept[i])
			continue;
		profile->samples.items[kept_count] = profile->samples.items[i];
		if (type_count > 0)
			memmove(profile->values.items + kept_count * type_count,
				profile->values.items + i * type_count,
				type_count * sizeof(*profile->values.items));
		kept_count++;
	}
	profile->samples.count = kept_count;
	profile->values.count = kept_count * type_count;
}

void cpa_pick_frames(struct cpa_profile *profile, const struct cpa_pick *pick)
{
	struct verdicts verdicts = {
		.of = cpa_memory_new(profile->locations.count, 1),
		.hidden = cpa_memory_new(profile->locations.count, sizeof(bool)),
		.kept = cpa_memory_new(profile->samples.count, sizeof(bool)),
	};
	size_t i;

	judge_locations(profile, pick, &verdicts);
	for (i = 0; i < profile->samples.count; i++)
		verdicts.kept[i] = is_wanted(profile, &profile->samples.items[i], &verdicts);
	if (verdicts.has_hidden)
		hide_frames(profile, &verdicts);
	cpa_pick_samples(profile, verdicts.kept);
	free(verdicts.of);
	free(verdicts.hidden);
	free(verdicts.kept);
}

void cpa_pick_from(struct cpa_profile *profile, const struct cpa_pattern *show_from)
{
	struct matched matched = match_all(profile, show_from);
	bool *begins = cpa_memory_new(profile->locations.count, sizeof(*begins));
	bool *kept = cpa_memory_new(profile->samples.count, sizeof(*kept));
	uint32_t at;
	size_t i;

	for (i = 0; i < profile->locations.count; i++) {
		struct cpa_profile_location *location = &profile->locations.items[i];

		begins[i] = location_matches(profile, location, &matched);
		if (!begins[i] || mapping_matches(location, &matched))
			continue;
		while (!line_matches(
			&profile->lines.items[location->line_begin + location->line_count - 1],
			&matched, false))
			location->line_count--;
	}
	for (i = 0; i < profile->samples.count; i++) {
		struct cpa_profile_sample *sample = &profile->samples.items[i];

		for (at = sample->loc_count; at > 0; at--)
			if (begins[profile->locs.items[sample->loc_begin + at - 1]])
				break;
		kept[i] = at > 0;
		sample->loc_count = at;
	}
	cpa_pick_samples(profile, kept);
	free_matched(&matched);
	free(begins);
	free(kept);
}
