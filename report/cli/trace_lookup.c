/* SPDX-License-Identifier: BSD-2-Clause */
/* What the numbers in an execution trace stand for. */
#include "report/cli/trace_lookup.h"

#include <stdlib.h>

/* The number of an id; UINT32_MAX: not there. */
static uint32_t find(struct cpa_intern *ids, uint64_t id, size_t known)
{
	uint32_t number = cpa_intern_add(ids, &id, sizeof(id), NULL);

	return number < known ? number : UINT32_MAX;
}

static void note_text(struct cpa_trace_lookup *lookup, const struct cpa_trace_record *record)
{
	uint32_t number = cpa_intern_add(
		&lookup->texts, &record->numbers[0], sizeof(record->numbers[0]), NULL);

	lookup->text_of = cpa_memory_grow(
		lookup->text_of, &lookup->text_room, number + (size_t)1, sizeof(*lookup->text_of));
	lookup->text_of[number] = (struct cpa_trace_text){record->text, record->text_bytes};
}

static void note_stack(struct cpa_trace_lookup *lookup, const struct cpa_trace_record *record)
{
	uint32_t number = cpa_intern_add(
		&lookup->stacks, &record->numbers[0], sizeof(record->numbers[0]), NULL);

	lookup->stack_at = cpa_memory_grow(lookup->stack_at, &lookup->stack_room,
		number + (size_t)1, sizeof(*lookup->stack_at));
	lookup->stack_at[number] = record->offset;
}

int cpa_trace_lookup_init(
	struct cpa_trace_lookup *lookup, struct cpa_trace_read *read, struct cpa_error *error)
{
	struct cpa_trace_record record;
	int result;

	*lookup =
		(struct cpa_trace_lookup){.read = read, .ns_per_tick = 1, .first_tick = UINT64_MAX};
	while ((result = cpa_trace_read_next(read, &record, error)) == 1) {
		if (record.type == CPA_TRACE_READ_STRING)
			note_text(lookup, &record);
		else if (record.type == CPA_TRACE_READ_STACK && record.count == 2)
			note_stack(lookup, &record);
		else if (record.type == CPA_TRACE_READ_FREQUENCY && record.numbers[0] > 0)
			lookup->ns_per_tick = 1e9 / (double)record.numbers[0];
		else if (record.type == CPA_TRACE_READ_BATCH && record.count == 2 &&
			 record.numbers[1] < lookup->first_tick)
			lookup->first_tick = record.numbers[1];
	}
	cpa_trace_read_rewind(read);
	return result;
}

void cpa_trace_lookup_done(struct cpa_trace_lookup *lookup)
{
	cpa_intern_done(&lookup->texts);
	cpa_intern_done(&lookup->stacks);
	free(lookup->text_of);
	free(lookup->stack_at);
	*lookup = (struct cpa_trace_lookup){0};
}

char *cpa_trace_lookup_text(struct cpa_trace_lookup *lookup, uint64_t id)
{
	uint32_t number = find(&lookup->texts, id, lookup->text_room);

	if (number == UINT32_MAX || !lookup->text_of[number].bytes)
		return cpa_memory_text("", 0);
	return cpa_memory_text(lookup->text_of[number].bytes, lookup->text_of[number].length_bytes);
}

struct cpa_trace_frames cpa_trace_lookup_stack(struct cpa_trace_lookup *lookup, uint64_t id)
{
	uint32_t number = id ? find(&lookup->stacks, id, lookup->stack_room) : UINT32_MAX;
	struct cpa_trace_frames frames = {.read = *lookup->read};
	struct cpa_error error = {""};
	struct cpa_trace_record record;

	if (number == UINT32_MAX || !lookup->stack_at[number])
		return frames;
	frames.read.at = lookup->stack_at[number];
	if (cpa_trace_read_next(&frames.read, &record, &error) != 1)
		return frames;
	frames.at = record.frames_at;
	frames.end = frames.read.at;
	frames.left = record.numbers[1];
	return frames;
}

char *cpa_trace_lookup_function(struct cpa_trace_lookup *lookup, struct cpa_trace_frames *frames)
{
	uint64_t function;

	if (frames->left == 0 || frames->at >= frames->end)
		return NULL;
	frames->left--;
	(void)cpa_trace_read_number(&frames->read, &frames->at); /* pc */
	function = cpa_trace_read_number(&frames->read, &frames->at);
	(void)cpa_trace_read_number(&frames->read, &frames->at); /* file */
	(void)cpa_trace_read_number(&frames->read, &frames->at); /* line */
	return cpa_trace_lookup_text(lookup, function);
}
