/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What time it is, in nanoseconds.
 * Not here: waiting (base/lock.h).
 */
#ifndef CPA_BASE_CLOCK_H
#define CPA_BASE_CLOCK_H

#include <stdint.h>

/*
 * Nanoseconds since an arbitrary start, never going back (CLOCK_MONOTONIC, vDSO).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_clock_mono_ns(void);

/*
 * Nanoseconds since 1970 (CLOCK_REALTIME).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_clock_wall_ns(void);

/*
 * CPU time used by the calling thread, in nanoseconds (a system call: not for the sampling path).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_clock_thread_cpu_ns(void);

#endif
