/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One event of an execution trace as JSON, in the form of Chrome's trace viewer.
 * Not here: which events there are, and what runs when (trace2json.c).
 */
#ifndef CPA_CLI_TRACE_EVENTS_H
#define CPA_CLI_TRACE_EVENTS_H

#include "report/cli/json.h"
#include "report/cli/trace_lookup.h"

struct cpa_trace_events {
	struct cpa_cli_json json;
	struct cpa_trace_lookup *lookup;
};

/*
 * The row of a goroutine, named by the function it begins with; a time that it ran or waited,
 * and the stack of the wait; regions, tasks and messages of the program; a CPU sample; the heap.
 * Times are ticks of the trace.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_trace_events_name(struct cpa_trace_events *to, uint64_t goroutine, uint64_t stack);
void cpa_trace_events_slice(struct cpa_trace_events *to, uint64_t goroutine, const char *what,
	uint64_t stack, uint64_t since, uint64_t until);
void cpa_trace_events_region(struct cpa_trace_events *to, uint64_t goroutine,
	const struct cpa_trace_record *record, uint64_t time);
void cpa_trace_events_task(struct cpa_trace_events *to, uint64_t goroutine,
	const struct cpa_trace_record *record, uint64_t time);
void cpa_trace_events_message(struct cpa_trace_events *to, uint64_t goroutine,
	const struct cpa_trace_record *record, uint64_t time);
void cpa_trace_events_cpu(struct cpa_trace_events *to, const struct cpa_trace_record *record);
void cpa_trace_events_heap(struct cpa_trace_events *to, uint64_t bytes, uint64_t time);

#endif
