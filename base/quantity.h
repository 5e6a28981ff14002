/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers with units, as people write them: 64k, 30s, USR2.
 * Not here: which setting takes what (conf.c).
 */
#ifndef CPA_BASE_QUANTITY_H
#define CPA_BASE_QUANTITY_H

#include <stdint.h>

#include "base/line.h"

enum cpa_quantity_kind {
	CPA_QUANTITY_COUNT,  /* decimal digits alone */
	CPA_QUANTITY_SIZE,   /* bytes: k, m, g (1024), upper or lower case; none: bytes */
	CPA_QUANTITY_TIME,   /* nanoseconds: ns, us, ms, s, m, h; none: seconds */
	CPA_QUANTITY_SIGNAL, /* a name such as USR2 or SIGUSR2, or a number; 0: none */
};

/*
 * "64k" -> 65536, "30s" -> 30000000000. Decimal digits and one unit, nothing else; of signals only
 * those whose handler changes nothing else. 0 or -EINVAL (ret untouched).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cpa_quantity_parse(enum cpa_quantity_kind kind, const char *text, uint64_t *ret_number);

/*
 * Add a number in the largest unit that divides it.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_quantity_say(struct cpa_line *line, enum cpa_quantity_kind kind, uint64_t number);

#endif
