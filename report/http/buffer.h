/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A body that grows while it is written, so that an error can still become the status.
 * Not here: sending it (connection.c).
 */
#ifndef CPA_HTTP_BUFFER_H
#define CPA_HTTP_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "report/fd.h"

/* Zero-filled: empty. */
struct cpa_http_buffer {
	char *bytes;
	size_t used_bytes;
	size_t room_bytes;
	bool failed;    /* without memory: what was added since is missing */
	bool is_mapped; /* from a file: nothing can be added */
};

/*
 * Add bytes, or text; take all of it away.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_buffer_add(struct cpa_http_buffer *buffer, const void *bytes, size_t size_bytes);
void cpa_http_buffer_say(struct cpa_http_buffer *buffer, const char *format, ...) CPA_PRINTF(2, 3);
void cpa_http_buffer_done(struct cpa_http_buffer *buffer);

/*
 * All of a file, not copied, into an empty buffer. What is written to the file later shows; fd may
 * be closed. 0 or -errno.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_http_buffer_map(struct cpa_http_buffer *buffer, int fd);

/*
 * Take away what was a buffer's bytes; is_mapped is NULL where it was false. Of the form that
 * libevent calls.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_buffer_free(const void *bytes, size_t size_bytes, void *is_mapped);

/*
 * Add text with <, >, &, ' and " as HTML wants them.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_buffer_escape(struct cpa_http_buffer *buffer, const char *text);

/*
 * A sink that adds to the buffer.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_fd_sink cpa_http_buffer_sink(struct cpa_http_buffer *buffer);

#endif
