/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The strings, functions, mappings and locations of several profiles in one, each once.
 * Not here: samples and what a profile says of itself (merge.c).
 */
#include "report/profile/graft.h"

#include <stdlib.h>

/* Limits of two mappings of one file may differ by less than this where tools round them. */
#define PAGE_BYTES UINT64_C(0x1000)

static uint32_t *new_map(size_t count)
{
	uint32_t *map = cpa_memory_new(count, sizeof(*map));

	if (count > 0)
		memset(map, 0xff, count * sizeof(*map)); /* CPA_PROFILE_NONE */
	return map;
}

static void free_maps(struct cpa_graft *graft)
{
	free(graft->string_map);
	free(graft->function_map);
	free(graft->mapping_map);
	free(graft->location_map);
}

void cpa_graft_init(struct cpa_graft *ret_graft, struct cpa_profile *to)
{
	memset(ret_graft, 0, sizeof(*ret_graft));
	ret_graft->to = to;
	(void)cpa_graft_text(ret_graft, "");
}

void cpa_graft_from(struct cpa_graft *graft, const struct cpa_profile *from)
{
	free_maps(graft);
	graft->from = from;
	graft->string_map = new_map(from->strings.count);
	graft->function_map = new_map(from->functions.count);
	graft->mapping_map = new_map(from->mappings.count);
	graft->location_map = new_map(from->locations.count);
}

void cpa_graft_done(struct cpa_graft *graft)
{
	free_maps(graft);
	cpa_intern_done(&graft->strings);
	cpa_intern_done(&graft->functions);
	cpa_intern_done(&graft->mappings);
	cpa_intern_done(&graft->locations);
	free(graft->key);
	memset(graft, 0, sizeof(*graft));
}

uint32_t cpa_graft_text(struct cpa_graft *graft, const char *text)
{
	struct cpa_profile *to = graft->to;
	size_t text_bytes = strlen(text) + 1, begin = to->text.count;
	bool is_new;
	uint32_t string = cpa_intern_add(&graft->strings, text, text_bytes - 1, &is_new);

	if (!is_new)
		return string;
	to->text.items = cpa_memory_room(to->text.items, &to->text.capacity, begin + text_bytes, 1);
	memcpy(to->text.items + begin, text, text_bytes);
	to->text.count += text_bytes;
	*CPA_PROFILE_ADD(&to->strings) = begin;
	return string;
}

uint32_t cpa_graft_string(struct cpa_graft *graft, uint32_t string)
{
	uint32_t *to = &graft->string_map[string];

	if (*to == CPA_PROFILE_NONE)
		*to = cpa_graft_text(graft, cpa_profile_string(graft->from, string));
	return *to;
}

static uint32_t map_function(struct cpa_graft *graft, uint32_t function)
{
	const struct cpa_profile_function *from = &graft->from->functions.items[function];
	struct cpa_profile_function *to;
	struct {
		int64_t start_line;
		uint32_t name, system_name, file, unused;
	} key = {
		.start_line = from->start_line,
		.name = cpa_graft_string(graft, from->name),
		.system_name = cpa_graft_string(graft, from->system_name),
		.file = cpa_graft_string(graft, from->file),
	};
	bool is_new;
	uint32_t index = cpa_intern_add(&graft->functions, &key, sizeof(key), &is_new);

	if (!is_new)
		return index;
	to = CPA_PROFILE_ADD(&graft->to->functions);
	to->id = index + 1;
	to->name = key.name;
	to->system_name = key.system_name;
	to->file = key.file;
	to->start_line = key.start_line;
	if (from->display != NULL)
		to->display = cpa_memory_text(from->display, strlen(from->display));
	return index;
}

static uint32_t graft_function(struct cpa_graft *graft, uint32_t function)
{
	if (function == CPA_PROFILE_NONE)
		return CPA_PROFILE_NONE;
	if (graft->function_map[function] == CPA_PROFILE_NONE)
		graft->function_map[function] = map_function(graft, function);
	return graft->function_map[function];
}

/* A flag of the whole is true only where each part can vouch for it. */
static void join_flags(
	struct cpa_profile_mapping *to, const struct cpa_profile_mapping *from, bool is_new)
{
	to->has_functions = from->has_functions && (is_new || to->has_functions);
	to->has_filenames = from->has_filenames && (is_new || to->has_filenames);
	to->has_line_numbers = from->has_line_numbers && (is_new || to->has_line_numbers);
	to->has_inline_frames = from->has_inline_frames && (is_new || to->has_inline_frames);
}

static uint32_t map_mapping(struct cpa_graft *graft, uint32_t mapping)
{
	const struct cpa_profile_mapping *from = &graft->from->mappings.items[mapping];
	struct cpa_profile_mapping *to;
	uint32_t file = cpa_graft_string(graft, from->file);
	uint32_t build_id = cpa_graft_string(graft, from->build_id);
	struct {
		uint64_t size_bytes, offset;
		uint32_t name, unused;
	} key = {
		.size_bytes = (from->limit - from->start + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1),
		.offset = from->offset,
		.name = build_id != 0 ? build_id : file,
	};
	bool is_new;
	uint32_t index = cpa_intern_add(&graft->mappings, &key, sizeof(key), &is_new);

	if (is_new) {
		to = CPA_PROFILE_ADD(&graft->to->mappings);
		*to = *from;
		to->id = index + 1;
		to->file = file;
		to->build_id = build_id;
	}
	join_flags(&graft->to->mappings.items[index], from, is_new);
	return index;
}

uint32_t cpa_graft_mapping(struct cpa_graft *graft, uint32_t mapping)
{
	if (mapping == CPA_PROFILE_NONE)
		return CPA_PROFILE_NONE;
	if (graft->mapping_map[mapping] == CPA_PROFILE_NONE)
		graft->mapping_map[mapping] = map_mapping(graft, mapping);
	return graft->mapping_map[mapping];
}

struct location_key {
	uint64_t place; /* in its mapping; an address where there is none */
	uint32_t mapping;
	uint32_t is_folded;
};

static uint32_t map_location(struct cpa_graft *graft, uint32_t location)
{
	const struct cpa_profile_location *from = &graft->from->locations.items[location];
	struct cpa_profile_location *to;
	struct location_key head = {.place = from->addr, .is_folded = from->folded};
	size_t lines_bytes = from->line_count * sizeof(struct cpa_profile_line), i;
	struct cpa_profile_line line;
	uint32_t index;
	bool is_new;

	head.mapping = cpa_graft_mapping(graft, from->mapping);
	if (head.mapping != CPA_PROFILE_NONE)
		head.place -= graft->from->mappings.items[from->mapping].start;
	graft->key =
		cpa_memory_room(graft->key, &graft->key_capacity, sizeof(head) + lines_bytes, 1);
	memcpy(graft->key, &head, sizeof(head));
	for (i = 0; i < from->line_count; i++) {
		line = graft->from->lines.items[from->line_begin + i];
		line.function = graft_function(graft, line.function);
		memcpy(graft->key + sizeof(head) + i * sizeof(line), &line, sizeof(line));
	}
	index = cpa_intern_add(&graft->locations, graft->key, sizeof(head) + lines_bytes, &is_new);
	if (!is_new)
		return index;
	to = CPA_PROFILE_ADD(&graft->to->locations);
	to->id = index + 1;
	to->addr = head.place;
	if (head.mapping != CPA_PROFILE_NONE)
		to->addr += graft->to->mappings.items[head.mapping].start;
	to->mapping = head.mapping;
	to->folded = from->folded;
	to->line_begin = (uint32_t)graft->to->lines.count;
	to->line_count = from->line_count;
	for (i = 0; i < from->line_count; i++)
		memcpy(CPA_PROFILE_ADD(&graft->to->lines),
			graft->key + sizeof(head) + i * sizeof(line), sizeof(line));
	return index;
}

uint32_t cpa_graft_location(struct cpa_graft *graft, uint32_t location)
{
	if (graft->location_map[location] == CPA_PROFILE_NONE)
		graft->location_map[location] = map_location(graft, location);
	return graft->location_map[location];
}
