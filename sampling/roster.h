/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of the threads that are there: each one's labels, where it was created, and
 * whether it is one of ours.
 * Not here: which threads the kernel has (proctask.c), how many were created (threadcreate.c).
 *
 * The labels of a thread are its own to change, in a thread-local variable that nobody else can
 * look at. So each thread has a slot here too, in memory that never goes away.
 */
#ifndef CPA_SAMPLING_ROSTER_H
#define CPA_SAMPLING_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "sampling/threadcreate.h"

struct cpa_roster_entry {
	uint32_t tid;
	uint32_t label_set;
	cpa_threadcreate_place place; /* 0: not known */
	bool internal;                /* a thread of ours */
	bool leaving;                 /* and it may be gone: its number may be another's */
};

/*
 * The calling thread is there, with these labels; or it is about to end. Where there is no room it
 * goes on without a slot, counted.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_roster_enter(uint32_t label_set, cpa_threadcreate_place place);
void cpa_roster_leave(void);

/*
 * The calling thread is ours; cpa_roster_leave ends that too.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_roster_enter_internal(void);

/*
 * A thread of ours is about to be made, and will enter as such; or it could not be made.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_roster_expect_internal(void);
void cpa_roster_expect_no_longer(void);

/*
 * Every thread of ours that the kernel had before this was called has entered. Waits for them, a
 * second at most.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_roster_await_internal(void);

/*
 * The calling thread has these labels from now on: cpa_labels_current, and its slot, which it gets
 * now if it had none and one is free.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_roster_set_labels(uint32_t label_set);

/*
 * CPU time of our own threads so far, of those that have ended too. In nanoseconds.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_roster_internal_cpu_ns(void);

/* Where a walk over all slots is. Zero-fill to begin. */
struct cpa_roster_walk {
	uint32_t index;
};

/*
 * The next slot that is taken; false at the end. A thread whose end nobody noticed is still there.
 *
 * Thread: any, one walk each
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_roster_next(struct cpa_roster_walk *walk, struct cpa_roster_entry *ret_entry);

/*
 * There is no such thread: free the slot that the walk has just passed, unless it is another
 * thread's meanwhile.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_roster_forget(const struct cpa_roster_walk *walk, uint32_t tid);

/*
 * Threads that got no slot, since start: their labels and places are missing in dumps.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_roster_lost_count(void);

/*
 * In the child of a fork: of all threads only this one is left, under a new number.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_roster_postfork_child(void);

#endif
