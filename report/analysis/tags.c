/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Samples kept or dropped by their labels, and labels removed.
 * Not here: the other filters (filter.c), what units mean (report/profile/scale.c).
 */
#include "report/analysis/tags.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis/pick.h"
#include "report/profile/scale.h"

#define UNIT_BYTES 32

/* "+12kb" at *text: number and unit; moves over them. */
static bool take_number(const char **text, double *ret_number, char unit[UNIT_BYTES])
{
	const char *at = *text + (**text == '-' || **text == '+');
	char *end;
	size_t i = 0;

	if (!isdigit((unsigned char)*at))
		return false;
	errno = 0;
	*ret_number = (double)strtoll(*text, &end, 10);
	for (; isalpha((unsigned char)*end) && i < UNIT_BYTES - 1; end++)
		unit[i++] = *end;
	unit[i] = '\0';
	*text = end;
	return errno == 0 && !isalpha((unsigned char)*end);
}

/* False when text is no range: then it is a pattern. */
static bool take_range(struct cpa_tags_match *match, const char *text)
{
	char unit[UNIT_BYTES], high_unit[UNIT_BYTES];
	const char *named, *high_named;
	bool is_most = *text == ':';
	double number;

	text += is_most;
	if (!take_number(&text, &number, unit))
		return false;
	number = cpa_scale_value(number, unit, unit, &named);
	match->low = is_most ? -INFINITY : number;
	match->high = number;
	if (!is_most && *text == ':') {
		match->high = INFINITY;
		text++;
		if (*text != '\0') {
			if (!take_number(&text, &number, high_unit))
				return false;
			match->high = cpa_scale_value(number, high_unit, named, &high_named);
			if (strcmp(named, high_named) != 0)
				return false;
		}
	}
	if (*text != '\0')
		return false;
	match->unit = cpa_memory_text(named, strlen(named));
	return true;
}

/* The unit of a key is the first one any sample has for it. */
static void learn_units(struct cpa_tags_match *match, const struct cpa_profile *profile)
{
	size_t i;

	match->units = cpa_memory_new(profile->strings.count, sizeof(*match->units));
	for (i = 0; i < profile->labels.count; i++) {
		const struct cpa_profile_label *label = &profile->labels.items[i];

		if (label->str == 0 && match->units[label->key] == 0)
			match->units[label->key] = label->unit;
	}
}

static int take_patterns(struct cpa_tags_match *match, const char *text, struct cpa_error *error)
{
	char *copy = cpa_memory_text(text, strlen(text)), *at = copy, *comma;
	size_t room = 1;
	int error_code = 0;

	for (comma = copy; *comma != '\0'; comma++)
		room += *comma == ',';
	match->patterns = cpa_memory_new(room, sizeof(*match->patterns));
	while (at != NULL && error_code == 0) {
		comma = strchr(at, ',');
		if (comma != NULL)
			*comma++ = '\0';
		error_code = cpa_pattern_init(&match->patterns[match->pattern_count], at, error);
		match->pattern_count += error_code == 0;
		at = comma;
	}
	free(copy);
	return error_code;
}

int cpa_tags_init(struct cpa_tags_match *ret_match, const char *text,
	const struct cpa_profile *profile, struct cpa_error *error)
{
	const char *equals;

	memset(ret_match, 0, sizeof(*ret_match));
	if (text == NULL || text[0] == '\0')
		return 0;
	ret_match->is_given = true;
	equals = strchr(text, '=');
	if (equals != NULL) {
		ret_match->key = cpa_memory_text(text, (size_t)(equals - text));
		if (ret_match->key[0] == '\0') {
			free(ret_match->key);
			ret_match->key = NULL;
		}
		text = equals + 1;
	}
	ret_match->is_range = take_range(ret_match, text);
	if (!ret_match->is_range)
		return take_patterns(ret_match, text, error);
	learn_units(ret_match, profile);
	return 0;
}

void cpa_tags_done(struct cpa_tags_match *match)
{
	size_t i;

	for (i = 0; i < match->pattern_count; i++)
		cpa_pattern_done(&match->patterns[i]);
	free(match->patterns);
	free(match->key);
	free((char *)match->unit);
	free(match->units);
	memset(match, 0, sizeof(*match));
}

bool cpa_tags_gave_up(const struct cpa_tags_match *match)
{
	size_t i;

	for (i = 0; i < match->pattern_count; i++)
		if (cpa_pattern_gave_up(&match->patterns[i]))
			return true;
	return false;
}

static const char *unit_of(const struct cpa_tags_match *match, const struct cpa_profile *profile,
	const struct cpa_profile_label *label)
{
	const char *key = cpa_profile_string(profile, label->key);

	if (match->units[label->key] != 0)
		return cpa_profile_string(profile, match->units[label->key]);
	return cpa_scale_label_unit(key);
}

static bool number_matches(const struct cpa_tags_match *match, const struct cpa_profile *profile,
	const struct cpa_profile_label *label)
{
	const char *unit;
	double number;

	if (label->str != 0)
		return false;
	number = cpa_scale_value(
		(double)label->num, unit_of(match, profile, label), match->unit, &unit);
	return strcmp(unit, match->unit) == 0 && number >= match->low && number <= match->high;
}

/* With a key the value is matched, without one "key:value". */
static bool text_matches(const struct cpa_tags_match *match, const struct cpa_pattern *pattern,
	const struct cpa_profile *profile, const struct cpa_profile_label *label)
{
	const char *key = cpa_profile_string(profile, label->key);
	const char *value = cpa_profile_string(profile, label->str);
	size_t room = strlen(key) + strlen(value) + 2;
	bool is_match;
	char *both;

	if (label->str == 0)
		return false;
	if (match->key != NULL)
		return cpa_pattern_matches(pattern, value);
	both = cpa_memory_new(room, 1);
	snprintf(both, room, "%s:%s", key, value);
	is_match = cpa_pattern_matches(pattern, both);
	free(both);
	return is_match;
}

static bool any_label(const struct cpa_tags_match *match, const struct cpa_pattern *pattern,
	const struct cpa_profile *profile, const struct cpa_profile_sample *sample)
{
	uint32_t i;

	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];

		if (match->key != NULL &&
			strcmp(cpa_profile_string(profile, label->key), match->key) != 0)
			continue;
		if (pattern != NULL ? text_matches(match, pattern, profile, label)
				    : number_matches(match, profile, label))
			return true;
	}
	return false;
}

/* Of several patterns, with a key any must match, without one all. */
static bool sample_matches(const struct cpa_tags_match *match, const struct cpa_profile *profile,
	const struct cpa_profile_sample *sample)
{
	bool wants_any = match->key != NULL;
	size_t i;

	if (match->is_range)
		return any_label(match, NULL, profile, sample);
	for (i = 0; i < match->pattern_count; i++)
		if (any_label(match, &match->patterns[i], profile, sample) == wants_any)
			return wants_any;
	return !wants_any;
}

void cpa_tags_pick(struct cpa_profile *profile, const struct cpa_tags_match *focus,
	const struct cpa_tags_match *ignore)
{
	bool *kept = cpa_memory_new(profile->samples.count, sizeof(*kept));
	size_t i;

	for (i = 0; i < profile->samples.count; i++) {
		const struct cpa_profile_sample *sample = &profile->samples.items[i];

		kept[i] = (!focus->is_given || sample_matches(focus, profile, sample)) &&
			  !(ignore->is_given && sample_matches(ignore, profile, sample));
	}
	cpa_pick_samples(profile, kept);
	free(kept);
}

static bool stays(const struct cpa_profile *profile, const struct cpa_profile_label *label,
	const struct cpa_pattern *show, const struct cpa_pattern *hide)
{
	const char *key = cpa_profile_string(profile, label->key);

	return (show->state == NULL || cpa_pattern_matches(show, key)) &&
	       !(hide->state != NULL && cpa_pattern_matches(hide, key));
}

void cpa_tags_strip(
	struct cpa_profile *profile, const struct cpa_pattern *show, const struct cpa_pattern *hide)
{
	struct cpa_profile_label *labels = NULL;
	size_t i, count = 0, capacity = 0;
	uint32_t at;

	for (i = 0; i < profile->samples.count; i++) {
		struct cpa_profile_sample *sample = &profile->samples.items[i];
		size_t begin = count;

		labels = cpa_memory_room(
			labels, &capacity, count + sample->label_count, sizeof(*labels));
		for (at = 0; at < sample->label_count; at++) {
			const struct cpa_profile_label *label =
				&profile->labels.items[sample->label_begin + at];

			if (stays(profile, label, show, hide))
				labels[count++] = *label;
		}
		sample->label_begin = (uint32_t)begin;
		sample->label_count = (uint32_t)(count - begin);
	}
	free(profile->labels.items);
	profile->labels.items = labels;
	profile->labels.count = count;
	profile->labels.capacity = capacity;
}
