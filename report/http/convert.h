/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The profile that an exchange has, with lines in it, or as a page: made by cprof.
 * Not here: the profile (profiles.c), when cprof runs (jobs.h).
 */
#ifndef CPA_HTTP_CONVERT_H
#define CPA_HTTP_CONVERT_H

#include "report/http/exchange.h"

/*
 * Can exchange->wanted be had at all? False, and refused: it is a page, and nobody can make it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_http_convert_can(struct cpa_http_exchange *exchange);

/*
 * The content is a profile: begin to make of it what is wanted, and wait (exchange->waits); or
 * leave it as it is. A profile that comes without lines is told in one line on standard error.
 *
 * @limit_ns  how long it may take
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
void cpa_http_convert_begin(struct cpa_http_exchange *exchange, uint64_t limit_ns);

/*
 * It is there, or the time has passed: the answer; or nobody is there any more: only tidy up.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
void cpa_http_convert_end(struct cpa_http_exchange *exchange);
void cpa_http_convert_drop(struct cpa_http_exchange *exchange);

#endif
