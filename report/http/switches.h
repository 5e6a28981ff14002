/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mutex and block profiles, switched on for as long as a request lasts.
 * Not here: the profiles (sampling/mutex.h, sampling/block.h).
 */
#ifndef CPA_HTTP_SWITCHES_H
#define CPA_HTTP_SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "report/service.h"

/*
 * One more request that wants this fraction, or this rate in ns; one less. Of several at a time the
 * last one's value is in force, and what was there before the first comes back after the last,
 * unless the program has changed it meanwhile.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_http_switches_mutex_on(const struct cpa_service *service, int fraction);
void cpa_http_switches_mutex_off(const struct cpa_service *service);
void cpa_http_switches_block_on(const struct cpa_service *service, int64_t rate_ns);
void cpa_http_switches_block_off(const struct cpa_service *service);

#endif
