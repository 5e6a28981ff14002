/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profile "mutex": who held the locks that others waited for. The law of sampling, as Go's.
 * Not here: noticing that somebody waits (waits.c), the functions that lock (alloc/), the waiters'
 * side (block.c).
 *
 * An event is an unlock while others wait, and its delay the sum of their waits since the unlock
 * before. One in `fraction` events is a sample, at random, and stands for so many: it is scaled
 * when it is recorded, so that no sum is biased when the fraction changes.
 */
#ifndef CPA_SAMPLING_MUTEX_H
#define CPA_SAMPLING_MUTEX_H

#include <stdint.h>

#include "sampling/stacks.h"

/*
 * Record one in `fraction` events from now on; 0: none; negative: change nothing. Returns the
 * fraction before.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cpa_mutex_fraction(int fraction);

/*
 * Is this event a sample? 0: no; else for how many events it stands. Asked before its stack is
 * taken, which costs more.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_mutex_draw(void);

/*
 * Record a sample that stands for `events` events.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_mutex_record(cpa_stack_id stack, uint32_t label_set, uint64_t delay_ns, uint32_t events);

#endif
