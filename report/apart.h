/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of ours whose descriptors are their own.
 * Not here: when such a thread is wanted (snapshot.c, waker.c).
 *
 * Descriptors are numbers that all threads share. While we open a file, the program may dup2 to
 * that very number, or close it and open its own: a shell does both for each command. Then we
 * would write into the program's file, and close it. So files are written by a thread that has
 * left the shared table: its numbers are nobody else's, and the program never sees them.
 */
#ifndef CPA_REPORT_APART_H
#define CPA_REPORT_APART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

#define CPA_APART_NO_FD (-1)

/*
 * What each of our threads does first, before it may allocate; NULL: nothing.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_apart_init(void (*prepare)(void));

/*
 * Leave the program's table of descriptors for an empty one; kept_fd alone comes along. For a
 * thread that was made for this. Where the kernel cannot (before 5.9) or may not, all stays
 * shared.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_apart_enter(int kept_fd);

/*
 * The C library counts this thread no more among the program's: it keeps no process alive whose
 * main thread has left by pthread_exit. A thread that is not counted must never end.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_apart_leave_count(void);

/*
 * Start a detached thread for us: all signals blocked, a small stack, or a large one where the
 * thread-local variables of the program's libraries need it. 0 or -errno.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_apart_start(void *(*run)(void *arg), void *arg);

/*
 * The program is ending: a thread that did its work stays asleep until the process is gone.
 * Otherwise, when exit() was called because the last thread had ended, the C library would take
 * ours for the last one, and call exit() again, beside the first.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_apart_stay(void);

/*
 * Do work on such a thread, and wait for it; on this thread when it is one already, or when none
 * can be started.
 *
 * Thread: any, but not from a callback of dl_iterate_phdr
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_apart_do(void (*work)(void *arg), void *arg, int kept_fd);

#endif
