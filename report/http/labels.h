/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameter labels=KEY=VALUE,KEY=VALUE: only what has all of these labels.
 * Not here: which sets have them (report/labelmask.h).
 */
#ifndef CPA_HTTP_LABELS_H
#define CPA_HTTP_LABELS_H

#include <stdbool.h>

#include "report/http/exchange.h"

/*
 * Read it into exchange->labels. False, and refused: it is none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
bool cpa_http_labels_read(struct cpa_http_exchange *exchange);

/*
 * What was read, as labelmask.h has it; NULL: nothing was asked for.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_http_labels_wanted(const struct cpa_http_exchange *exchange);

#endif
