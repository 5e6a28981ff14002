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
 * The same clock as cpa_clock_mono_ns, behind it by up to a scheduler tick (1 to 10 ms), and
 * several times faster: for when a thing was born, not for how long it took.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_clock_coarse_ns(void);

#endif
