/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap as it is now, for a page that asks every second, and that page.
 * Not here: the numbers (report/gauges.h), what the page does with them (report/web/src/live.js).
 */
#ifndef CPA_HTTP_LIVE_H
#define CPA_HTTP_LIVE_H

#include <stdbool.h>

#include "report/http/exchange.h"

/*
 * Answer with JSON (docs/schema/cprof-live-1.json); with the page.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_live_answer(struct cpa_http_exchange *exchange);
void cpa_http_live_answer_page(struct cpa_http_exchange *exchange);

/*
 * Was the page built in?
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_live_has_page(void);

#endif
