/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of which a look was not enough are asked, and waited for.
 * Not here: the look, and what becomes of an answer (threadstack.c), the signal (stackask.c).
 */
#ifndef CPA_SAMPLING_THREADASK_H
#define CPA_SAMPLING_THREADASK_H

#include <stddef.h>

#include "sampling/threadstack.h"

/*
 * Ask these threads, some at a time, until each has answered or none has for a second. Those that
 * ran with the signal blocked come last, and are waited for so long that they unblock it: it may be
 * for a moment only, as in a handler. Those that still block it are not asked. Those that
 * sleep by now where their program would notice are looked at once more instead.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_threadask_all(
	struct cpa_threadstack_finder *finder, struct cpa_threadstack **threads, size_t count);

#endif
