/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPU profile and the thread of ours that it needs: unwinding what signal handlers copied, and
 * looking for threads that nobody announced.
 * Not here: the profile itself (sampling/cpu.h).
 */
#ifndef CPA_REPORT_COLLECTOR_H
#define CPA_REPORT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * Begin a profile, as cpa_cpu_start, with the thread; or end it, as cpa_cpu_stop. 0 or -errno; also
 * -EAGAIN: no thread.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_collector_start(uint32_t hz);
CPA_MUST_CHECK int cpa_collector_stop(void);

/*
 * In the child of a fork: there is no thread. The profile goes on there, as a new one of the
 * child's own, where it was on and `again`.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_collector_postfork_child(bool again);

#endif
