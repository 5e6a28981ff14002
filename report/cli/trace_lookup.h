/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the numbers in an execution trace stand for: strings, stacks, and the clock's ticks, which
 * may be anywhere in the file.
 * Not here: the events (trace2json.c), the records (trace_read.h).
 */
#ifndef CPA_CLI_TRACE_LOOKUP_H
#define CPA_CLI_TRACE_LOOKUP_H

#include "report/cli/trace_read.h"
#include "report/profile/intern.h"

struct cpa_trace_lookup {
	const struct cpa_trace_read *read;
	double ns_per_tick;
	uint64_t first_tick;             /* of the first batch; UINT64_MAX: none */
	struct cpa_intern texts, stacks; /* ids */
	struct cpa_trace_text *text_of;  /* [texts.count] */
	size_t *stack_at;                /* [stacks.count], offsets of their records */
	size_t text_room, stack_room;
};

struct cpa_trace_text {
	const char *bytes;
	size_t length_bytes;
};

/* The frames of a stack, one after the other. */
struct cpa_trace_frames {
	struct cpa_trace_read read;
	size_t at, end;
	uint64_t left;
};

/*
 * Read the whole file for them. 0 or -EINVAL with the cause in error. Freed with
 * cpa_trace_lookup_done, whatever came of it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_trace_lookup_init(
	struct cpa_trace_lookup *lookup, struct cpa_trace_read *read, struct cpa_error *error);
void cpa_trace_lookup_done(struct cpa_trace_lookup *lookup);

/*
 * A string by its id, to be freed; "" where there is none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_trace_lookup_text(struct cpa_trace_lookup *lookup, uint64_t id);

/*
 * The frames of a stack by its id, innermost first; and the name of the next function, to be freed;
 * NULL: no more.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
struct cpa_trace_frames cpa_trace_lookup_stack(struct cpa_trace_lookup *lookup, uint64_t id);
char *cpa_trace_lookup_function(struct cpa_trace_lookup *lookup, struct cpa_trace_frames *frames);

#endif
