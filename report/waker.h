/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's one thread of its own: acts at each interval and whenever asked.
 * Not here: what it does (snapshot.c).
 *
 * It sleeps on a word, has all signals blocked so that none of the program's lands on it, a small
 * stack, and is called "cprofalloc" in ps -T.
 */
#ifndef CPA_REPORT_WAKER_H
#define CPA_REPORT_WAKER_H

#include <stdint.h>

#include "base/compiler.h"

struct cpa_waker_plan {
	uint64_t interval_ns; /* 0: only when asked */
	void (*act)(void);
};

/*
 * Start the thread. It ends with the process, and keeps no process alive: the C library does not
 * count it among the program's threads. The first interval begins now; one that passes while act
 * still works is left out, and the beat stays the same. 0 or -errno. plan is copied.
 *
 * Thread: owner, once, and again after postfork_child
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_waker_start(const struct cpa_waker_plan *plan);

/*
 * Ask for one act soon. Several requests before it happens are one.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_waker_request(void);

/*
 * No act begins from now on; one that runs is not waited for.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_waker_stop(void);

/*
 * In the child of a fork: there is no thread, and nothing was asked.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_waker_postfork_child(void);

/*
 * The moment of the next act: the first of start + n intervals that is after now.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_waker_next_ns(uint64_t start_ns, uint64_t interval_ns, uint64_t now_ns);

#endif
