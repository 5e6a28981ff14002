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
	bool failed; /* without memory: what was added since is missing */
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
 * Add a file, from its beginning. 0 or -errno.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_http_buffer_read(struct cpa_http_buffer *buffer, int fd);

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
