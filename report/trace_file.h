/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said in an execution trace: events of threads as a story that readers believe.
 * Not here: where the events come from (sampling/trace.h), the bytes (trace_out.c), when a trace
 * begins and ends (tracer.c).
 *
 * In Go's words a thread is a goroutine and, at the same time, the processor it runs on: its events
 * need no order with those of others. A reader refuses the whole file where a goroutine wakes that
 * did not wait, so each thread has a state, and what an event that was lost has left out is said
 * too. Threads that were there before the trace began come in with their first event.
 */
#ifndef CPA_REPORT_TRACE_FILE_H
#define CPA_REPORT_TRACE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/fd.h"
#include "sampling/trace.h"

struct cpa_trace_file;

/*
 * A new file, which begins at start_ns (CLOCK_MONOTONIC). NULL: no memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
struct cpa_trace_file *cpa_trace_file_new(
	struct cpa_arena *arena, uint64_t start_ns, struct cpa_fd_sink sink);

/*
 * Say an event: a cpa_trace_visit, whose context is the file. 0 or the first error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_trace_file_event(
	void *file, uint32_t thread_id, const struct cpa_trace_event *event, const char *text);

/*
 * Say how large the heap is, as a thread of ours sees it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_trace_file_heap(
	struct cpa_trace_file *file, uint32_t thread_id, uint64_t time_ns, uint64_t bytes);

/*
 * Say what was lost, and all stacks and names, and end the file. 0 or the first error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_trace_file_end(struct cpa_trace_file *file, uint32_t thread_id,
	uint64_t time_ns, uint64_t lost_count, bool names);

#endif
