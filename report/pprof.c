/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap as a pprof file: gzipped protobuf. */
#include "report/pprof.h"

#include <errno.h>
#include <string.h>

#include "report/frames.h"
#include "report/gzip.h"
#include "report/maps.h"
#include "report/profile.pb-c.h"
#include "report/utf8.h"
#include "sampling/heap.h"
#include "sampling/stacks.h"

#define STAGED_BYTES ((size_t)32 * 1024)
#define TEXT_BYTES   ((size_t)16 * 1024)
#define VALUES       4

/*
 * A Profile with one field set, packed, is a piece of the file: pieces written one after another
 * are one message. Strings are numbered as they go out, so nothing is kept.
 */
struct writer {
	ProtobufCBuffer base; /* first: protobuf-c hands us a pointer to it */
	struct cpa_gzip *gzip;
	int error;            /* first one */
	int64_t string_count; /* written so far */
	uint64_t function_count;
	bool names;
	struct cpa_maps maps;
	uint64_t *mapping_ids; /* [maps.count], 0: not yet written */
	uint64_t mapping_count;
	struct cpa_frames frames;
	uint64_t *location_ids; /* [location_room], of the stack being written */
	uint32_t location_room;
	struct cpa_arena arena;
	size_t staged_bytes;
	uint8_t staged[STAGED_BYTES];
	char text[TEXT_BYTES];
};

static void flush(struct writer *writer)
{
	if (!writer->error)
		writer->error = cpa_gzip_write(writer->gzip, writer->staged, writer->staged_bytes);
	writer->staged_bytes = 0;
}

static void append(ProtobufCBuffer *buffer, size_t size_bytes, const uint8_t *bytes)
{
	struct writer *writer = (struct writer *)buffer;

	while (size_bytes) {
		size_t room_bytes = STAGED_BYTES - writer->staged_bytes;
		size_t part_bytes = size_bytes < room_bytes ? size_bytes : room_bytes;

		memcpy(writer->staged + writer->staged_bytes, bytes, part_bytes);
		writer->staged_bytes += part_bytes;
		bytes += part_bytes;
		size_bytes -= part_bytes;
		if (writer->staged_bytes == STAGED_BYTES)
			flush(writer);
	}
}

static void put_piece(struct writer *writer, const Perftools__Profiles__Profile *piece)
{
	(void)perftools__profiles__profile__pack_to_buffer(piece, &writer->base);
}

/* Write a string and return its index. Always valid UTF-8: some readers refuse the whole file
 * otherwise. */
static int64_t put_string(struct writer *writer, const char *text)
{
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	char *clean = writer->text;

	cpa_utf8_clean(text, writer->text, sizeof(writer->text));
	piece.n_string_table = 1;
	piece.string_table = &clean;
	put_piece(writer, &piece);
	return writer->string_count++;
}

static Perftools__Profiles__ValueType put_value_type(
	struct writer *writer, const char *type, const char *unit)
{
	Perftools__Profiles__ValueType value_type = PERFTOOLS__PROFILES__VALUE_TYPE__INIT;

	value_type.type = put_string(writer, type);
	value_type.unit = put_string(writer, unit);
	return value_type;
}

static void put_head(struct writer *writer, const struct cpa_facts *facts)
{
	static const char *const kinds[VALUES][2] = {
		{"alloc_objects", "count"},
		{"alloc_space", "bytes"},
		{"inuse_objects", "count"},
		{"inuse_space", "bytes"},
	};
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__ValueType types[VALUES], period_type;
	Perftools__Profiles__ValueType *type_refs[VALUES];

	(void)put_string(writer, "");
	for (int i = 0; i < VALUES; i++) {
		types[i] = put_value_type(writer, kinds[i][0], kinds[i][1]);
		type_refs[i] = &types[i];
	}
	period_type = put_value_type(writer, "space", "bytes");
	piece.n_sample_type = VALUES;
	piece.sample_type = type_refs;
	piece.period_type = &period_type;
	/* Off is no period; 1 tells the reader that nothing more is to be scaled. */
	piece.period = facts->rate_bytes ? (int64_t)facts->rate_bytes : 1;
	piece.time_nanos = (int64_t)facts->time_ns;
	if (facts->allocs)
		piece.default_sample_type = types[1].type;
	put_piece(writer, &piece);
}

/* The frames of a stack as location ids. False without memory. */
static bool collect_locations(struct writer *writer, cpa_stack_id stack, uint32_t *ret_depth)
{
	const uint64_t *pcs;
	uint32_t depth = cpa_stacks_get(stack, &pcs);

	if (depth > writer->location_room) {
		writer->location_room = depth < 2048 ? 2048 : depth;
		writer->location_ids = cpa_arena_alloc(
			&writer->arena, writer->location_room * sizeof(*writer->location_ids));
		if (!writer->location_ids)
			return false;
	}
	for (uint32_t i = 0; i < depth; i++) {
		writer->location_ids[i] = cpa_frames_intern(&writer->frames, pcs[i]);
		if (!writer->location_ids[i])
			return false;
	}
	*ret_depth = depth;
	return true;
}

/* To the nearest: over many rows the errors cancel. Never below 0, where only float errors lead. */
static int64_t round_value(double value)
{
	return value > 0 ? (int64_t)(value + 0.5) : 0;
}

static void put_row(
	struct writer *writer, const struct cpa_heap_row *row, uint32_t depth, int64_t bytes_key)
{
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__Sample sample = PERFTOOLS__PROFILES__SAMPLE__INIT;
	Perftools__Profiles__Label label = PERFTOOLS__PROFILES__LABEL__INIT;
	Perftools__Profiles__Sample *sample_ref = &sample;
	Perftools__Profiles__Label *label_ref = &label;
	int64_t values[VALUES] = {
		round_value(row->alloc_objects),
		round_value(row->alloc_bytes),
		/* Sums that went up and down again leave a trace of float error. */
		row->inuse_samples ? round_value(row->inuse_objects) : 0,
		row->inuse_samples ? round_value(row->inuse_bytes) : 0,
	};

	label.key = bytes_key;
	label.num = (int64_t)row->mean_req_bytes;
	sample.n_location_id = depth;
	sample.location_id = writer->location_ids;
	sample.n_value = VALUES;
	sample.value = values;
	sample.n_label = 1;
	sample.label = &label_ref;
	piece.n_sample = 1;
	piece.sample = &sample_ref;
	put_piece(writer, &piece);
}

static void put_rows(struct writer *writer)
{
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;
	cpa_stack_id stack = 0;
	uint32_t depth = 0;
	int64_t bytes_key = put_string(writer, "bytes");

	while (!writer->error && cpa_heap_next(&walk, &row)) {
		/* Every birth was taken back: nothing to say of the place. */
		if (!row.alloc_samples)
			continue;
		if (row.stack != stack && !collect_locations(writer, row.stack, &depth)) {
			writer->error = -ENOMEM;
			return;
		}
		stack = row.stack;
		put_row(writer, &row, depth, bytes_key);
	}
}

static uint64_t put_mapping(struct writer *writer, const struct cpa_maps_module *module)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t *id = &writer->mapping_ids[module - writer->maps.modules];
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__Mapping mapping = PERFTOOLS__PROFILES__MAPPING__INIT;
	Perftools__Profiles__Mapping *mapping_ref = &mapping;
	uint64_t bias = module->is_main ? module->bias : 0;
	char build_id[2 * CPA_MAPS_BUILD_ID_MAX + 1];
	char *at = build_id;

	if (*id)
		return *id;
	for (uint32_t i = 0; i < module->build_id_bytes; i++) {
		*at++ = digits[module->build_id[i] >> 4];
		*at++ = digits[module->build_id[i] & 15];
	}
	*at = '\0';
	*id = ++writer->mapping_count;
	mapping.id = *id;
	mapping.memory_start = module->start - bias;
	mapping.memory_limit = module->limit - bias;
	mapping.file_offset = module->file_offset;
	mapping.filename = put_string(writer, module->path);
	if (*build_id)
		mapping.build_id = put_string(writer, build_id);
	mapping.has_functions = writer->names;
	piece.n_mapping = 1;
	piece.mapping = &mapping_ref;
	put_piece(writer, &piece);
	return *id;
}

static void put_function(struct writer *writer, const char *name)
{
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__Function function = PERFTOOLS__PROFILES__FUNCTION__INIT;
	Perftools__Profiles__Function *function_ref = &function;

	function.id = ++writer->function_count;
	function.name = put_string(writer, name);
	function.system_name = function.name;
	piece.n_function = 1;
	piece.function = &function_ref;
	put_piece(writer, &piece);
}

static int put_location(void *context, const struct cpa_frames_place *place)
{
	struct writer *writer = context;
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__Location location = PERFTOOLS__PROFILES__LOCATION__INIT;
	Perftools__Profiles__Line line = PERFTOOLS__PROFILES__LINE__INIT;
	Perftools__Profiles__Location *location_ref = &location;
	Perftools__Profiles__Line *line_ref = &line;

	location.id = place->id;
	location.address = place->address;
	if (place->module) {
		location.mapping_id = put_mapping(writer, place->module);
		if (place->module->is_main)
			location.address -= place->module->bias;
	}
	if (place->function) {
		if (!place->same_function)
			put_function(writer, place->function);
		line.function_id = writer->function_count;
		location.n_line = 1;
		location.line = &line_ref;
	}
	piece.n_location = 1;
	piece.location = &location_ref;
	put_piece(writer, &piece);
	return writer->error;
}

static int put_comment(void *context, const char *text)
{
	struct writer *writer = context;
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	int64_t index = put_string(writer, text);

	piece.n_comment = 1;
	piece.comment = &index;
	put_piece(writer, &piece);
	return writer->error;
}

static int prepare(struct writer *writer, struct cpa_fd_sink sink)
{
	int error;

	writer->base.append = append;
	writer->gzip = cpa_gzip_new(&writer->arena, sink);
	if (!writer->gzip)
		return -ENOMEM;
	cpa_maps_refresh();
	error = cpa_maps_copy(&writer->arena, &writer->maps);
	if (error)
		return error;
	writer->mapping_ids = cpa_arena_alloc(
		&writer->arena, (writer->maps.count + 1) * sizeof(*writer->mapping_ids));
	return writer->mapping_ids ? 0 : -ENOMEM;
}

static int write_all(struct writer *writer, const struct cpa_facts *facts)
{
	int error;

	put_head(writer, facts);
	put_rows(writer);
	/* Whatever occurs in the stacks, readers take the first mapping for the program. */
	if (writer->maps.count)
		(void)put_mapping(writer, &writer->maps.modules[0]);
	if (writer->error)
		return writer->error;
	error = cpa_frames_resolve(
		&writer->frames, &writer->maps, writer->names, put_location, writer);
	if (!error)
		error = cpa_facts_lines(facts, put_comment, writer);
	flush(writer);
	if (!error)
		error = writer->error;
	return error ? error : cpa_gzip_finish(writer->gzip);
}

int cpa_pprof_write(const struct cpa_facts *facts, bool names, struct cpa_fd_sink sink)
{
	struct cpa_arena arena;
	struct writer *writer;
	int error = -ENOMEM;

	cpa_arena_init(&arena, 0);
	writer = cpa_arena_alloc(&arena, sizeof(*writer));
	if (writer) {
		writer->names = names;
		cpa_arena_init(&writer->arena, 0);
		cpa_frames_init(&writer->frames);
		error = prepare(writer, sink);
		if (!error)
			error = write_all(writer, facts);
		cpa_frames_done(&writer->frames);
		cpa_arena_done(&writer->arena);
	}
	cpa_arena_done(&arena);
	return error;
}
