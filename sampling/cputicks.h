/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ticks of CPU time, from the signal handler to whoever unwinds them: copies of registers and
 * stacks, in a fixed number of slots.
 * Not here: the timers (cputimers.c), unwinding and counting (cpu.c).
 *
 * The handler takes the first free slot, so that the same few are used again and most are never
 * touched. Where none is free its ticks are lost, and counted.
 */
#ifndef CPA_SAMPLING_CPUTICKS_H
#define CPA_SAMPLING_CPUTICKS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/unwind_far.h"

#define CPA_CPUTICKS_SLOTS 256u

/* What one signal brought. */
struct cpa_cputick {
	struct cpa_unwind_far_start start; /* its copy of the stack is valid during the visit */
	uint32_t label_set;
	uint32_t thread_id;
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	uint64_t ticks;
};

/*
 * Make the slots, if they are not there yet. 0 or -ENOMEM.
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_cputicks_init(void);

/*
 * In the handler, for profsignal.h.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  set
 */
void cpa_cputicks_take(uint32_t value, const siginfo_t *info, const void *context);

/*
 * Sleep until many slots are full, somebody presses, or the time is over; and press.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cputicks_wait(uint64_t timeout_ns);
void cpa_cputicks_press(void);

/*
 * Visit each tick that is there, and free its slot. Returns how many.
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_cputicks_drain(
	void (*visit)(void *context, const struct cpa_cputick *tick), void *context);

/*
 * Ticks lost since this was asked last.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_cputicks_lost(void);

/*
 * In the child of a fork, or before a new profile: nothing is there.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cputicks_clear(void);

#endif
