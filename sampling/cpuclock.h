/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's clock of a thread's CPU time, and timers on it.
 * Not here: which threads have one (cputimers.c).
 *
 * By system calls: a program's own timers, which the C library counts, are not touched.
 */
#ifndef CPA_SAMPLING_CPUCLOCK_H
#define CPA_SAMPLING_CPUCLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * CPU time of any thread of this process; false: there is no such thread.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  set
 */
bool cpa_cpuclock_read(uint32_t thread_id, uint64_t *ret_ns);

/*
 * A timer that sends the thread a SIGPROF with this number, after so much CPU time and then again
 * and again. 0 or -errno. And its end.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_cpuclock_start(uint32_t thread_id, uint32_t number, uint64_t first_in_ns,
	uint64_t period_ns, int *ret_timer);
void cpa_cpuclock_stop(int timer);

#endif
