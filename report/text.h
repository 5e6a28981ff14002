/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report as text that people read and pprof parses: what Go serves for debug=1.
 * Not here: what is counted (heaprows.c, countrows.c), the protobuf form (pprof.c).
 *
 * Of the heap the values are raw sample counts and their bytes, as this format demands: the
 * header's "heap/N" tells the reader to scale them for a sampling rate of N/2. Where the rate
 * changed during the run, only the protobuf form is right.
 */
#ifndef CPA_REPORT_TEXT_H
#define CPA_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "report/facts.h"
#include "report/fd.h"
#include "sampling/stacks.h"

#define CPA_TEXT_NUMBERS_MAX 4

struct cpa_text_row {
	cpa_stack_id stack;
	uint32_t label_set;
	uint64_t weight; /* heavy rows come first */
	uint64_t numbers[CPA_TEXT_NUMBERS_MAX];
};

/* What is in the text. Each function is given context. */
struct cpa_text_content {
	size_t row_room;                                           /* rows beyond it are left out */
	bool (*next)(void *context, struct cpa_text_row *ret_row); /* false: no more */
	/* The first line, and what begins the line of a row, before " @ 0x..."; short. */
	void (*say_head)(void *context, const uint64_t *sums, char *ret_text, size_t room_bytes);
	void (*say_numbers)(const uint64_t *numbers, char *ret_text, size_t room_bytes);
	/* Lines after the rows; NULL: none. 0, or what take_line returned. */
	int (*say_tail)(void *context, cpa_facts_line *take_line, void *to);
	void *context;
};

/*
 * Write the text that facts (measured) describe. 0, -ENOMEM, or the sink's error.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_text_write(const struct cpa_facts *facts,
	const struct cpa_text_content *content, bool names, struct cpa_fd_sink sink);

#endif
