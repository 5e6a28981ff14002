/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request and its answer, whatever carries them.
 * Not here: what is answered (endpoints.c), the bytes on the wire (connection.c).
 *
 * Begun, an exchange is answered at once, or wants to be ended when wait_ns have passed, or sooner,
 * when it makes its waiter active. Ended, it may want the same once more. Meanwhile it may be
 * dropped, when nobody is there any more to be answered.
 */
#ifndef CPA_HTTP_EXCHANGE_H
#define CPA_HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/http/buffer.h"
#include "report/http/query.h"
#include "report/http/request.h"
#include "report/service.h"

enum cpa_http_waits {
	CPA_HTTP_WAITS_NOT,
	CPA_HTTP_WAITS_DELTA,
	CPA_HTTP_WAITS_CPU,
	CPA_HTTP_WAITS_TRACE,
	CPA_HTTP_WAITS_JOB
};

enum cpa_http_wanted {
	CPA_HTTP_WANTS_PROFILE, /* as the library writes it */
	CPA_HTTP_WANTS_LINES,   /* and with lines and inlined frames */
	CPA_HTTP_WANTS_PAGE     /* a flame graph of it */
};

struct event;

struct cpa_http_exchange {
	const struct cpa_service *service;
	const struct cpa_service_order *order;
	const char *host; /* configured; NULL: none */
	bool checks_host; /* listens on this machine's own addresses only */
	const struct cpa_http_request *request;
	const char *form; /* parameters in the body; "": none */
	const char *body; /* [body_bytes] */
	size_t body_bytes;
	struct event *waiter; /* whose callback ends it */

	/* The answer. */
	int status;
	const char *type;
	char headers[640]; /* others, each with its CRLF */
	struct cpa_http_buffer content;

	/* What is waited for. */
	enum cpa_http_waits waits;
	uint64_t wait_ns;
	char name[128]; /* of the profile */
	enum cpa_http_wanted wanted;
	bool names;
	char labels[CPA_HTTP_QUERY_VALUE_MAX + 1]; /* report/http/labels.h */
	bool keeps_inuse;
	bool has_mutex; /* it switched the profile on, and off again */
	bool has_block;
	struct cpa_delta_copy *earlier;
	int trace_fd;
	struct cpa_http_job *job;
};

/*
 * Answer with an error as Go's pprof does: text, and a newline after it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_exchange_refuse(struct cpa_http_exchange *exchange, int status, const char *text);

/*
 * The value of a parameter, of a form first. False, and "": there is none.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_exchange_get(const struct cpa_http_exchange *exchange, const char *key,
	char ret_value[CPA_HTTP_QUERY_VALUE_MAX]);

/*
 * Is there such a parameter, whether its value can be read or not?
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_exchange_has(const struct cpa_http_exchange *exchange, const char *key);

/*
 * As a number; 0 where there is none or it cannot be read, as in Go.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cpa_http_exchange_number(const struct cpa_http_exchange *exchange, const char *key);

/*
 * Add "NAME: VALUE". A value that does not fit is left out.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_http_exchange_header(struct cpa_http_exchange *exchange, const char *name,
	const char *format, ...) CPA_PRINTF(3, 4);

/*
 * What HTTP calls a status, "Not Found".
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_http_exchange_reason(int status);

#endif
