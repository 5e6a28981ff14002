/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of an HTTP request: what it asks for, or with which status it is refused.
 * Not here: its parameters (query.h), the answer (endpoints.h), the connection (connection.c).
 *
 * Our own and not evhttp's: that one bounds no number of connections, answers bad requests with
 * pages of its own, and cannot be tried without a socket.
 */
#ifndef CPA_HTTP_REQUEST_H
#define CPA_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_HTTP_LINE_BYTES_MAX 8192u  /* of the request line */
#define CPA_HTTP_HEAD_BYTES_MAX 32768u /* of the whole head */
#define CPA_HTTP_BODY_BYTES_MAX (1u << 20)

enum cpa_http_method { CPA_HTTP_GET, CPA_HTTP_HEAD, CPA_HTTP_POST, CPA_HTTP_OTHER };

struct cpa_http_request {
	enum cpa_http_method method;
	char path[CPA_HTTP_LINE_BYTES_MAX]; /* decoded; may hold NULs */
	size_t path_bytes;
	char query[CPA_HTTP_LINE_BYTES_MAX]; /* as it came, without the '?' */
	char host[256];                      /* of the target, else of the header; "": none */
	char authorization[600];
	uint64_t body_bytes;
	bool has_form; /* the body is parameters too */
	bool is_1_0; /* of HTTP/1.0: closes, unless it asks for more */
	bool keep_alive;
	bool expects_continue;
};

/*
 * Read a head. Returns its length with the empty line; 0: there is more to come; negative: minus
 * the HTTP status it is refused with (400, 411, 413, 414, 431, 505).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK long cpa_http_request_parse(
	const char *bytes, size_t size_bytes, struct cpa_http_request *ret_request);

#endif
