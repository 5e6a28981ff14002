/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timer on the CPU time of each thread: who has one, and which ticks are due.
 * Not here: what a tick brings (cputicks.c), when there are timers (cpu.c).
 *
 * Ticks of a thread are due at its CPU times first + k period, first uniform in (0, period]: a
 * thread of t ns has t / period of them on average, however short it is. The kernel looks at timers
 * only at its own clock's ticks, 1 to 10 ms apart, and tells with the signal how many have passed.
 * So a thread that ends between two of these has ticks that are due and never came: they are asked
 * for at its end.
 *
 * A timer does not end with its thread, and each takes a place of those signals that a user may
 * have waiting: of threads whose end nobody noticed they are given back by the sweep.
 */
#ifndef CPA_SAMPLING_CPUTIMERS_H
#define CPA_SAMPLING_CPUTIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_CPUTIMERS_MAX 65536u /* threads that have one at a time */

/* One thread's. In memory that stays, so that a late signal finds it, and sees that it is not. */
struct cpa_cputimer;

extern CPA_HIDDEN bool cpa_cputimers_on; /* read it relaxed */

/* Told of ticks that never came: their number, of a thread that runs this function (0: unknown). */
typedef void cpa_cputimers_missed(uint64_t ticks, uint64_t function);

/*
 * Begin: timers of this period may be armed. 0 or -ENOMEM. End: each timer is given back, and what
 * was due is told.
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_cputimers_begin(uint64_t period_ns);
void cpa_cputimers_end(cpa_cputimers_missed *missed);

/*
 * Arm the calling thread, which is to run this function, or any thread of this process; does
 * nothing when it has a timer, and when they are off. No room, or no timer from the kernel: it is
 * counted.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cputimers_arm(uint32_t thread_id, uint64_t function);

/*
 * The calling thread ends: give its timer back, and tell what was due.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cputimers_disarm(cpa_cputimers_missed *missed);

/*
 * Arm the threads that are there and have none, but for our own, and give back the timers of those
 * that are gone.
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_cputimers_sweep(void);

/*
 * In the handler: ticks came with the timer of this number. False: they are of another thread's
 * timer, which was given back since.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cputimers_came(uint32_t number, uint64_t ticks);

/* Since start, but for the first two. */
struct cpa_cputimers_counters {
	uint64_t period_ns; /* 0: never begun */
	uint64_t armed;     /* now */
	uint64_t failed;    /* threads that got no timer: their time is missing */
	uint64_t missed;    /* ticks that were told of */
};

/*
 * Read the counters.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_cputimers_counters cpa_cputimers_count(void);

/*
 * In the child of a fork: there are no timers.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cputimers_postfork_child(void);

#endif
