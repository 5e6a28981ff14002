/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Endpoint symbol: names for the addresses in a query or a body.
 * Not here: finding them (report/lookup.h).
 */
#ifndef CPA_HTTP_SYMBOL_H
#define CPA_HTTP_SYMBOL_H

#include "report/http/exchange.h"

/*
 * Answer.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_symbol_answer(struct cpa_http_exchange *exchange);

#endif
