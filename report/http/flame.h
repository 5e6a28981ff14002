/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The endpoint that gives a profile as a flame graph, for people.
 * Not here: making the page (convert.h; report/cli/flame.c).
 */
#ifndef CPA_HTTP_FLAME_H
#define CPA_HTTP_FLAME_H

#include "report/http/exchange.h"

/* Before the profile's name. Not below /debug/pprof/, where all other names are the program's. */
#define CPA_HTTP_FLAME_PREFIX "/debug/cprof/flame/"

/*
 * Answer for what an endpoint of profiles.h gives by that name, with the same parameters; or begin
 * to wait (exchange->waits).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
void cpa_http_flame_begin(struct cpa_http_exchange *exchange, const char *name);

#endif
