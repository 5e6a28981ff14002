/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of an execution trace in Go's format (report/trace_out.h describes it), one after the
 * other.
 * Not here: what they mean together (trace2json.c).
 */
#ifndef CPA_CLI_TRACE_READ_H
#define CPA_CLI_TRACE_READ_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "report/profile/memory.h"

#define CPA_TRACE_READ_NUMBERS_MAX 8u

/* Beside those of enum cpa_trace_out_type. */
enum {
	CPA_TRACE_READ_BATCH = 1,
	CPA_TRACE_READ_FREQUENCY = 2,
	CPA_TRACE_READ_STACK = 3,
	CPA_TRACE_READ_STRING = 37,
};

/* A whole file in memory, and where the next record begins. */
struct cpa_trace_read {
	unsigned char *bytes;
	size_t size_bytes;
	size_t at;
};

struct cpa_trace_record {
	uint32_t type;
	size_t offset;
	size_t count; /* of numbers; of a stack those before its frames */
	uint64_t numbers[CPA_TRACE_READ_NUMBERS_MAX];
	const char *text; /* of a string, and of the message of a log; no NUL at its end */
	size_t text_bytes;
	size_t frames_at; /* of a stack: where its frames begin */
};

/*
 * Read a file ("-": standard input). 0 or -EINVAL with the cause in error.
 * Freed with cpa_trace_read_done, whatever came of it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_trace_read_init(
	struct cpa_trace_read *read, const char *path, struct cpa_error *error);
void cpa_trace_read_done(struct cpa_trace_read *read);

/*
 * From the first record on again; the next record: 1, 0 at the end, -EINVAL with the cause in
 * error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_trace_read_rewind(struct cpa_trace_read *read);
CPA_MUST_CHECK int cpa_trace_read_next(
	struct cpa_trace_read *read, struct cpa_trace_record *ret_record, struct cpa_error *error);

/*
 * A number of a stack's frames at *at, which moves on; 0 beyond the end.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_trace_read_number(const struct cpa_trace_read *read, size_t *at);

#endif
