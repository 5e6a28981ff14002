/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows that stacks are made of: functions, lines or addresses, one number for each.
 * Not here: their values (table.c, diff.c).
 */
#include "report/analysis/nodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

void cpa_nodes_place(char *to, size_t to_bytes, const struct cpa_profile *profile,
	const struct cpa_profile_location *location)
{
	const struct cpa_profile_mapping *mapping;
	const char *file;

	if (location->mapping == CPA_PROFILE_NONE) {
		snprintf(to, to_bytes, "0x%" PRIx64, location->addr);
		return;
	}
	mapping = &profile->mappings.items[location->mapping];
	file = base_name(cpa_profile_string(profile, mapping->file));
	snprintf(to, to_bytes, "%.200s+0x%" PRIx64, file[0] != '\0' ? file : "?",
		location->addr - mapping->start + mapping->offset);
}

static uint32_t add_frame(struct cpa_nodes *frames, const char *key, size_t key_bytes,
	const char *name, const char *file, int64_t line, uint64_t addr)
{
	bool is_new;
	uint32_t number = cpa_intern_add(&frames->keys, key, key_bytes, &is_new);

	if (is_new) {
		struct cpa_node *frame;

		frames->items = cpa_memory_grow(
			frames->items, &frames->capacity, number + 1, sizeof(*frames->items));
		frame = &frames->items[number];
		frame->name = cpa_memory_text(name, strlen(name));
		frame->file = cpa_memory_text(file, strlen(file));
		frame->line = line;
		frame->addr = addr;
	}
	return number;
}

/* The frame of one line of a location; line NULL: the location has none. */
static uint32_t number_frame(struct cpa_nodes *frames, const struct cpa_profile *profile,
	const struct cpa_profile_location *location, const struct cpa_profile_line *line)
{
	const char *name = "", *file = "";
	char place[256], suffix[256 + 64] = "";
	size_t name_bytes, file_bytes, suffix_bytes;
	int64_t line_number = line != NULL ? line->line : 0;
	uint32_t number;
	char *key;

	cpa_nodes_place(place, sizeof(place), profile, location);
	if (line != NULL && line->function != CPA_PROFILE_NONE) {
		name = profile->functions.items[line->function].display;
		file = cpa_profile_string(profile, profile->functions.items[line->function].file);
	}
	if (name[0] == '\0')
		name = place;
	name_bytes = strlen(name) + 1;
	file_bytes = frames->by == CPA_NODES_BY_FUNCTION ? 0 : strlen(file) + 1;
	if (frames->by == CPA_NODES_BY_LINE)
		snprintf(suffix, sizeof(suffix), "%" PRId64, line_number);
	else if (frames->by == CPA_NODES_BY_ADDRESS)
		snprintf(suffix, sizeof(suffix), "%" PRId64 "@%s", line_number, place);
	suffix_bytes = strlen(suffix);
	key = cpa_memory_new(name_bytes + file_bytes + suffix_bytes, 1);
	memcpy(key, name, name_bytes);
	memcpy(key + name_bytes, file, file_bytes);
	memcpy(key + name_bytes + file_bytes, suffix, suffix_bytes);
	number = add_frame(frames, key, name_bytes + file_bytes + suffix_bytes, name, file,
		line_number, location->addr);
	free(key);
	return number;
}

void cpa_nodes_map_init(
	struct cpa_nodes_map *ret_map, struct cpa_nodes *frames, const struct cpa_profile *profile)
{
	size_t i, j;

	ret_map->profile = profile;
	ret_map->of = cpa_memory_new(
		profile->lines.count + profile->locations.count, sizeof(*ret_map->of));
	for (i = 0; i < profile->locations.count; i++) {
		const struct cpa_profile_location *location = &profile->locations.items[i];

		for (j = 0; j < location->line_count; j++)
			ret_map->of[location->line_begin + j] = number_frame(frames, profile,
				location, &profile->lines.items[location->line_begin + j]);
		if (location->line_count == 0)
			ret_map->of[profile->lines.count + i] =
				number_frame(frames, profile, location, NULL);
	}
}

void cpa_nodes_map_done(struct cpa_nodes_map *map)
{
	free(map->of);
	map->of = NULL;
}

void cpa_nodes_done(struct cpa_nodes *frames)
{
	size_t i;

	for (i = 0; i < frames->keys.count; i++) {
		free(frames->items[i].name);
		free(frames->items[i].file);
	}
	free(frames->items);
	cpa_intern_done(&frames->keys);
	memset(frames, 0, sizeof(*frames));
}

void cpa_nodes_begin(struct cpa_nodes_walk *ret_walk, const struct cpa_nodes_map *map,
	const struct cpa_profile_sample *sample)
{
	ret_walk->map = map;
	ret_walk->loc = sample->loc_count > 0 ? map->profile->locs.items + sample->loc_begin : NULL;
	ret_walk->loc_end = sample->loc_count > 0 ? ret_walk->loc + sample->loc_count : NULL;
	ret_walk->line_at = 0;
}

bool cpa_nodes_next(struct cpa_nodes_walk *walk, uint32_t *ret_frame, int64_t *ret_line)
{
	const struct cpa_profile *profile = walk->map->profile;
	const struct cpa_profile_location *location;
	size_t index;

	if (walk->loc == walk->loc_end)
		return false;
	location = &profile->locations.items[*walk->loc];
	if (location->line_count == 0) {
		*ret_frame = walk->map->of[profile->lines.count + *walk->loc];
		*ret_line = 0;
		walk->loc++;
		return true;
	}
	index = location->line_begin + walk->line_at;
	*ret_frame = walk->map->of[index];
	*ret_line = profile->lines.items[index].line;
	if (++walk->line_at == location->line_count) {
		walk->line_at = 0;
		walk->loc++;
	}
	return true;
}
