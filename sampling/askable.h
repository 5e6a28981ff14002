/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * May a thread be sent a signal without its program noticing?
 * Not here: what it is asked for (stackask.c), what the kernel says of threads (proctask.c).
 *
 * A handler that runs while a system call sleeps makes most of them end early, with EINTR or with
 * less done, whatever SA_RESTART says (signal(7)): pause, poll, nanosleep, semop, a wait with a
 * time limit, a socket with one, half of a write. So the list has only calls that go on always:
 *
 *   futex           to wait, without a time limit, as in locks, conditions, semaphores, joins
 *   read, readv     of a pipe, which sleep only as long as nothing was read
 *   wait4, waitid   for a child
 */
#ifndef CPA_SAMPLING_ASKABLE_H
#define CPA_SAMPLING_ASKABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sampling/proctask.h"

/*
 * Does the thread run, or sleep in one of these calls? It may go to sleep in another one right
 * after: a signal sent then comes into that one. This can be made rare, by asking last, but not
 * impossible.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_askable(uint32_t tid);

/*
 * Is this one of them? For the function above and for tests.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_askable_asleep(uint32_t tid, const struct cpa_proctask_sleep *sleep);

#endif
