/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of an execution trace, in the format that Go 1.19 writes and `go tool trace` reads.
 * Not here: what is said in it (trace_file.c).
 *
 *   "go 1.19 trace" and three NULs, then records:
 *   event    type | (n - 1) << 6, then n numbers; from 4 numbers on the bits are 3 and the count of
 *            their bytes comes first. Numbers are LEB128. The first number of most events is the
 *            time since the event before
 *   batch    [processor, time]: the events that follow are of this processor, until the next batch
 *   string   37, id, length, bytes
 *   stack    [id, n, n times (pc, function, file, line)]: names are ids of strings
 */
#ifndef CPA_REPORT_TRACE_OUT_H
#define CPA_REPORT_TRACE_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "report/fd.h"

#define CPA_TRACE_OUT_STAGED_BYTES ((size_t)32 * 1024)
#define CPA_TRACE_OUT_FRAMES_MAX   1000u /* of a stack: readers refuse more */

/* Go's numbers. */
enum cpa_trace_out_type {
	CPA_TRACE_OUT_GOMAXPROCS = 4,
	CPA_TRACE_OUT_PROC_START = 5,
	CPA_TRACE_OUT_PROC_STOP = 6,
	CPA_TRACE_OUT_GO_CREATE = 13,
	CPA_TRACE_OUT_GO_END = 15,
	CPA_TRACE_OUT_GO_PREEMPT = 18,
	CPA_TRACE_OUT_GO_BLOCK = 20,
	CPA_TRACE_OUT_GO_BLOCK_SYNC = 25,
	CPA_TRACE_OUT_GO_BLOCK_COND = 26,
	CPA_TRACE_OUT_GO_WAITING = 31,
	CPA_TRACE_OUT_HEAP_ALLOC = 33,
	CPA_TRACE_OUT_GO_START_LOCAL = 38,
	CPA_TRACE_OUT_GO_UNBLOCK_LOCAL = 39,
	CPA_TRACE_OUT_TASK_CREATE = 45,
	CPA_TRACE_OUT_TASK_END = 46,
	CPA_TRACE_OUT_REGION = 47,
	CPA_TRACE_OUT_LOG = 48,
	CPA_TRACE_OUT_CPU_SAMPLE = 49,
};

/* Zero-filled but for the sink, to begin. */
struct cpa_trace_out {
	struct cpa_fd_sink sink;
	int error; /* first one */
	uint64_t string_count;
	uint32_t processor; /* of the batch; 0: none yet */
	uint64_t last_ns;   /* time of its last event */
	size_t staged_bytes;
	uint8_t staged[CPA_TRACE_OUT_STAGED_BYTES];
};

/* One frame of a stack, innermost first; names are ids of strings, 0: none. */
struct cpa_trace_out_frame {
	uint64_t pc;
	uint64_t function;
	uint64_t file;
	uint64_t line;
};

/*
 * The head; and at the end the clock's frequency, and what is staged.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_out_begin(struct cpa_trace_out *out);
void cpa_trace_out_end(struct cpa_trace_out *out);

/*
 * An event of a processor (never 0) at a time that is not before that of its event before. numbers
 * are those that follow the time.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_out_event(struct cpa_trace_out *out, uint32_t processor, uint64_t time_ns,
	enum cpa_trace_out_type type, const uint64_t *numbers, size_t count);

/*
 * The text that follows an event of type log.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_out_log_text(struct cpa_trace_out *out, const char *text, size_t text_bytes);

/*
 * A string; returns its id. 0: it is empty, and not written.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_trace_out_string(struct cpa_trace_out *out, const char *text, size_t text_bytes);

/*
 * A stack, by an id that is not 0; frames beyond CPA_TRACE_OUT_FRAMES_MAX are left out.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_out_stack(struct cpa_trace_out *out, uint64_t id,
	const struct cpa_trace_out_frame *frames, size_t count);

#endif
