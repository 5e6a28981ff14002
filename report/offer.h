/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of what the library offers to the HTTP module (service.h), filled in.
 * Not here: the module and its thread (server.c).
 */
#ifndef CPA_REPORT_OFFER_H
#define CPA_REPORT_OFFER_H

#include "base/conf.h"
#include "report/service.h"
#include "report/snapshot.h"

/*
 * Remember what the table needs; the table.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_offer_init(const struct cpa_conf *conf, const struct cpa_snapshot_source *source);
const struct cpa_service *cpa_offer(void);

#endif
