/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The endpoint that gives an execution trace.
 * Not here: the trace (report/tracer.h).
 */
#ifndef CPA_HTTP_TRACE_H
#define CPA_HTTP_TRACE_H

#include "report/http/exchange.h"

/*
 * Begin a trace and wait (exchange->waits), or refuse; the time has passed: answer; or nobody is
 * there any more: only tidy up.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
void cpa_http_trace_begin(struct cpa_http_exchange *exchange);
void cpa_http_trace_end(struct cpa_http_exchange *exchange);
void cpa_http_trace_drop(struct cpa_http_exchange *exchange);

#endif
