/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sampler across fork: every lock is held while the child is made, and free in the child.
 * Not here: the locks themselves (sampling/live.c, sampling/unwind.c, report/snapshot.c).
 */
#ifndef CPA_ALLOC_FORK_H
#define CPA_ALLOC_FORK_H

/*
 * Register the handlers, which do nothing until cpa_fork_init: before any library registers its
 * own. Later calls do nothing.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_fork_register(void);

/*
 * The sampler is there: take its locks around fork from now on, and watch for children that no
 * handler sees (raw clone, _Fork): they find every lock as it was at the fork.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_fork_init(void);

/*
 * In such a child, free the locks; else one load. Before any of them is taken.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_fork_repair(void);

#endif
