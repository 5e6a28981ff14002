/* SPDX-License-Identifier: BSD-2-Clause */
/* A pprof file: gzipped protobuf. */
#include "report/pprof.h"

#include <errno.h>
#include <string.h>

#include "report/frames.h"
#include "report/labelmask.h"
#include "report/maps.h"
#include "report/pprof_labels.h"
#include "report/pprof_out.h"
#include "sampling/stacks.h"

/* A frame as it will be written, when the place of all is known. */
struct location {
	uint64_t address;
	uint32_t mapping_id;  /* 0: in no file */
	uint32_t function_id; /* 0: not named */
};

struct writer {
	struct cpa_pprof_out out;
	uint64_t function_count;
	bool names;
	struct cpa_maps maps;
	uint64_t *mapping_ids; /* [maps.count], 0: not yet written */
	uint64_t mapping_count;
	struct cpa_frames frames;
	uint64_t *location_ids; /* [location_room], of the stack being written */
	uint32_t location_room;
	struct location *locations; /* [frames.count], by id - 1 */
	struct cpa_pprof_labels labels;
	struct cpa_labelmask *mask;
	struct cpa_arena arena;
};

static void put_piece(struct writer *writer, const Perftools__Profiles__Profile *piece)
{
	cpa_pprof_out_piece(&writer->out, piece);
}

static int64_t put_string(struct writer *writer, const char *text)
{
	return cpa_pprof_out_string(&writer->out, text);
}

static Perftools__Profiles__ValueType put_value_type(
	struct writer *writer, const char *type, const char *unit)
{
	Perftools__Profiles__ValueType value_type = PERFTOOLS__PROFILES__VALUE_TYPE__INIT;

	value_type.type = put_string(writer, type);
	value_type.unit = put_string(writer, unit);
	return value_type;
}

static void put_head(struct writer *writer, const struct cpa_facts *facts,
	const struct cpa_pprof_content *content)
{
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__ValueType types[CPA_PPROF_VALUES_MAX], period_type;
	Perftools__Profiles__ValueType *type_refs[CPA_PPROF_VALUES_MAX];

	(void)put_string(writer, "");
	for (uint32_t i = 0; i < content->type_count; i++) {
		const struct cpa_pprof_type *type = &content->types[i];

		types[i] = put_value_type(writer, type->type, type->unit);
		type_refs[i] = &types[i];
		if (content->default_type && !strcmp(content->default_type, type->type))
			piece.default_sample_type = types[i].type;
	}
	period_type = put_value_type(writer, content->period_type.type, content->period_type.unit);
	piece.n_sample_type = content->type_count;
	piece.sample_type = type_refs;
	piece.period_type = &period_type;
	piece.period = content->period;
	piece.time_nanos = (int64_t)facts->time_ns;
	piece.duration_nanos = (int64_t)content->duration_ns;
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

static void put_row(struct writer *writer, const struct cpa_pprof_row *row, uint32_t depth,
	uint32_t type_count, int64_t bytes_key)
{
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__Sample sample = PERFTOOLS__PROFILES__SAMPLE__INIT;
	Perftools__Profiles__Label labels[1 + CPA_PPROF_LABELS_MAX];
	Perftools__Profiles__Label *label_refs[1 + CPA_PPROF_LABELS_MAX];
	Perftools__Profiles__Sample *sample_ref = &sample;
	int64_t values[CPA_PPROF_VALUES_MAX];
	int count = cpa_pprof_labels_collect(&writer->labels, row, labels + 1);

	if (count < 0) {
		writer->out.error = -ENOMEM;
		return;
	}
	for (int i = 0; i <= count; i++)
		label_refs[i] = &labels[i];
	perftools__profiles__label__init(&labels[0]);
	labels[0].key = bytes_key;
	labels[0].num = (int64_t)row->bytes;
	memcpy(values, row->values, sizeof(values));
	sample.n_location_id = depth;
	sample.location_id = writer->location_ids;
	sample.n_value = type_count;
	sample.value = values;
	sample.n_label = (size_t)count + row->has_bytes;
	sample.label = label_refs + !row->has_bytes;
	piece.n_sample = 1;
	piece.sample = &sample_ref;
	put_piece(writer, &piece);
}

static void put_rows(struct writer *writer, const struct cpa_pprof_content *content)
{
	struct cpa_pprof_row row;
	cpa_stack_id stack = 0;
	uint32_t depth = 0;
	int64_t bytes_key = 0;

	while (!writer->out.error && content->next(content->context, &row)) {
		if (!cpa_labelmask_keeps(writer->mask, row.label_set))
			continue;
		if (row.stack != stack && !collect_locations(writer, row.stack, &depth)) {
			writer->out.error = -ENOMEM;
			return;
		}
		stack = row.stack;
		if (row.has_bytes && !bytes_key)
			bytes_key = put_string(writer, "bytes");
		put_row(writer, &row, depth, content->type_count, bytes_key);
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

/* Frames come in order of address; some readers, such as Parca, want locations in order of id. */
static int place_location(void *context, const struct cpa_frames_place *place)
{
	struct writer *writer = context;
	struct location *location = &writer->locations[place->id - 1];

	location->address = place->address;
	if (place->module) {
		location->mapping_id = (uint32_t)put_mapping(writer, place->module);
		if (place->module->is_main)
			location->address -= place->module->bias;
	}
	if (place->function) {
		if (!place->same_function)
			put_function(writer, place->function);
		location->function_id = (uint32_t)writer->function_count;
	}
	return writer->out.error;
}

static void put_location(struct writer *writer, uint32_t id)
{
	const struct location *from = &writer->locations[id - 1];
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	Perftools__Profiles__Location location = PERFTOOLS__PROFILES__LOCATION__INIT;
	Perftools__Profiles__Line line = PERFTOOLS__PROFILES__LINE__INIT;
	Perftools__Profiles__Location *location_ref = &location;
	Perftools__Profiles__Line *line_ref = &line;

	location.id = id;
	location.address = from->address;
	location.mapping_id = from->mapping_id;
	if (from->function_id) {
		line.function_id = from->function_id;
		location.n_line = 1;
		location.line = &line_ref;
	}
	piece.n_location = 1;
	piece.location = &location_ref;
	put_piece(writer, &piece);
}

static int put_locations(struct writer *writer)
{
	int error;

	writer->locations =
		cpa_arena_alloc(&writer->arena, writer->frames.count * sizeof(*writer->locations));
	if (!writer->locations)
		return -ENOMEM;
	error = cpa_frames_resolve(
		&writer->frames, &writer->maps, writer->names, place_location, writer);
	for (uint32_t id = 1; !error && id <= writer->frames.count; id++) {
		put_location(writer, id);
		error = writer->out.error;
	}
	return error;
}

static int put_comment(void *context, const char *text)
{
	struct writer *writer = context;
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	int64_t index = put_string(writer, text);

	piece.n_comment = 1;
	piece.comment = &index;
	put_piece(writer, &piece);
	return writer->out.error;
}

static int prepare(
	struct writer *writer, const struct cpa_facts *facts, struct cpa_fd_sink sink)
{
	int error;

	writer->labels.out = &writer->out;
	writer->labels.arena = &writer->arena;
	writer->out.gzip = cpa_gzip_new(&writer->arena, sink);
	if (!writer->out.gzip)
		return -ENOMEM;
	cpa_maps_refresh();
	error = cpa_maps_copy(&writer->arena, &writer->maps);
	if (!error)
		error = cpa_labelmask_new(&writer->arena, facts->wanted_labels, &writer->mask);
	if (error)
		return error;
	writer->mapping_ids = cpa_arena_alloc(
		&writer->arena, (writer->maps.count + 1) * sizeof(*writer->mapping_ids));
	return writer->mapping_ids ? 0 : -ENOMEM;
}

static int write_all(struct writer *writer, const struct cpa_facts *facts,
	const struct cpa_pprof_content *content)
{
	int error;

	put_head(writer, facts, content);
	put_rows(writer, content);
	/* Whatever occurs in the stacks, readers take the first mapping for the program. */
	if (writer->maps.count)
		(void)put_mapping(writer, &writer->maps.modules[0]);
	if (writer->out.error)
		return writer->out.error;
	error = put_locations(writer);
	if (!error)
		error = cpa_facts_lines(facts, put_comment, writer);
	cpa_pprof_out_flush(&writer->out);
	if (!error)
		error = writer->out.error;
	return error ? error : cpa_gzip_finish(writer->out.gzip);
}

int cpa_pprof_write(const struct cpa_facts *facts, const struct cpa_pprof_content *content,
	bool names, struct cpa_fd_sink sink)
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
		error = prepare(writer, facts, sink);
		if (!error)
			error = write_all(writer, facts, content);
		cpa_frames_done(&writer->frames);
		cpa_arena_done(&writer->arena);
	}
	cpa_arena_done(&arena);
	return error;
}
