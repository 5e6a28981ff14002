/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start and the end of the program's threads.
 * Not here: what is counted (sampling/threadcreate.h).
 */
#ifndef CPA_ALLOC_THREAD_H
#define CPA_ALLOC_THREAD_H

/*
 * From now on threads are noticed.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_thread_init(void);

/*
 * In the child of a fork: no thread is about to begin, and of all threads one is left.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_thread_postfork_child(void);

#endif
