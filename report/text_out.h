/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a text, collected and passed to a sink.
 * Not here: what the text says (text.c, threadtext.c).
 */
#ifndef CPA_REPORT_TEXT_OUT_H
#define CPA_REPORT_TEXT_OUT_H

#include <stddef.h>

#include "base/compiler.h"
#include "report/fd.h"

/* Zero-filled but for the sink. Large: for an arena. */
struct cpa_text_out {
	struct cpa_fd_sink sink;
	int error; /* first one */
	size_t staged_bytes;
	char staged[(size_t)32 * 1024];
	char text[(size_t)16 * 1024]; /* the last one that was cleaned */
};

/*
 * Add a text as it is; numbers and short words by a format, at most 255 bytes; or a name or path
 * from outside, without what a terminal or a reader could stumble over.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_text_out_put(struct cpa_text_out *out, const char *text);
void cpa_text_out_format(struct cpa_text_out *out, const char *format, ...) CPA_PRINTF(2, 3);
void cpa_text_out_clean(struct cpa_text_out *out, const char *text);

/*
 * Pass on what is collected.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_text_out_flush(struct cpa_text_out *out);

#endif
