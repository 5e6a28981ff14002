/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the functions that lock and wait have in common: measuring a wait, and charging an unlock
 * with the waits of others.
 * Not here: who waits (sampling/waits.h), the laws of the profiles (sampling/mutex.h, block.h).
 *
 * The stack is taken before the wait, not after: then the thread may hold what others wait for.
 * An unlock sums up the waits before it unlocks, and takes its stack after, when the lock may be
 * gone already: it is not looked at again.
 *
 * A wait needs no cleaning up where it is left by cancellation or siglongjmp: waits.h says why. So
 * these functions stay cancellation points without handlers of ours.
 */
#ifndef CPA_ALLOC_WAITING_H
#define CPA_ALLOC_WAITING_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "sampling/trace.h"
#include "sampling/waits.h"

/*
 * The calling thread is about to wait for this. Where that is not measured, *ret_wait says so to
 * cpa_waiting_end.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_waiting_begin(struct cpa_wait *ret_wait, enum cpa_trace_wait kind, const void *object);

/*
 * It has waited, by a call with this result, which is returned: one of POSIX, of C11, or -1 with
 * errno. Results that mean that the call was refused were no wait.
 *
 *	return cpa_waiting_end(&wait, cpa_next.rwlock_rdlock(lock));
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cpa_waiting_end(const struct cpa_wait *wait, int result);
int cpa_waiting_end_c11(const struct cpa_wait *wait, int result);
int cpa_waiting_end_errno(const struct cpa_wait *wait, int result);

/*
 * What the others have waited for this, which is about to be unlocked; 0: nobody does, or nobody
 * asks.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_waiting_sum(const void *object);

/*
 * The unlock has been done, with this result, which is returned. Not 0: it was refused, so that
 * nobody is charged with the sum, which is counted.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cpa_waiting_charge(uint64_t sum_ns, int result);

/*
 * Would the C library refuse this time or clock whether it has to wait or not? Then we do not try
 * first.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_waiting_refused(clockid_t clock, const struct timespec *until);

/*
 * Change what is measured; as cprof_mutex_fraction and cprof_block_rate.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cpa_waiting_mutex_fraction(int fraction);
int64_t cpa_waiting_block_rate(int64_t rate_ns);

/*
 * A trace has begun or ended: waits are noticed for it, whatever else is measured.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_waiting_follow_trace(void);

/*
 * Set up, once at start, before the first thread of the program.
 *
 * Thread: the only one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_waiting_init(void);

/*
 * In the only thread of a child process: nobody waits.
 *
 * Thread: the only one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_waiting_postfork_child(void);

#endif
