/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof trace2json: an execution trace for the viewers that read Chrome's JSON, such as Perfetto.
 * Not here: the records (trace_read.c), each event's form (trace_events.c), what the library writes
 * (report/trace_file.c).
 *
 * A goroutine, which is a thread of a C program, is a row: slices where it runs and where it waits,
 * with the stack of the wait, regions in the slices, messages and CPU samples as marks. Tasks are
 * asynchronous slices, the heap a counter. Times count from the first event.
 */
#include <stdlib.h>
#include <string.h>

#include "report/cli/options.h"
#include "report/cli/out.h"
#include "report/cli/say.h"
#include "report/cli/trace_events.h"
#include "report/cli/trace_lookup.h"
#include "report/cli/trace_read.h"
#include "report/profile/intern.h"
#include "report/trace_out.h"

/* Go's events that only its own programs have, but which end or begin a slice as ours do. */
enum {
	GO_START = 14,
	GO_STOP = 16,
	GO_SCHED = 17,
	GO_SLEEP = 19,
	GO_UNBLOCK = 21,
	GO_BLOCK_SEND = 22,
	GO_BLOCK_GC = 42,
	GO_SYS_BLOCK = 30,
	GO_START_LABEL = 41,
};

struct row {
	bool runs, waits;
	uint64_t since;
	uint64_t stack; /* of the wait */
	const char *why;
};

struct processor {
	uint64_t time;      /* of its last event */
	uint64_t goroutine; /* that runs there; 0: none */
};

struct convert {
	struct cpa_trace_read read;
	struct cpa_trace_lookup lookup;
	struct cpa_trace_events to;
	struct cpa_intern rows, processors; /* goroutines, processors by number */
	struct row *row_of;
	struct processor *processor_of;
	size_t row_room, processor_room;
	struct processor *processor; /* of the batch */
};

static uint32_t number_of(struct cpa_intern *ids, uint64_t id)
{
	return cpa_intern_add(ids, &id, sizeof(id), NULL);
}

static struct row *row_of(struct convert *convert, uint64_t goroutine)
{
	uint32_t number = number_of(&convert->rows, goroutine);

	convert->row_of = cpa_memory_grow(
		convert->row_of, &convert->row_room, number + 1, sizeof(struct row));
	return &convert->row_of[number];
}

static void start(struct convert *convert, uint64_t goroutine, uint64_t time)
{
	struct row *row = row_of(convert, goroutine);

	if (row->waits)
		cpa_trace_events_slice(
			&convert->to, goroutine, row->why, row->stack, row->since, time);
	*row = (struct row){.runs = true, .since = time};
	convert->processor->goroutine = goroutine;
}

/* The goroutine that runs here stops; why is NULL where it ends, or only gives way. */
static void stop(struct convert *convert, const char *why, uint64_t stack, uint64_t time)
{
	uint64_t goroutine = convert->processor->goroutine;
	struct row *row;

	convert->processor->goroutine = 0;
	if (goroutine == 0)
		return;
	row = row_of(convert, goroutine);
	if (row->runs)
		cpa_trace_events_slice(&convert->to, goroutine, "running", 0, row->since, time);
	*row = (struct row){.waits = why != NULL, .since = time, .stack = stack, .why = why};
}

/* Why a goroutine stops at an event; NULL: it does not wait after that, or it does not stop. */
static const char *why_of(uint32_t type)
{
	switch (type) {
	case CPA_TRACE_OUT_GO_BLOCK_SYNC:
		return "waiting for a lock";
	case CPA_TRACE_OUT_GO_BLOCK_COND:
		return "waiting for a condition";
	case GO_SLEEP:
		return "sleeping";
	case GO_SYS_BLOCK:
		return "in a system call";
	default:
		return type == CPA_TRACE_OUT_GO_BLOCK ||
				       (type >= GO_BLOCK_SEND && type <= GO_BLOCK_GC)
			       ? "waiting"
			       : NULL;
	}
}

static void convert_event(
	struct convert *convert, const struct cpa_trace_record *record, uint64_t time)
{
	const uint64_t *numbers = record->numbers;

	switch (record->type) {
	case CPA_TRACE_OUT_GO_CREATE:
		cpa_trace_events_name(&convert->to, numbers[1], numbers[2]);
		break;
	case CPA_TRACE_OUT_GO_WAITING:
		*row_of(convert, numbers[1]) =
			(struct row){.waits = true, .since = time, .why = "waiting"};
		break;
	case CPA_TRACE_OUT_GO_START_LOCAL:
	case GO_START:
	case GO_START_LABEL:
		start(convert, numbers[1], time);
		break;
	case CPA_TRACE_OUT_GO_END:
	case GO_STOP:
	case GO_SCHED:
	case CPA_TRACE_OUT_GO_PREEMPT:
		stop(convert, NULL, 0, time);
		break;
	case CPA_TRACE_OUT_GO_BLOCK:
	case CPA_TRACE_OUT_GO_BLOCK_SYNC:
	case CPA_TRACE_OUT_GO_BLOCK_COND:
	case GO_SLEEP:
	case GO_BLOCK_SEND:
	case GO_BLOCK_SEND + 1:
	case GO_BLOCK_SEND + 2:
	case CPA_TRACE_OUT_GO_BLOCK_COND + 1:
	case GO_BLOCK_GC:
	case GO_SYS_BLOCK:
		stop(convert, why_of(record->type), numbers[1], time);
		break;
	case CPA_TRACE_OUT_HEAP_ALLOC:
		cpa_trace_events_heap(&convert->to, numbers[1], time);
		break;
	case CPA_TRACE_OUT_TASK_CREATE:
	case CPA_TRACE_OUT_TASK_END:
		cpa_trace_events_task(&convert->to, convert->processor->goroutine, record, time);
		break;
	case CPA_TRACE_OUT_REGION:
		cpa_trace_events_region(&convert->to, convert->processor->goroutine, record, time);
		break;
	case CPA_TRACE_OUT_LOG:
		cpa_trace_events_message(&convert->to, convert->processor->goroutine, record, time);
		break;
	case CPA_TRACE_OUT_CPU_SAMPLE:
		cpa_trace_events_cpu(&convert->to, record);
		break;
	default:
		break;
	}
}

/* A new batch: the processor goes on where it was. */
static void begin_batch(struct convert *convert, const struct cpa_trace_record *record)
{
	uint32_t number = number_of(&convert->processors, record->numbers[0]);

	convert->processor_of = cpa_memory_grow(convert->processor_of, &convert->processor_room,
		number + (size_t)1, sizeof(struct processor));
	convert->processor = &convert->processor_of[number];
	convert->processor->time = record->numbers[1];
}

/* What still runs or waits where the trace ends. */
static void finish(struct convert *convert, uint64_t time)
{
	for (size_t i = 0; i < convert->processors.count; i++) {
		convert->processor = &convert->processor_of[i];
		stop(convert, NULL, 0, time);
	}
	for (uint32_t i = 0; i < convert->rows.count; i++) {
		const struct row *row = &convert->row_of[i];
		uint64_t goroutine;
		size_t length_bytes;

		if (!row->waits)
			continue;
		memcpy(&goroutine, cpa_intern_get(&convert->rows, i, &length_bytes),
			sizeof(goroutine));
		cpa_trace_events_slice(
			&convert->to, goroutine, row->why, row->stack, row->since, time);
	}
}

static int convert_events(struct convert *convert, struct cpa_error *error)
{
	struct cpa_trace_record record;
	uint64_t last = 0;
	int result;

	cpa_cli_json_open(&convert->to.json, NULL, '{');
	cpa_cli_json_text(&convert->to.json, "displayTimeUnit", "ns");
	cpa_cli_json_open(&convert->to.json, "traceEvents", '[');
	while ((result = cpa_trace_read_next(&convert->read, &record, error)) == 1) {
		if (record.type == CPA_TRACE_READ_BATCH) {
			begin_batch(convert, &record);
			continue;
		}
		if (record.type <= CPA_TRACE_READ_STACK || record.type == CPA_TRACE_READ_STRING ||
			!convert->processor)
			continue;
		convert->processor->time += record.numbers[0];
		convert_event(convert, &record, convert->processor->time);
		if (convert->processor->time > last)
			last = convert->processor->time;
	}
	finish(convert, last);
	cpa_cli_json_close(&convert->to.json, ']');
	cpa_cli_json_close(&convert->to.json, '}');
	putc('\n', convert->to.json.file);
	return result;
}

static void done(struct convert *convert)
{
	cpa_trace_lookup_done(&convert->lookup);
	cpa_trace_read_done(&convert->read);
	cpa_intern_done(&convert->rows);
	cpa_intern_done(&convert->processors);
	free(convert->row_of);
	free(convert->processor_of);
}

static int convert_file(const char *path, const char *output)
{
	struct convert convert = {0};
	struct cpa_error error = {""};
	struct cpa_cli_out out;
	int result = cpa_trace_read_init(&convert.read, path, &error);

	if (result == 0)
		result = cpa_trace_lookup_init(&convert.lookup, &convert.read, &error);
	if (result == 0 && cpa_cli_out_begin(&out, output, true)) {
		convert.to.json.file = out.file;
		convert.to.lookup = &convert.lookup;
		result = convert_events(&convert, &error);
		result = cpa_cli_out_end(&out, result == 0 ? CPA_CLI_OK : CPA_CLI_USAGE);
	} else if (result == 0) {
		result = CPA_CLI_USAGE;
	}
	if (error.text[0] != '\0') {
		cpa_cli_say("%s", error.text);
		result = CPA_CLI_USAGE;
	}
	done(&convert);
	return result;
}

int cpa_cli_trace2json(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	const char *output = NULL;
	const struct cpa_cli_option options[] = {
		{"o", CPA_CLI_TEXT, &output, 0},
		{"output", CPA_CLI_TEXT, &output, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	int file_count;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, 1))
		return CPA_CLI_USAGE;
	return convert_file(argv[0], output);
}
