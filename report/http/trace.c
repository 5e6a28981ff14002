/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The endpoint that gives an execution trace. It is written to a file in memory, which only this
 * thread's table of descriptors has, and sent from there when it is complete: not copied, so that
 * other clients need not wait.
 */
#include "report/http/trace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECONDS_MAX 3600.0

/* As Go reads it: any number above 0, else 1. */
static double read_seconds(const struct cpa_http_exchange *exchange)
{
	char text[CPA_HTTP_QUERY_VALUE_MAX];
	double seconds;

	if (!cpa_http_exchange_get(exchange, "seconds", text) ||
		!cpa_http_query_fraction(text, &seconds) || seconds <= 0)
		return 1;
	return seconds < SECONDS_MAX ? seconds : SECONDS_MAX;
}

void cpa_http_trace_begin(struct cpa_http_exchange *exchange)
{
	char text[160];
	int error;

	exchange->trace_fd = memfd_create("cprofalloc-trace", MFD_CLOEXEC);
	error = exchange->trace_fd < 0 ? -errno
				       : exchange->service->trace_start(exchange->trace_fd);
	if (!error) {
		exchange->waits = CPA_HTTP_WAITS_TRACE;
		exchange->wait_ns = (uint64_t)(read_seconds(exchange) * 1e9);
		return;
	}
	if (exchange->trace_fd >= 0)
		(void)close(exchange->trace_fd);
	(void)snprintf(text, sizeof(text), "Could not enable tracing: %s",
		error == -EBUSY ? "runtime error: tracing is already enabled"
				: strerrordesc_np(-error));
	cpa_http_exchange_refuse(exchange, 500, text);
}

static void stop(struct cpa_http_exchange *exchange)
{
	(void)close(exchange->trace_fd);
	exchange->waits = CPA_HTTP_WAITS_NOT;
}

void cpa_http_trace_end(struct cpa_http_exchange *exchange)
{
	int error = exchange->service->trace_stop();

	exchange->status = 200;
	exchange->type = "application/octet-stream";
	cpa_http_exchange_header(exchange, "Content-Disposition", "attachment; filename=\"trace\"");
	if (!error)
		error = cpa_http_buffer_map(&exchange->content, exchange->trace_fd);
	if (error)
		cpa_http_exchange_refuse(exchange, 500, "failed to write the trace");
	stop(exchange);
}

void cpa_http_trace_drop(struct cpa_http_exchange *exchange)
{
	(void)exchange->service->trace_stop();
	stop(exchange);
}
