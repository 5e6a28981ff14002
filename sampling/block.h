/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profile "block": who waited, and how long. The law of sampling, as Go's.
 * Not here: the functions that wait (alloc/), waits that have not ended (waits.c), the holders'
 * side (mutex.c).
 *
 * A wait of d ns is recorded when d >= rate; a shorter one with probability d/rate, and then stands
 * for rate/d waits of d, which are `rate` ns in sum: both sums are unbiased.
 */
#ifndef CPA_SAMPLING_BLOCK_H
#define CPA_SAMPLING_BLOCK_H

#include <stdint.h>

#include "sampling/stacks.h"

/*
 * The rate from now on; 0: off; negative: change nothing. Returns the rate before.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cpa_block_rate(int64_t rate_ns);

/*
 * A wait has ended: record it if it is a sample.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_block_record(cpa_stack_id stack, uint32_t label_set, uint64_t delay_ns);

#endif
