/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows that stacks are made of: functions, lines or addresses, one number for each.
 * Not here: their values (report/graph/graph.c, report/analysis/diff.c).
 */
#include "report/profile/nodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/clean.h"

/* What makes two frames one; all zero but for what the granularity looks at. */
struct key {
	uint64_t addr;
	int64_t line, start_line;
	uint32_t name, file, object, place, build, zero; /* numbers of texts + 1 */
};

/* The numbers of the texts of one profile's functions and mappings, + 1; 0: not asked yet. */
struct known {
	struct cpa_nodes *nodes;
	const struct cpa_profile *profile;
	uint32_t *names, *files, *objects;
};

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
	file = cpa_clean_base(cpa_profile_string(profile, mapping->file));
	snprintf(to, to_bytes, "%.200s+0x%" PRIx64, file[0] != '\0' ? file : "?",
		location->addr - mapping->start + mapping->offset);
}

/* The number of a text, + 1. */
static uint32_t number_text(struct cpa_nodes *nodes, const char *text)
{
	size_t length_bytes = strlen(text);
	bool is_new;
	uint32_t number = cpa_intern_add(&nodes->text_keys, text, length_bytes, &is_new);

	if (is_new) {
		nodes->texts = cpa_memory_grow(
			nodes->texts, &nodes->text_capacity, number + 1, sizeof(*nodes->texts));
		nodes->texts[number] = cpa_memory_text(text, length_bytes);
	}
	return number + 1;
}

static uint32_t number_name(struct known *known, uint32_t function)
{
	if (known->names[function] == 0)
		known->names[function] = number_text(
			known->nodes, known->profile->functions.items[function].display);
	return known->names[function];
}

static uint32_t number_file(struct known *known, uint32_t function)
{
	if (known->files[function] == 0) {
		const struct cpa_profile *profile = known->profile;
		char *path = cpa_clean_path(
			cpa_profile_string(profile, profile->functions.items[function].file));

		known->files[function] = number_text(known->nodes, path);
		free(path);
	}
	return known->files[function];
}

/* The mapped file of a location; 0 when it has none. */
static uint32_t number_object(struct known *known, const struct cpa_profile_location *location)
{
	const struct cpa_profile *profile = known->profile;
	const char *file;

	if (location->mapping == CPA_PROFILE_NONE)
		return 0;
	file = cpa_profile_string(profile, profile->mappings.items[location->mapping].file);
	if (file[0] == '\0')
		return 0;
	if (known->objects[location->mapping] == 0)
		known->objects[location->mapping] = number_text(known->nodes, file);
	return known->objects[location->mapping];
}

static const char *text_of(const struct cpa_nodes *nodes, uint32_t number)
{
	return number != 0 ? nodes->texts[number - 1] : "";
}

static const char *name_unknown(struct cpa_nodes *nodes, const struct key *key)
{
	char text[256];

	if (key->place != 0)
		return text_of(nodes, key->place);
	if (key->object == 0)
		return text_of(nodes, number_text(nodes, "<unknown>"));
	snprintf(text, sizeof(text), "[%.250s]", cpa_clean_base(text_of(nodes, key->object)));
	return text_of(nodes, number_text(nodes, text));
}

static uint32_t add_node(
	struct cpa_nodes *nodes, const struct key *key, uint32_t file, int64_t line, uint64_t addr)
{
	bool is_new;
	uint32_t number = cpa_intern_add(&nodes->keys, key, sizeof(*key), &is_new);
	struct cpa_node *node;

	if (!is_new)
		return number;
	nodes->items =
		cpa_memory_grow(nodes->items, &nodes->capacity, number + 1, sizeof(*nodes->items));
	node = &nodes->items[number];
	node->is_named = key->name != 0 && text_of(nodes, key->name)[0] != '\0';
	node->file = text_of(nodes, file);
	if (node->is_named)
		node->name = text_of(nodes, key->name);
	else if (nodes->by == CPA_NODES_BY_FILE && node->file[0] != '\0')
		node->name = node->file;
	else
		node->name = name_unknown(nodes, key);
	node->line = line;
	node->addr = addr;
	return number;
}

/* One place in one build of one mapped file, wherever that was mapped. */
static void set_place(
	struct known *known, const struct cpa_profile_location *location, struct key *key)
{
	const struct cpa_profile *profile = known->profile;
	char place[256];

	cpa_nodes_place(place, sizeof(place), profile, location);
	key->place = number_text(known->nodes, place);
	if (location->mapping != CPA_PROFILE_NONE)
		key->build = number_text(
			known->nodes, cpa_profile_string(profile,
					      profile->mappings.items[location->mapping].build_id));
}

/* A frame that nobody knows the function of. */
static uint32_t number_unknown(struct known *known, const struct cpa_profile_location *location)
{
	struct cpa_nodes *nodes = known->nodes;
	struct key key;

	memset(&key, 0, sizeof(key));
	if (!nodes->lumps_unknown)
		set_place(known, location, &key);
	else
		key.object = number_object(known, location);
	if (nodes->lumps_unknown && nodes->by == CPA_NODES_BY_ADDRESS)
		key.addr = location->addr;
	return add_node(nodes, &key, 0, 0, location->addr);
}

/* The frame of one line of a location. */
static uint32_t number_line(struct known *known, const struct cpa_profile_location *location,
	const struct cpa_profile_line *line)
{
	struct cpa_nodes *nodes = known->nodes;
	const struct cpa_profile_function *function;
	enum cpa_nodes_by by = nodes->by;
	uint32_t file;
	struct key key;

	if (line->function == CPA_PROFILE_NONE)
		return number_unknown(known, location);
	function = &known->profile->functions.items[line->function];
	if (function->display[0] == '\0' && !nodes->lumps_unknown)
		return number_unknown(known, location);
	memset(&key, 0, sizeof(key));
	file = number_file(known, line->function);
	if (by != CPA_NODES_BY_FILE)
		key.name = number_name(known, line->function);
	if (by != CPA_NODES_BY_FUNCTION)
		key.file = file;
	if (by == CPA_NODES_BY_LINE || by == CPA_NODES_BY_ADDRESS)
		key.line = line->line;
	if (by == CPA_NODES_BY_LINE && nodes->from_start && function->start_line > 0 &&
		line->line >= function->start_line) {
		key.line -= function->start_line;
		key.start_line = -1; /* nobody's, as a mark */
	}
	if (by == CPA_NODES_BY_ADDRESS && nodes->lumps_unknown)
		key.addr = location->addr;
	else if (by == CPA_NODES_BY_ADDRESS)
		set_place(known, location, &key);
	/* Go tells nameless ones, and so all by file, apart by these. */
	if (by == CPA_NODES_BY_FILE || function->display[0] == '\0') {
		key.object = number_object(known, location);
		key.start_line = function->start_line;
	}
	return add_node(nodes, &key, file, line->line, location->addr);
}

void cpa_nodes_map_init(
	struct cpa_nodes_map *ret_map, struct cpa_nodes *nodes, const struct cpa_profile *profile)
{
	struct known known = {.nodes = nodes, .profile = profile};
	uint32_t *of;
	size_t i, j;

	ret_map->profile = profile;
	ret_map->no_inlines = nodes->no_inlines;
	ret_map->of = of = cpa_memory_new(
		profile->lines.count + profile->locations.count, sizeof(*ret_map->of));
	known.names = cpa_memory_new(profile->functions.count, sizeof(*known.names));
	known.files = cpa_memory_new(profile->functions.count, sizeof(*known.files));
	known.objects = cpa_memory_new(profile->mappings.count, sizeof(*known.objects));
	for (i = 0; i < profile->locations.count; i++) {
		const struct cpa_profile_location *location = &profile->locations.items[i];

		j = nodes->no_inlines && location->line_count > 0 ? location->line_count - 1 : 0;
		for (; j < location->line_count; j++)
			of[location->line_begin + j] = number_line(
				&known, location, &profile->lines.items[location->line_begin + j]);
		if (location->line_count == 0)
			of[profile->lines.count + i] = number_unknown(&known, location);
	}
	free(known.names);
	free(known.files);
	free(known.objects);
}

void cpa_nodes_map_done(struct cpa_nodes_map *map)
{
	free(map->of);
	map->of = NULL;
}

void cpa_nodes_done(struct cpa_nodes *nodes)
{
	size_t i;

	for (i = 0; i < nodes->text_keys.count; i++)
		free(nodes->texts[i]);
	free(nodes->texts);
	free(nodes->items);
	cpa_intern_done(&nodes->keys);
	cpa_intern_done(&nodes->text_keys);
	memset(nodes, 0, sizeof(*nodes));
}

void cpa_nodes_begin(struct cpa_nodes_walk *ret_walk, const struct cpa_nodes_map *map,
	const struct cpa_profile_sample *sample)
{
	ret_walk->map = map;
	ret_walk->loc = sample->loc_count > 0 ? map->profile->locs.items + sample->loc_begin : NULL;
	ret_walk->loc_end = sample->loc_count > 0 ? ret_walk->loc + sample->loc_count : NULL;
	ret_walk->line_at = 0;
	ret_walk->is_inlined = false;
}

bool cpa_nodes_next(struct cpa_nodes_walk *walk, uint32_t *ret_node, int64_t *ret_line)
{
	const struct cpa_profile *profile = walk->map->profile;
	const struct cpa_profile_location *location;
	size_t index;

	if (walk->loc == walk->loc_end)
		return false;
	location = &profile->locations.items[*walk->loc];
	if (location->line_count == 0) {
		*ret_node = walk->map->of[profile->lines.count + *walk->loc];
		*ret_line = 0;
		walk->is_inlined = false;
		walk->loc++;
		return true;
	}
	if (walk->map->no_inlines)
		walk->line_at = location->line_count - 1;
	index = (size_t)location->line_begin + walk->line_at;
	*ret_node = walk->map->of[index];
	*ret_line = profile->lines.items[index].line;
	walk->is_inlined = ++walk->line_at < location->line_count;
	if (!walk->is_inlined) {
		walk->line_at = 0;
		walk->loc++;
	}
	return true;
}
