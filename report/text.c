/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap as text that people read and pprof parses. */
#include "report/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "report/frames.h"
#include "report/maps.h"
#include "report/sort.h"
#include "report/utf8.h"
#include "sampling/heap.h"
#include "sampling/stacks.h"

#define STAGED_BYTES ((size_t)32 * 1024)
#define TEXT_BYTES   ((size_t)16 * 1024)
#define LATE_ROWS    1024u /* room for buckets born while we count */

/* One bucket, as sampled. */
struct record {
	uint64_t alloc_samples;
	uint64_t alloc_bytes;
	uint64_t inuse_samples;
	uint64_t inuse_bytes;
	cpa_stack_id stack;
};

/* What is known of the frame with id i + 1. */
struct name {
	const char *function; /* NULL: nothing */
	uint64_t offset_bytes;
	const struct cpa_maps_module *module;
};

struct writer {
	struct cpa_fd_sink sink;
	int error; /* first one */
	struct cpa_arena arena;
	struct cpa_maps maps;
	bool *module_used; /* [maps.count] */
	struct cpa_frames frames;
	struct name *names;   /* [frames.count] */
	const char *function; /* last one named */
	struct record *records;
	struct cpa_sort_item *order; /* [record_count], value: index of a record */
	size_t record_count;
	double alloc_objects, alloc_bytes, inuse_objects; /* estimates, for the totals */
	size_t staged_bytes;
	char staged[STAGED_BYTES];
	char text[TEXT_BYTES];
};

static void flush(struct writer *writer)
{
	if (!writer->error && writer->staged_bytes)
		writer->error = writer->sink.write(
			writer->sink.context, writer->staged, writer->staged_bytes);
	writer->staged_bytes = 0;
}

static void put(struct writer *writer, const char *text)
{
	size_t text_bytes = strlen(text);

	while (text_bytes) {
		size_t room_bytes = STAGED_BYTES - writer->staged_bytes;
		size_t part_bytes = text_bytes < room_bytes ? text_bytes : room_bytes;

		memcpy(writer->staged + writer->staged_bytes, text, part_bytes);
		writer->staged_bytes += part_bytes;
		text += part_bytes;
		text_bytes -= part_bytes;
		if (writer->staged_bytes == STAGED_BYTES)
			flush(writer);
	}
}

/* Numbers and short words only: names and paths go through put_clean. */
CPA_PRINTF(2, 3) static void put_format(struct writer *writer, const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	put(writer, line);
}

static void put_clean(struct writer *writer, const char *text)
{
	cpa_utf8_clean(text, writer->text, sizeof(writer->text));
	put(writer, writer->text);
}

static unsigned long long round_value(double value)
{
	return value > 0 ? (unsigned long long)(value + 0.5) : 0;
}

static size_t count_rows(void)
{
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;
	size_t count = 0;

	while (cpa_heap_next(&walk, &row))
		count++;
	return count;
}

/* Where every allocation is a sample the sums are exact; else a mean is all that is known of the
 * samples. */
static struct record make_record(const struct cpa_heap_row *row, bool exact)
{
	return (struct record){
		.alloc_samples = row->alloc_samples,
		.alloc_bytes = exact ? round_value(row->alloc_bytes)
				     : row->alloc_samples * row->mean_req_bytes,
		.inuse_samples = row->inuse_samples,
		.inuse_bytes = exact ? round_value(row->inuse_bytes)
				     : row->inuse_samples * row->mean_req_bytes,
		.stack = row->stack,
	};
}

/* Buckets into records, the most memory in use first. */
static int collect(struct writer *writer, bool exact)
{
	size_t room = count_rows() + LATE_ROWS;
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;

	writer->records = cpa_arena_alloc(&writer->arena, room * sizeof(*writer->records));
	writer->order = cpa_arena_alloc(&writer->arena, room * sizeof(*writer->order));
	if (!writer->records || !writer->order)
		return -ENOMEM;
	while (writer->record_count < room && cpa_heap_next(&walk, &row)) {
		size_t at = writer->record_count;
		const uint64_t *pcs;
		uint32_t depth = cpa_stacks_get(row.stack, &pcs);

		if (!row.alloc_samples)
			continue;
		writer->records[at] = make_record(&row, exact);
		writer->order[at] = (struct cpa_sort_item){
			.key = UINT64_MAX - writer->records[at].inuse_bytes,
			.value = at,
		};
		writer->record_count++;
		writer->alloc_objects += row.alloc_objects;
		writer->alloc_bytes += row.alloc_bytes;
		writer->inuse_objects += row.inuse_samples ? row.inuse_objects : 0;
		for (uint32_t i = 0; i < depth; i++)
			if (!cpa_frames_intern(&writer->frames, pcs[i]))
				return -ENOMEM;
	}
	return cpa_sort(&writer->arena, writer->order, writer->record_count);
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

	put_format(writer, "#\t0x%llx", (unsigned long long)(pc - 1));
	if (name->function) {
		put(writer, "\t");
		put_clean(writer, name->function);
		if (name->offset_bytes)
			put_format(writer, "+0x%llx", (unsigned long long)name->offset_bytes);
		put(writer, "\t");
		put_clean(writer, name->module ? name->module->path : "?");
	}
	put(writer, "\n");
}

static void put_record(struct writer *writer, const struct record *record)
{
	const uint64_t *pcs;
	uint32_t depth = cpa_stacks_get(record->stack, &pcs);

	put_format(writer, "%llu: %llu [%llu: %llu] @", (unsigned long long)record->inuse_samples,
		(unsigned long long)record->inuse_bytes, (unsigned long long)record->alloc_samples,
		(unsigned long long)record->alloc_bytes);
	for (uint32_t i = 0; i < depth; i++)
		put_format(writer, " 0x%llx", (unsigned long long)pcs[i]);
	put(writer, "\n");
	for (uint32_t i = 0; i < depth; i++)
		put_frame(writer, pcs[i]);
	put(writer, "\n");
}

static void put_records(struct writer *writer, const struct cpa_facts *facts)
{
	unsigned long long inuse_samples = 0, inuse_bytes = 0, alloc_samples = 0, alloc_bytes = 0;

	for (size_t i = 0; i < writer->record_count; i++) {
		const struct record *record = &writer->records[i];

		inuse_samples += record->inuse_samples;
		inuse_bytes += record->inuse_bytes;
		alloc_samples += record->alloc_samples;
		alloc_bytes += record->alloc_bytes;
	}
	put_format(writer, "heap profile: %llu: %llu [%llu: %llu] @ heap/%llu\n", inuse_samples,
		inuse_bytes, alloc_samples, alloc_bytes,
		2 * (unsigned long long)(facts->rate_bytes ? facts->rate_bytes : 1));
	for (size_t i = 0; i < writer->record_count && !writer->error; i++)
		put_record(writer, &writer->records[writer->order[i].value]);
}

static void put_stat(struct writer *writer, const char *key, uint64_t value)
{
	put_format(writer, "# %s = %llu\n", key, (unsigned long long)value);
}

/* Go's keys, in Go's order, with what comes nearest here; 0 for its garbage collector. */
static void put_stats(struct writer *writer, const struct cpa_facts *facts)
{
	const struct cpa_snapshot_totals *totals = &facts->totals;
	uint64_t alloc_objects = round_value(writer->alloc_objects);
	uint64_t inuse_objects = round_value(writer->inuse_objects);

	put(writer, "\n# runtime.MemStats\n");
	put_stat(writer, "Alloc", totals->allocated_bytes);
	put_stat(writer, "TotalAlloc", round_value(writer->alloc_bytes));
	put_stat(writer, "Sys", totals->mapped_bytes);
	put_stat(writer, "Lookups", 0);
	put_stat(writer, "Mallocs", alloc_objects);
	put_stat(
		writer, "Frees", alloc_objects > inuse_objects ? alloc_objects - inuse_objects : 0);
	put_stat(writer, "HeapAlloc", totals->allocated_bytes);
	put_stat(writer, "HeapSys", totals->mapped_bytes);
	put_stat(writer, "HeapIdle",
		totals->mapped_bytes > totals->active_bytes
			? totals->mapped_bytes - totals->active_bytes
			: 0);
	put_stat(writer, "HeapInuse", totals->active_bytes);
	put_stat(writer, "HeapReleased", totals->retained_bytes);
	put_stat(writer, "HeapObjects", inuse_objects);
	put(writer, "# Stack = 0 / 0\n# MSpan = 0 / 0\n# MCache = 0 / 0\n");
	put_stat(writer, "BuckHashSys", facts->store_used_bytes);
	put_stat(writer, "GCSys", 0);
	put_stat(writer, "OtherSys", totals->metadata_bytes);
	put(writer, "# NextGC = 0\n# LastGC = 0\n# PauseNs = []\n# PauseEnd = []\n# NumGC = 0\n"
		    "# NumForcedGC = 0\n# GCCPUFraction = 0\n# DebugGC = false\n");
	put_stat(writer, "MaxRSS", facts->peak_rss_bytes);
}

static int put_fact(void *context, const char *line)
{
	struct writer *writer = context;

	put(writer, "# ");
	put_clean(writer, line);
	put(writer, "\n");
	return writer->error;
}

static void put_module(struct writer *writer, const struct cpa_maps_module *module)
{
	put_format(writer, "0x%llx-0x%llx ", (unsigned long long)module->start,
		(unsigned long long)module->limit);
	put_clean(writer, module->path);
	put_format(writer, " (@%llx) ", (unsigned long long)module->file_offset);
	for (uint32_t i = 0; i < module->build_id_bytes; i++)
		put_format(writer, "%02x", module->build_id[i]);
	put(writer, "\n");
}

/* Loaded modules first, so that they win where a closed one was at the same address. */
static void put_map(struct writer *writer)
{
	put(writer, "\n--- Memory map: ---\n");
	for (uint32_t i = 0; i < writer->maps.count; i++)
		if (writer->maps.modules[i].is_live)
			put_module(writer, &writer->maps.modules[i]);
	for (uint32_t i = 0; i < writer->maps.count; i++)
		if (!writer->maps.modules[i].is_live && writer->module_used[i])
			put_module(writer, &writer->maps.modules[i]);
}

static int prepare(struct writer *writer, bool names, bool exact)
{
	int error;

	cpa_maps_refresh();
	error = cpa_maps_copy(&writer->arena, &writer->maps);
	if (!error)
		error = collect(writer, exact);
	if (error)
		return error;
	writer->module_used = cpa_arena_alloc(&writer->arena, writer->maps.count + 1);
	writer->names = cpa_arena_alloc(
		&writer->arena, (writer->frames.count + 1) * sizeof(*writer->names));
	if (!writer->module_used || !writer->names)
		return -ENOMEM;
	return cpa_frames_resolve(&writer->frames, &writer->maps, names, take_name, writer);
}

int cpa_text_write(const struct cpa_facts *facts, bool names, struct cpa_fd_sink sink)
{
	struct cpa_arena arena;
	struct writer *writer;
	int error = -ENOMEM;

	cpa_arena_init(&arena, 0);
	writer = cpa_arena_alloc(&arena, sizeof(*writer));
	if (writer) {
		writer->sink = sink;
		cpa_arena_init(&writer->arena, 0);
		cpa_frames_init(&writer->frames);
		error = prepare(writer, names, facts->rate_bytes == 1);
		if (!error) {
			put_records(writer, facts);
			put_stats(writer, facts);
			error = cpa_facts_lines(facts, put_fact, writer);
			put_map(writer);
			flush(writer);
		}
		if (!error)
			error = writer->error;
		cpa_frames_done(&writer->frames);
		cpa_arena_done(&writer->arena);
	}
	cpa_arena_done(&arena);
	return error;
}
