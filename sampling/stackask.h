/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ask a thread of this process for its registers and its stack, by a signal that it answers itself.
 * Not here: threads that need not be asked (threads.c), unwinding the answer (unwind_far.c).
 *
 * The signal is SIGPROF with a value that only we send (profsignal.h). A thread that answers is
 * held up by the copy alone (stackcopy.h).
 */
#ifndef CPA_SAMPLING_STACKASK_H
#define CPA_SAMPLING_STACKASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/unwind_far.h"

#define CPA_STACKASK_SLOTS 32u /* threads asked at a time */

struct cpa_stackask_answer {
	struct cpa_unwind_far_start
		start; /* its copy of the stack is valid until the slot is freed */
	uint32_t label_set;
	uint64_t pause_ns; /* how long the thread was held up by the copy */
};

/*
 * From now on, until end, threads may be asked. 0 or -errno.
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_stackask_begin(void);
void cpa_stackask_end(void);

/*
 * Ask; with a slot that is not in use. False: there is no such thread, or its queue of signals is
 * full; the slot is free again.
 *
 * Thread: between begin and end
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_stackask_send(uint32_t slot, uint32_t tid);

/*
 * How many answers came in ever: to wait for more than those. Sleeps until then or the timeout.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_stackask_answers(void);
void cpa_stackask_wait(uint32_t answers, uint64_t timeout_ns);

/*
 * The answer in a slot; NULL: none yet.
 *
 * Thread: between begin and end
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_stackask_answer *cpa_stackask_answer(uint32_t slot);

/*
 * The slot is no longer wanted. False: a thread is just writing into it, it cannot be used yet.
 *
 * Thread: between begin and end
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_stackask_free(uint32_t slot);

/*
 * In the child of a fork: nobody was asked.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_stackask_postfork_child(void);

#endif
