/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which endpoint a request is for, and whether it may be answered.
 * Not here: the answers (page.c, profiles.c, symbol.c).
 */
#ifndef CPA_HTTP_ENDPOINTS_H
#define CPA_HTTP_ENDPOINTS_H

#include "report/http/exchange.h"

#define CPA_HTTP_ENDPOINTS_PREFIX "/debug/pprof/"

/*
 * May it be answered, by what its head says? False: refused, which is the answer. Before its body
 * is waited for, and before _begin.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_http_endpoints_admit(struct cpa_http_exchange *exchange);

/*
 * Answer, or begin to wait (exchange->waits): then cpa_http_endpoints_end or _drop comes
 * after: the time has passed, or nobody is there any more.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_endpoints_begin(struct cpa_http_exchange *exchange);
void cpa_http_endpoints_end(struct cpa_http_exchange *exchange);
void cpa_http_endpoints_drop(struct cpa_http_exchange *exchange);

#endif
