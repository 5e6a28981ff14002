/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens when, for an execution trace: each thread's events, in buffers of its own.
 * Not here: who reads the buffers and when tracing begins (report/tracer.c), the format of the file
 * (report/trace_file.c).
 *
 * A thread writes into a chunk that is its own, without a lock: an event, then the new count. When
 * it is full the thread takes another one from the pool, and the reader gives the full one back. No
 * chunk free: the events until there is one are lost, and counted. The pool is what a trace may
 * take of memory: CPA_TRACE_POOL_BYTES, mapped at the first trace, touched as needed.
 */
#ifndef CPA_SAMPLING_TRACE_H
#define CPA_SAMPLING_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/stacks.h"
#include "sampling/threadcreate.h"

#define CPA_TRACE_POOL_BYTES  ((size_t)32 << 20)
#define CPA_TRACE_TEXT_MAX    1023u /* bytes of a name or message; what is longer is cut */
#define CPA_TRACE_EVENT_BYTES 32u

enum cpa_trace_type {
	CPA_TRACE_BEGIN, /* this thread begins; a: its function's address, stack: its creation */
	CPA_TRACE_END,   /* it ends */
	CPA_TRACE_BLOCK, /* it waits; stack, and a: enum cpa_trace_wait */
	CPA_TRACE_WAKE,  /* it waits no more */
	CPA_TRACE_CPU,   /* a sample of CPU time; stack, a: thread id, b: the sample's time */
	CPA_TRACE_TASK_BEGIN,   /* a: task, b: parent task or 0, text: name */
	CPA_TRACE_TASK_END,     /* a: task */
	CPA_TRACE_REGION_BEGIN, /* a: task or 0, text: name */
	CPA_TRACE_REGION_END,   /* the same */
	CPA_TRACE_LOG, /* a: task or 0, b: bytes of the key, text: key and message together */
};

enum cpa_trace_wait { CPA_TRACE_WAIT_LOCK, CPA_TRACE_WAIT_CONDITION, CPA_TRACE_WAIT_OTHER };

/* In a chunk: this, and the text in as many further places of the same size as it needs. */
struct cpa_trace_event {
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	uint16_t type;
	uint16_t text_bytes;
	cpa_stack_id stack; /* 0: none */
	uint64_t a, b;
};

_Static_assert(sizeof(struct cpa_trace_event) == CPA_TRACE_EVENT_BYTES, "chunks hold whole events");

/* Since start. */
struct cpa_trace_counters {
	uint64_t events; /* drained */
	uint64_t lost;   /* no chunk was free */
};

extern CPA_HIDDEN bool cpa_trace_is_on; /* read it relaxed; cpa_trace_begin and _stop set it */

/*
 * Begin: from now on events are kept. 0, -EBUSY: it has begun, -ENOMEM.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_trace_begin(void);

/*
 * No more events are kept; those that are there can still be read.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_stop(void);

/*
 * Keep an event of this thread, at this moment; or one without text at a moment that was just read
 * from CLOCK_MONOTONIC. text may be NULL.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_add(enum cpa_trace_type type, cpa_stack_id stack, uint64_t a, uint64_t b,
	const char *text, size_t text_bytes);
void cpa_trace_add_at(uint64_t time_ns, enum cpa_trace_type type, cpa_stack_id stack, uint64_t a);

/*
 * The thread begins, which runs this function and was created at that place; it ends, and its chunk
 * is given back.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_thread_begins(cpa_threadcreate_place place, uint64_t function);
void cpa_trace_thread_ends(void);

/* Takes one event and its text; not 0 ends the walk. */
typedef int cpa_trace_visit(
	void *context, uint32_t thread_id, const struct cpa_trace_event *event, const char *text);

/*
 * Visit the events that were kept since the last drain: those of one thread in their order. 0, or
 * what visit returned; the rest is gone then.
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_trace_drain(cpa_trace_visit *visit, void *context);

/*
 * Wait until it is time to drain: many chunks were taken since the last time, somebody pressed, or
 * the time is over. And press.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_wait(uint64_t timeout_ns);
void cpa_trace_press(void);

/*
 * Read the counters.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_trace_counters cpa_trace_count(void);

/*
 * In the child of a fork: no trace, no events.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_postfork_child(void);

#endif
