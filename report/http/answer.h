/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of an answer.
 * Not here: its body (exchange.h), sending both (connection.c).
 */
#ifndef CPA_HTTP_ANSWER_H
#define CPA_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "report/http/exchange.h"

#define CPA_HTTP_ANSWER_HEAD_MAX 1280u

/*
 * Status line and headers, with the empty line; its length.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_http_answer_head(const struct cpa_http_exchange *exchange, time_t now, bool keeps_alive,
	char ret_head[CPA_HTTP_ANSWER_HEAD_MAX]);

#endif
