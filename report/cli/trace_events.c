/* SPDX-License-Identifier: BSD-2-Clause */
/* One event of an execution trace as JSON. */
#include "report/cli/trace_events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/trace_out.h"

static void put_time(struct cpa_trace_events *to, const char *key, uint64_t time)
{
	const struct cpa_trace_lookup *lookup = to->lookup;
	double ns = time > lookup->first_tick
			    ? (double)(time - lookup->first_tick) * lookup->ns_per_tick
			    : 0;

	cpa_cli_json_number(&to->json, key, ns / 1000);
}

/* The innermost function of a stack, to be freed; "" without a stack. */
static char *leaf_of(struct cpa_trace_events *to, uint64_t stack)
{
	struct cpa_trace_frames frames = cpa_trace_lookup_stack(to->lookup, stack);
	char *leaf = cpa_trace_lookup_function(to->lookup, &frames);

	return leaf ? leaf : cpa_memory_text("", 0);
}

static void open_event(struct cpa_trace_events *to, const char *phase, const char *category,
	uint64_t goroutine, uint64_t time)
{
	cpa_cli_json_open(&to->json, NULL, '{');
	cpa_cli_json_text(&to->json, "ph", phase);
	cpa_cli_json_text(&to->json, "cat", category);
	cpa_cli_json_int(&to->json, "pid", 1);
	cpa_cli_json_int(&to->json, "tid", (int64_t)goroutine);
	put_time(to, "ts", time);
}

static void put_stack(struct cpa_trace_events *to, uint64_t stack)
{
	struct cpa_trace_frames frames = cpa_trace_lookup_stack(to->lookup, stack);
	char *name;

	cpa_cli_json_open(&to->json, "args", '{');
	cpa_cli_json_open(&to->json, "stack", '[');
	while ((name = cpa_trace_lookup_function(to->lookup, &frames)) != NULL) {
		cpa_cli_json_text(&to->json, NULL, name);
		free(name);
	}
	cpa_cli_json_close(&to->json, ']');
	cpa_cli_json_close(&to->json, '}');
}

/* A slice that ends now: why, and for a wait the stack. */
void cpa_trace_events_slice(struct cpa_trace_events *to, uint64_t goroutine, const char *what,
	uint64_t stack, uint64_t since, uint64_t until)
{
	char *leaf = leaf_of(to, stack);
	char name[320];

	snprintf(name, sizeof(name), "%s%s%.250s", what, *leaf ? ": " : "", leaf);
	free(leaf);
	open_event(to, "X", "thread", goroutine, since);
	cpa_cli_json_text(&to->json, "name", name);
	cpa_cli_json_number(&to->json, "dur",
		until > since ? (double)(until - since) * to->lookup->ns_per_tick / 1000 : 0);
	if (stack)
		put_stack(to, stack);
	cpa_cli_json_close(&to->json, '}');
}

void cpa_trace_events_name(struct cpa_trace_events *to, uint64_t goroutine, uint64_t stack)
{
	char *leaf = leaf_of(to, stack);
	char name[320];

	snprintf(name, sizeof(name), "%.250s%s%" PRIu64, leaf, *leaf ? " " : "", goroutine);
	free(leaf);
	cpa_cli_json_open(&to->json, NULL, '{');
	cpa_cli_json_text(&to->json, "ph", "M");
	cpa_cli_json_text(&to->json, "name", "thread_name");
	cpa_cli_json_int(&to->json, "pid", 1);
	cpa_cli_json_int(&to->json, "tid", (int64_t)goroutine);
	cpa_cli_json_open(&to->json, "args", '{');
	cpa_cli_json_text(&to->json, "name", name);
	cpa_cli_json_close(&to->json, '}');
	cpa_cli_json_close(&to->json, '}');
}

void cpa_trace_events_region(struct cpa_trace_events *to, uint64_t goroutine,
	const struct cpa_trace_record *record, uint64_t time)
{
	char *name = cpa_trace_lookup_text(to->lookup, record->numbers[3]);

	open_event(to, record->numbers[2] == 0 ? "B" : "E", "region", goroutine, time);
	cpa_cli_json_text(&to->json, "name", name);
	cpa_cli_json_close(&to->json, '}');
	free(name);
}

void cpa_trace_events_task(struct cpa_trace_events *to, uint64_t goroutine,
	const struct cpa_trace_record *record, uint64_t time)
{
	bool begins = record->type == CPA_TRACE_OUT_TASK_CREATE;
	char *name = cpa_trace_lookup_text(to->lookup, begins ? record->numbers[3] : 0);

	open_event(to, begins ? "b" : "e", "task", goroutine, time);
	cpa_cli_json_int(&to->json, "id", (int64_t)record->numbers[1]);
	cpa_cli_json_text(&to->json, "name", name);
	cpa_cli_json_close(&to->json, '}');
	free(name);
}

void cpa_trace_events_message(struct cpa_trace_events *to, uint64_t goroutine,
	const struct cpa_trace_record *record, uint64_t time)
{
	char *key = cpa_trace_lookup_text(to->lookup, record->numbers[2]);
	char *message = cpa_memory_text(record->text, record->text_bytes);

	open_event(to, "i", "message", goroutine, time);
	cpa_cli_json_text(&to->json, "s", "t");
	cpa_cli_json_text(&to->json, "name", key);
	cpa_cli_json_open(&to->json, "args", '{');
	cpa_cli_json_text(&to->json, "message", message);
	cpa_cli_json_close(&to->json, '}');
	cpa_cli_json_close(&to->json, '}');
	free(key);
	free(message);
}

void cpa_trace_events_cpu(struct cpa_trace_events *to, const struct cpa_trace_record *record)
{
	char *leaf = leaf_of(to, record->numbers[4]);

	open_event(to, "i", "cpu", record->numbers[3], record->numbers[1]);
	cpa_cli_json_text(&to->json, "s", "t");
	cpa_cli_json_text(&to->json, "name", *leaf ? leaf : "CPU sample");
	put_stack(to, record->numbers[4]);
	cpa_cli_json_close(&to->json, '}');
	free(leaf);
}

void cpa_trace_events_heap(struct cpa_trace_events *to, uint64_t bytes, uint64_t time)
{
	open_event(to, "C", "heap", 0, time);
	cpa_cli_json_text(&to->json, "name", "heap");
	cpa_cli_json_open(&to->json, "args", '{');
	cpa_cli_json_int(&to->json, "allocated_bytes", (int64_t)bytes);
	cpa_cli_json_close(&to->json, '}');
	cpa_cli_json_close(&to->json, '}');
}
