/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long to wait before something that failed is sent again, and whether to send it at all.
 * Not here: sending (upload.h), what is told of it (deliver.h).
 */
#ifndef CPA_CLI_BACKOFF_H
#define CPA_CLI_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/* No wait between two attempts is longer; a server that asks for more gets no more attempts. */
#define CPA_CLI_BACKOFF_MAX_NS (UINT64_C(300) * 1000000000)

/*
 * The wait before attempt number attempt + 1 (0: after the first): base_ns doubled for each attempt
 * before, and of that between the half and the whole, so that many clients of one server do not
 * come back together.
 *
 * @random  any number; says where between
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_cli_backoff_ns(uint64_t base_ns, unsigned attempt, uint64_t random);

/*
 * May the same request be answered otherwise a little later? 408, 429 and all of 5xx.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cli_backoff_is_worth(long status);

#endif
