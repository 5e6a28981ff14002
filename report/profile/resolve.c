/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ids become indexes, and everything a profile says of itself is checked against the rest.
 * Not here: the fields themselves (message.c, places.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/read.h"

struct id_entry {
	uint32_t token;
	uint32_t index;
};

/*
 * From the token of an id to an index. Ids are nearly always 1, 2, 3, ...: then there is nothing
 * to search; or they are small, and one look finds them.
 */
struct id_table {
	struct id_entry *sorted; /* by token */
	uint32_t *direct;        /* [direct_count], by token: index, or CPA_PROFILE_NONE */
	size_t direct_count;
	size_t count;
};

static int compare_entries(const void *left, const void *right)
{
	const struct id_entry *l = left, *r = right;

	return (l->token > r->token) - (l->token < r->token);
}

static int refuse_twice(const char *what, uint64_t id, struct cpa_error *error)
{
	return cpa_error_set(error, "not a profile: two %ss have the id %" PRIu64, what, id);
}

static uint64_t id_at(const void *items, size_t index, size_t item_bytes)
{
	return *(const uint64_t *)(const void *)((const char *)items + index * item_bytes);
}

static int fill_direct(struct id_table *table, const void *items, size_t item_bytes,
	const char *what, struct cpa_error *error)
{
	size_t i;

	table->direct = cpa_memory_new(table->direct_count, sizeof(*table->direct));
	memset(table->direct, 0xff, table->direct_count * sizeof(*table->direct));
	for (i = 0; i < table->count; i++) {
		uint64_t id = id_at(items, i, item_bytes);

		if (table->direct[id] != CPA_PROFILE_NONE)
			return refuse_twice(what, id, error);
		table->direct[id] = (uint32_t)i;
	}
	return 0;
}

static int fill_sorted(struct id_table *table, struct cpa_ids *ids, const void *items,
	size_t item_bytes, const char *what, struct cpa_error *error)
{
	size_t i;

	table->sorted = cpa_memory_new(table->count, sizeof(*table->sorted));
	for (i = 0; i < table->count; i++) {
		table->sorted[i].token = cpa_ids_token(ids, id_at(items, i, item_bytes));
		table->sorted[i].index = (uint32_t)i;
	}
	qsort(table->sorted, table->count, sizeof(*table->sorted), compare_entries);
	for (i = 1; i < table->count; i++)
		if (table->sorted[i].token == table->sorted[i - 1].token)
			return refuse_twice(what, cpa_ids_id(ids, table->sorted[i].token), error);
	return 0;
}

/* Each item begins with its id. */
static int id_table_init(struct id_table *table, struct cpa_ids *ids, const void *items,
	size_t count, size_t item_bytes, const char *what, struct cpa_error *error)
{
	uint64_t largest = 0;
	size_t i;
	bool is_dense = true;

	table->count = count;
	for (i = 0; i < count; i++) {
		uint64_t id = id_at(items, i, item_bytes);

		if (id == 0)
			return cpa_error_set(
				error, "not a profile: %s number %zu has the id 0", what, i + 1);
		is_dense = is_dense && id == i + 1;
		largest = id > largest ? id : largest;
	}
	if (is_dense)
		return 0;
	if (largest < 8 * (uint64_t)count + 1024) {
		table->direct_count = (size_t)largest + 1;
		return fill_direct(table, items, item_bytes, what, error);
	}
	return fill_sorted(table, ids, items, item_bytes, what, error);
}

static void id_table_done(struct id_table *table)
{
	free(table->sorted);
	free(table->direct);
}

/* The index behind a token, or CPA_PROFILE_NONE. */
static uint32_t id_table_find(const struct id_table *table, uint32_t token)
{
	struct id_entry key = {.token = token};
	const struct id_entry *found;

	if (table->direct != NULL)
		return token < table->direct_count ? table->direct[token] : CPA_PROFILE_NONE;
	if (table->sorted == NULL)
		return token >= 1 && token <= table->count ? token - 1 : CPA_PROFILE_NONE;
	found = bsearch(&key, table->sorted, table->count, sizeof(key), compare_entries);
	return found != NULL ? found->index : CPA_PROFILE_NONE;
}

static int check_string(const struct cpa_profile *profile, uint32_t string, const char *what,
	uint64_t which, struct cpa_error *error)
{
	if (string < profile->strings.count)
		return 0;
	return cpa_error_set(error,
		"not a profile: %s %" PRIu64 " names a string beyond the %zu there are", what,
		which, profile->strings.count);
}

static int check_header(struct cpa_profile *profile, struct cpa_error *error)
{
	size_t i, value_count = profile->samples.count > 0
					? profile->values.count / profile->samples.count
					: 0;
	int bad = 0;

	if (profile->strings.count == 0)
		return profile->samples.count + profile->locations.count +
					       profile->functions.count + profile->types.count >
				       0
			       ? cpa_error_set(error, "not a profile: it has no string table")
			       : cpa_error_set(error,
					 "not a profile: it has no sample types and no strings");
	if (cpa_profile_string(profile, 0)[0] != '\0')
		return cpa_error_set(error, "not a profile: the first string is not empty");
	if (profile->samples.count > 0 && value_count != profile->types.count)
		return cpa_error_set(error,
			"not a profile: samples have %zu values, but there are %zu sample types",
			value_count, profile->types.count);
	for (i = 0; i < profile->types.count; i++) {
		bad |= check_string(
			profile, profile->types.items[i].type, "sample type", i + 1, error);
		bad |= check_string(
			profile, profile->types.items[i].unit, "sample type", i + 1, error);
	}
	for (i = 0; i < profile->comments.count; i++)
		bad |= check_string(profile, profile->comments.items[i], "comment", i + 1, error);
	bad |= check_string(profile, profile->period_type.type, "period type", 1, error);
	bad |= check_string(profile, profile->period_type.unit, "period type", 1, error);
	bad |= check_string(profile, profile->drop_frames, "drop_frames", 1, error);
	bad |= check_string(profile, profile->keep_frames, "keep_frames", 1, error);
	bad |= check_string(profile, profile->default_type, "default sample type", 1, error);
	bad |= check_string(profile, profile->doc_url, "doc url", 1, error);
	return bad;
}

static int check_names(const struct cpa_profile *profile, struct cpa_error *error)
{
	size_t i;
	int bad = 0;

	for (i = 0; i < profile->mappings.count && bad == 0; i++) {
		const struct cpa_profile_mapping *mapping = &profile->mappings.items[i];

		bad |= check_string(profile, mapping->file, "mapping", mapping->id, error);
		bad |= check_string(profile, mapping->build_id, "mapping", mapping->id, error);
	}
	for (i = 0; i < profile->functions.count && bad == 0; i++) {
		const struct cpa_profile_function *function = &profile->functions.items[i];

		bad |= check_string(profile, function->name, "function", function->id, error);
		bad |= check_string(
			profile, function->system_name, "function", function->id, error);
		bad |= check_string(profile, function->file, "function", function->id, error);
	}
	for (i = 0; i < profile->labels.count && bad == 0; i++) {
		const struct cpa_profile_label *label = &profile->labels.items[i];

		bad |= check_string(profile, label->key, "label", i + 1, error);
		bad |= check_string(profile, label->str, "label", i + 1, error);
		bad |= check_string(profile, label->unit, "label", i + 1, error);
	}
	return bad;
}

/* All links of one profile. */
struct links {
	struct cpa_ids *ids;
	struct id_table mappings, functions, locations;
};

static int link_lines(struct cpa_profile *profile, const struct links *links,
	const struct cpa_profile_location *location, struct cpa_error *error)
{
	uint32_t i;

	for (i = 0; i < location->line_count; i++) {
		struct cpa_profile_line *line = &profile->lines.items[location->line_begin + i];
		uint32_t token = line->function;

		line->function = id_table_find(&links->functions, token);
		if (line->function == CPA_PROFILE_NONE && token != 0)
			return cpa_error_set(error,
				"not a profile: location %" PRIu64 " is in function %" PRIu64
				", which is not there",
				location->id, cpa_ids_id(links->ids, token));
	}
	return 0;
}

static int link_locations(
	struct cpa_profile *profile, const struct links *links, struct cpa_error *error)
{
	size_t i;

	for (i = 0; i < profile->locations.count; i++) {
		struct cpa_profile_location *location = &profile->locations.items[i];
		uint32_t token = location->mapping;

		location->mapping = id_table_find(&links->mappings, token);
		if (location->mapping == CPA_PROFILE_NONE && token != 0)
			return cpa_error_set(error,
				"not a profile: location %" PRIu64 " is in mapping %" PRIu64
				", which is not there",
				location->id, cpa_ids_id(links->ids, token));
		if (link_lines(profile, links, location, error) != 0)
			return -EINVAL;
	}
	return 0;
}

static int link_samples(
	struct cpa_profile *profile, const struct links *links, struct cpa_error *error)
{
	size_t i, j;

	for (i = 0; i < profile->samples.count; i++) {
		const struct cpa_profile_sample *sample = &profile->samples.items[i];

		for (j = 0; j < sample->loc_count; j++) {
			uint32_t *loc = &profile->locs.items[sample->loc_begin + j];
			uint32_t index = id_table_find(&links->locations, *loc);

			if (index == CPA_PROFILE_NONE)
				return cpa_error_set(error,
					"not a profile: sample number %zu has location %" PRIu64
					", which is not there",
					i + 1, cpa_ids_id(links->ids, *loc));
			*loc = index;
		}
	}
	return 0;
}

int cpa_resolve_profile(struct cpa_profile *profile, struct cpa_ids *ids, struct cpa_error *error)
{
	struct links links = {.ids = ids};
	int bad = check_header(profile, error);

	if (bad == 0)
		bad = check_names(profile, error);
	if (bad == 0)
		bad = id_table_init(&links.mappings, ids, profile->mappings.items,
			profile->mappings.count, sizeof(*profile->mappings.items), "mapping",
			error);
	if (bad == 0)
		bad = id_table_init(&links.functions, ids, profile->functions.items,
			profile->functions.count, sizeof(*profile->functions.items), "function",
			error);
	if (bad == 0)
		bad = id_table_init(&links.locations, ids, profile->locations.items,
			profile->locations.count, sizeof(*profile->locations.items), "location",
			error);
	if (bad == 0)
		bad = link_locations(profile, &links, error);
	if (bad == 0)
		bad = link_samples(profile, &links, error);
	id_table_done(&links.mappings);
	id_table_done(&links.functions);
	id_table_done(&links.locations);
	return bad != 0 ? -EINVAL : 0;
}
