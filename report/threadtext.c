/* SPDX-License-Identifier: BSD-2-Clause */
/* A dump of the program's threads in the form of a Go program's panic. */
#include "report/threadtext.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "report/frames.h"
#include "report/maps.h"
#include "report/text_out.h"
#include "report/threadrows.h"
#include "sampling/stacks.h"
#include "sampling/threadcreate.h"

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
	struct cpa_frames frames;
	struct name *names;   /* [frames.count] */
	const char *function; /* last one named */
};

static int intern_stack(struct writer *writer, cpa_stack_id stack)
{
	const uint64_t *pcs;
	uint32_t depth = cpa_stacks_get(stack, &pcs);

	for (uint32_t i = 0; i < depth; i++)
		if (!cpa_frames_intern(&writer->frames, pcs[i]))
			return -ENOMEM;
	return 0;
}

static int take_name(void *context, const struct cpa_frames_place *place)
{
	struct writer *writer = context;
	struct name *name = &writer->names[place->id - 1];

	name->offset_bytes = place->offset_bytes;
	name->module = place->module;
	if (place->function && !place->same_function) {
		writer->function = cpa_arena_strdup(&writer->arena, place->function);
		if (!writer->function)
			return -ENOMEM;
	}
	name->function = place->function ? writer->function : NULL;
	return 0;
}

static int prepare(struct writer *writer, const struct cpa_threads_dump *dump, bool names)
{
	int error;

	cpa_maps_refresh();
	error = cpa_maps_copy(&writer->arena, &writer->maps);
	for (size_t i = 0; i < dump->count && !error; i++) {
		error = intern_stack(writer, dump->rows[i].stack);
		if (!error && dump->rows[i].place)
			error = intern_stack(writer, cpa_threadcreate_stack(dump->rows[i].place));
	}
	if (error)
		return error;
	writer->names = cpa_arena_alloc(
		&writer->arena, (writer->frames.count + 1) * sizeof(*writer->names));
	if (!writer->names)
		return -ENOMEM;
	return cpa_frames_resolve(&writer->frames, &writer->maps, names, take_name, writer);
}

/* Without names of functions, that of the file. */
static const char *title_of(const struct name *name)
{
	const char *slash;

	if (name->function)
		return name->function;
	if (!name->module)
		return "?";
	slash = strrchr(name->module->path, '/');
	return slash ? slash + 1 : name->module->path;
}

static void put_frame(struct writer *writer, uint64_t pc, const char *before, const char *after)
{
	const struct name *name = &writer->names[cpa_frames_intern(&writer->frames, pc) - 1];

	cpa_text_out_put(&writer->out, before);
	cpa_text_out_clean(&writer->out, title_of(name));
	cpa_text_out_put(&writer->out, after);
	cpa_text_out_format(&writer->out, "\n\t??:0 +0x%llx\n",
		(unsigned long long)(name->function ? name->offset_bytes : pc - 1));
}

static void put_head(struct writer *writer, const struct cpa_threads_row *row)
{
	char name[CPA_PROCTASK_NAME_BYTES];

	memcpy(name, row->name, sizeof(name));
	for (char *at = name; *at; at++)
		if (strchr("[](),", *at))
			*at = '_';
	cpa_text_out_format(
		&writer->out, "goroutine %u [%s", row->tid, cpa_threadrows_state(row->state));
	if (*name) {
		cpa_text_out_put(&writer->out, " (");
		cpa_text_out_clean(&writer->out, name);
		cpa_text_out_put(&writer->out, ")");
	}
	cpa_text_out_put(&writer->out, "]:\n");
}

static void put_thread(struct writer *writer, const struct cpa_threads_row *row)
{
	const uint64_t *pcs;
	uint32_t depth = cpa_stacks_get(row->stack, &pcs);

	put_head(writer, row);
	for (uint32_t i = 0; i < depth; i++)
		put_frame(writer, pcs[i], "", "(...)");
	if (row->place) {
		(void)cpa_stacks_get(cpa_threadcreate_stack(row->place), &pcs);
		put_frame(writer, pcs[0], "created by ", "");
	}
	cpa_text_out_put(&writer->out, "\n");
}

int cpa_threadtext_write(const struct cpa_threads_dump *dump, bool names, struct cpa_fd_sink sink)
{
	struct cpa_arena arena;
	struct writer *writer;
	int error = -ENOMEM;

	cpa_arena_init(&arena, 0);
	writer = cpa_arena_alloc(&arena, sizeof(*writer));
	if (writer) {
		writer->out.sink = sink;
		cpa_arena_init(&writer->arena, 0);
		cpa_frames_init(&writer->frames);
		error = prepare(writer, dump, names);
		for (size_t i = 0; i < dump->count && !error && !writer->out.error; i++)
			put_thread(writer, &dump->rows[i]);
		cpa_text_out_flush(&writer->out);
		if (!error)
			error = writer->out.error;
		cpa_frames_done(&writer->frames);
		cpa_arena_done(&writer->arena);
	}
	cpa_arena_done(&arena);
	return error;
}
