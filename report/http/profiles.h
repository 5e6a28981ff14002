/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The endpoints that give profiles: by name, of this moment or of the next seconds, and CPU time.
 * Not here: which endpoint a path is (endpoints.c).
 */
#ifndef CPA_HTTP_PROFILES_H
#define CPA_HTTP_PROFILES_H

#include "report/http/exchange.h"

/*
 * Answer for a profile's name, or for CPU time; or begin to wait (exchange->waits).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_profiles_begin(struct cpa_http_exchange *exchange, const char *name);
void cpa_http_profiles_begin_cpu(struct cpa_http_exchange *exchange);

/*
 * The time has passed: answer, or begin to wait again (convert.h). Or nobody is there any more:
 * only tidy up, if anything is.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_profiles_end(struct cpa_http_exchange *exchange);
void cpa_http_profiles_drop(struct cpa_http_exchange *exchange);

#endif
