/* SPDX-License-Identifier: BSD-2-Clause */
/* The stacks and the names that an execution trace refers to. */
#include "report/trace_names.h"

#include <errno.h>
#include <string.h>

#include "report/maps.h"

/* A key among the stacks that is no stack but the address of a function. */
#define IS_FUNCTION ((uint64_t)1 << 63)

/* What is known of the frame with id i + 1, for the file. */
struct names {
	struct cpa_trace_names *of;
	const struct cpa_maps *maps;
	struct cpa_trace_out_frame *frames; /* [frame count] */
	uint64_t *files;                    /* [maps->count]: ids of paths, 0: not yet written */
	uint64_t function;                  /* id of the last one named */
};

uint64_t cpa_trace_names_stack(struct cpa_trace_names *names, cpa_stack_id stack)
{
	return stack ? cpa_frames_intern(&names->stacks, stack) : 0;
}

uint64_t cpa_trace_names_function(struct cpa_trace_names *names, uint64_t address)
{
	return cpa_frames_intern(&names->stacks, address | IS_FUNCTION);
}

static uint64_t hash_text(const char *text, size_t text_bytes)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < text_bytes; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return hash;
}

static bool make_text_room(struct cpa_trace_names *names, size_t count)
{
	size_t room = names->text_room ? names->text_room * 2 : 1024;
	uint64_t *larger;

	if (count <= names->text_room)
		return true;
	larger = cpa_arena_alloc(names->arena, room * sizeof(*larger));
	if (!larger)
		return false;
	if (names->text_room)
		memcpy(larger, names->text_ids, names->text_room * sizeof(*larger));
	names->text_ids = larger;
	names->text_room = room;
	return true;
}

uint64_t cpa_trace_names_text(struct cpa_trace_names *names, const char *text, size_t text_bytes)
{
	uint32_t number;

	if (!text_bytes)
		return 0;
	number = cpa_frames_intern(&names->texts, hash_text(text, text_bytes));
	if (!number || !make_text_room(names, number))
		return 0;
	if (!names->text_ids[number - 1])
		names->text_ids[number - 1] = cpa_trace_out_string(names->out, text, text_bytes);
	return names->text_ids[number - 1];
}

/* The frames of a key among the stacks. */
static uint32_t frames_of(uint64_t key, uint64_t *ret_one, const uint64_t **ret_pcs)
{
	if (!(key & IS_FUNCTION))
		return cpa_stacks_get((cpa_stack_id)key, ret_pcs);
	/* A return address, as all others: one byte is taken off again. */
	*ret_one = key == IS_FUNCTION ? CPA_STACKS_PSEUDO_THREAD : (key & ~IS_FUNCTION) + 1;
	*ret_pcs = ret_one;
	return 1;
}

static int take_name(void *context, const struct cpa_frames_place *place)
{
	struct names *names = context;
	struct cpa_trace_names *of = names->of;
	struct cpa_trace_out_frame *frame = &names->frames[place->id - 1];

	/* Readers take 0 for a stack that is not known. */
	frame->pc = place->address ? place->address : CPA_STACKS_PSEUDO_END;
	if (place->function && !place->same_function)
		names->function =
			cpa_trace_names_text(of, place->function, strlen(place->function));
	frame->function = place->function ? names->function : 0;
	if (place->module) {
		uint64_t *file = &names->files[place->module - names->maps->modules];

		if (!*file)
			*file = cpa_trace_names_text(
				of, place->module->path, strlen(place->module->path));
		frame->file = *file;
	}
	return of->out->error;
}

static int put_stacks(struct cpa_trace_names *names, struct cpa_frames *frames,
	const struct cpa_trace_out_frame *known)
{
	static struct cpa_trace_out_frame list[CPA_TRACE_OUT_FRAMES_MAX]; /* one trace at a time */

	for (uint32_t i = 0; i < names->stacks.count; i++) {
		const uint64_t *pcs;
		uint64_t one;
		uint32_t depth = frames_of(names->stacks.pcs[i], &one, &pcs);

		if (depth > CPA_TRACE_OUT_FRAMES_MAX)
			depth = CPA_TRACE_OUT_FRAMES_MAX;
		for (uint32_t j = 0; j < depth; j++)
			list[j] = known[cpa_frames_intern(frames, pcs[j]) - 1];
		cpa_trace_out_stack(names->out, i + 1, list, depth);
	}
	return names->out->error;
}

static int put_all(struct cpa_trace_names *of, struct cpa_frames *frames,
	const struct cpa_maps *maps, bool with_names)
{
	struct names names = {.of = of, .maps = maps};
	int error;

	for (uint32_t i = 0; i < of->stacks.count; i++) {
		const uint64_t *pcs;
		uint64_t one;
		uint32_t depth = frames_of(of->stacks.pcs[i], &one, &pcs);

		for (uint32_t j = 0; j < depth; j++)
			if (!cpa_frames_intern(frames, pcs[j]))
				return -ENOMEM;
	}
	names.frames = cpa_arena_alloc(of->arena, (frames->count + 1) * sizeof(*names.frames));
	names.files = cpa_arena_alloc(of->arena, (maps->count + 1) * sizeof(*names.files));
	if (!names.frames || !names.files)
		return -ENOMEM;
	error = cpa_frames_resolve(frames, maps, with_names, take_name, &names);
	return error ? error : put_stacks(of, frames, names.frames);
}

int cpa_trace_names_end(struct cpa_trace_names *names, bool with_names)
{
	struct cpa_frames frames;
	struct cpa_maps maps;
	int error;

	cpa_frames_init(&frames);
	cpa_maps_refresh();
	error = cpa_maps_copy(names->arena, &maps);
	if (!error)
		error = put_all(names, &frames, &maps, with_names);
	cpa_frames_done(&frames);
	return error;
}

void cpa_trace_names_done(struct cpa_trace_names *names)
{
	cpa_frames_done(&names->stacks);
	cpa_frames_done(&names->texts);
}
