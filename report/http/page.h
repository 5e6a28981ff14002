/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index page: which profiles there are, and links to them.
 * Not here: the profiles (profiles.c).
 */
#ifndef CPA_HTTP_PAGE_H
#define CPA_HTTP_PAGE_H

#include "report/http/exchange.h"

/*
 * Answer.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_http_page_answer(struct cpa_http_exchange *exchange);

#endif
