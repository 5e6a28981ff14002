/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stacks and the names that an execution trace refers to: numbers while it is written, what
 * they stand for at its end.
 * Not here: the events (trace_file.c), finding names (frames.c).
 */
#ifndef CPA_REPORT_TRACE_NAMES_H
#define CPA_REPORT_TRACE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/frames.h"
#include "report/trace_out.h"
#include "sampling/stacks.h"

/* Zero-filled but for the arena and out, to begin. */
struct cpa_trace_names {
	struct cpa_arena *arena;
	struct cpa_trace_out *out;
	struct cpa_frames stacks; /* stacks, and addresses of functions, by number */
	struct cpa_frames texts;  /* hashes of the texts written so far, by number */
	uint64_t *text_ids;       /* [text_room]: ids of these in the file */
	size_t text_room;
};

/*
 * The number of a stack (0: none); of a stack of one function, that begins at this address (0:
 * unknown, "[thread]"); or of a text, which is written when it is new (empty: 0). 0 without memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
uint64_t cpa_trace_names_stack(struct cpa_trace_names *names, cpa_stack_id stack);
uint64_t cpa_trace_names_function(struct cpa_trace_names *names, uint64_t address);
uint64_t cpa_trace_names_text(struct cpa_trace_names *names, const char *text, size_t text_bytes);

/*
 * Write all stacks, with the names of functions where with_names. 0 or -ENOMEM.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_trace_names_end(struct cpa_trace_names *names, bool with_names);

/*
 * Give back what is not in the arena.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_names_done(struct cpa_trace_names *names);

#endif
