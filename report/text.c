/* SPDX-License-Identifier: BSD-2-Clause */
/* A report as text that people read and pprof parses. */
#include "report/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "report/frames.h"
#include "report/labelmask.h"
#include "report/maps.h"
#include "report/sort.h"
#include "report/text_out.h"
#include "report/utf8.h"
#include "sampling/labels.h"
#include "sampling/stacks.h"

#define LINE_BYTES 256u

/* What is known of the frame with id i + 1. */
struct name {
	const char *function; /* NULL: nothing */
	uint64_t offset_bytes;
	const struct cpa_maps_module *module;
};

struct writer {
	struct cpa_text_out out;
	struct cpa_arena arena;
	struct cpa_maps maps;
	bool *module_used; /* [maps.count] */
	struct cpa_frames frames;
	struct name *names;   /* [frames.count] */
	const char *function; /* last one named */
	const struct cpa_text_content *content;
	struct cpa_labelmask *mask;
	struct cpa_text_row *rows;
	struct cpa_sort_item *order; /* [row_count], value: index of a row */
	size_t row_count;
	uint64_t sums[CPA_TEXT_NUMBERS_MAX];
};

/* Rows in order, the heaviest first, and their frames. */
static int collect(struct writer *writer)
{
	const struct cpa_text_content *content = writer->content;
	size_t room = content->row_room;

	writer->rows = cpa_arena_alloc(&writer->arena, room * sizeof(*writer->rows));
	writer->order = cpa_arena_alloc(&writer->arena, room * sizeof(*writer->order));
	if (!writer->rows || !writer->order)
		return -ENOMEM;
	while (writer->row_count < room) {
		struct cpa_text_row *row = &writer->rows[writer->row_count];
		const uint64_t *pcs;
		uint32_t depth;

		if (!content->next(content->context, row))
			break;
		if (!cpa_labelmask_keeps(writer->mask, row->label_set))
			continue;
		writer->order[writer->row_count] = (struct cpa_sort_item){
			.key = UINT64_MAX - row->weight, .value = writer->row_count};
		writer->row_count++;
		for (size_t i = 0; i < CPA_TEXT_NUMBERS_MAX; i++)
			writer->sums[i] += row->numbers[i];
		depth = cpa_stacks_get(row->stack, &pcs);
		for (uint32_t i = 0; i < depth; i++)
			if (!cpa_frames_intern(&writer->frames, pcs[i]))
				return -ENOMEM;
	}
	return cpa_sort(&writer->arena, writer->order, writer->row_count);
}

static int take_name(void *context, const struct cpa_frames_place *place)
{
	struct writer *writer = context;
	struct name *name = &writer->names[place->id - 1];

	name->offset_bytes = place->offset_bytes;
	name->module = place->module;
	if (place->module)
		writer->module_used[place->module - writer->maps.modules] = true;
	if (place->function && !place->same_function) {
		writer->function = cpa_arena_strdup(&writer->arena, place->function);
		if (!writer->function)
			return -ENOMEM;
	}
	name->function = place->function ? writer->function : NULL;
	return 0;
}

static void put_frame(struct writer *writer, uint64_t pc)
{
	const struct name *name = &writer->names[cpa_frames_intern(&writer->frames, pc) - 1];

	cpa_text_out_format(&writer->out, "#\t0x%llx", (unsigned long long)(pc - 1));
	if (name->function) {
		cpa_text_out_put(&writer->out, "\t");
		cpa_text_out_clean(&writer->out, name->function);
		if (name->offset_bytes)
			cpa_text_out_format(
				&writer->out, "+0x%llx", (unsigned long long)name->offset_bytes);
		cpa_text_out_put(&writer->out, "\t");
		cpa_text_out_clean(&writer->out, name->module ? name->module->path : "?");
	}
	cpa_text_out_put(&writer->out, "\n");
}

/* In double quotes, as Go's %q for what is printable. */
static void put_quoted(struct writer *writer, const char *text)
{
	char *clean = writer->out.text;

	cpa_utf8_clean(text, clean, sizeof(writer->out.text));
	cpa_text_out_put(&writer->out, "\"");
	while (*clean) {
		size_t plain_bytes = strcspn(clean, "\"\\");
		char kept = clean[plain_bytes];

		clean[plain_bytes] = '\0';
		cpa_text_out_put(&writer->out, clean);
		if (kept)
			cpa_text_out_put(&writer->out, kept == '"' ? "\\\"" : "\\\\");
		clean += plain_bytes + (kept != '\0');
	}
	cpa_text_out_put(&writer->out, "\"");
}

/* # labels: {"key":"value", "key":"value"} */
static void put_labels(struct writer *writer, uint32_t set)
{
	const char *text;
	uint32_t count = cpa_labels_get(set, &text);

	for (uint32_t i = 0; i < count; i++) {
		cpa_text_out_put(&writer->out, i ? ", " : "# labels: {");
		put_quoted(writer, text);
		cpa_text_out_put(&writer->out, ":");
		text = cpa_labels_next(text);
		put_quoted(writer, text);
		text = cpa_labels_next(text);
	}
	if (count)
		cpa_text_out_put(&writer->out, "}\n");
}

static void put_row(struct writer *writer, const struct cpa_text_row *row)
{
	const uint64_t *pcs;
	uint32_t depth = cpa_stacks_get(row->stack, &pcs);
	char numbers[LINE_BYTES];

	writer->content->say_numbers(row->numbers, numbers, sizeof(numbers));
	cpa_text_out_put(&writer->out, numbers);
	cpa_text_out_put(&writer->out, " @");
	for (uint32_t i = 0; i < depth; i++)
		cpa_text_out_format(&writer->out, " 0x%llx", (unsigned long long)pcs[i]);
	cpa_text_out_put(&writer->out, "\n");
	put_labels(writer, row->label_set);
	for (uint32_t i = 0; i < depth; i++)
		put_frame(writer, pcs[i]);
	cpa_text_out_put(&writer->out, "\n");
}

static void put_rows(struct writer *writer)
{
	char head[LINE_BYTES];

	writer->content->say_head(writer->content->context, writer->sums, head, sizeof(head));
	cpa_text_out_put(&writer->out, head);
	cpa_text_out_put(&writer->out, "\n");
	for (size_t i = 0; i < writer->row_count && !writer->out.error; i++)
		put_row(writer, &writer->rows[writer->order[i].value]);
	cpa_text_out_put(&writer->out, "\n");
}

static int put_fact(void *context, const char *line)
{
	struct writer *writer = context;

	cpa_text_out_put(&writer->out, "# ");
	cpa_text_out_clean(&writer->out, line);
	cpa_text_out_put(&writer->out, "\n");
	return writer->out.error;
}

static void put_module(struct writer *writer, const struct cpa_maps_module *module)
{
	cpa_text_out_format(&writer->out, "0x%llx-0x%llx ", (unsigned long long)module->start,
		(unsigned long long)module->limit);
	cpa_text_out_clean(&writer->out, module->path);
	cpa_text_out_format(&writer->out, " (@%llx) ", (unsigned long long)module->file_offset);
	for (uint32_t i = 0; i < module->build_id_bytes; i++)
		cpa_text_out_format(&writer->out, "%02x", module->build_id[i]);
	cpa_text_out_put(&writer->out, "\n");
}

/* Loaded modules first, so that they win where a closed one was at the same address. */
static void put_map(struct writer *writer)
{
	cpa_text_out_put(&writer->out, "\n--- Memory map: ---\n");
	for (uint32_t i = 0; i < writer->maps.count; i++)
		if (writer->maps.modules[i].is_live)
			put_module(writer, &writer->maps.modules[i]);
	for (uint32_t i = 0; i < writer->maps.count; i++)
		if (!writer->maps.modules[i].is_live && writer->module_used[i])
			put_module(writer, &writer->maps.modules[i]);
}

static int prepare(struct writer *writer, const struct cpa_facts *facts, bool names)
{
	int error;

	cpa_maps_refresh();
	error = cpa_maps_copy(&writer->arena, &writer->maps);
	if (!error)
		error = cpa_labelmask_new(&writer->arena, facts->wanted_labels, &writer->mask);
	if (!error)
		error = collect(writer);
	if (error)
		return error;
	writer->module_used = cpa_arena_alloc(&writer->arena, writer->maps.count + 1);
	writer->names = cpa_arena_alloc(
		&writer->arena, (writer->frames.count + 1) * sizeof(*writer->names));
	if (!writer->module_used || !writer->names)
		return -ENOMEM;
	return cpa_frames_resolve(&writer->frames, &writer->maps, names, take_name, writer);
}

static int write_all(struct writer *writer, const struct cpa_facts *facts)
{
	const struct cpa_text_content *content = writer->content;
	int error = 0;

	put_rows(writer);
	if (content->say_tail)
		error = content->say_tail(content->context, put_fact, writer);
	if (!error)
		error = cpa_facts_lines(facts, put_fact, writer);
	put_map(writer);
	cpa_text_out_flush(&writer->out);
	return error ? error : writer->out.error;
}

int cpa_text_write(const struct cpa_facts *facts, const struct cpa_text_content *content,
	bool names, struct cpa_fd_sink sink)
{
	struct cpa_arena arena;
	struct writer *writer;
	int error = -ENOMEM;

	cpa_arena_init(&arena, 0);
	writer = cpa_arena_alloc(&arena, sizeof(*writer));
	if (writer) {
		writer->out.sink = sink;
		writer->content = content;
		cpa_arena_init(&writer->arena, 0);
		cpa_frames_init(&writer->frames);
		error = prepare(writer, facts, names);
		if (!error)
			error = write_all(writer, facts);
		cpa_frames_done(&writer->frames);
		cpa_arena_done(&writer->arena);
	}
	cpa_arena_done(&arena);
	return error;
}
