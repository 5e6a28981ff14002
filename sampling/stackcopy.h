/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a signal handler takes of the thread that it interrupted: registers and stack.
 * Not here: who interrupts (stackask.c, cputicks.c), unwinding (unwind_far.c).
 */
#ifndef CPA_SAMPLING_STACKCOPY_H
#define CPA_SAMPLING_STACKCOPY_H

#include <stddef.h>

#include "base/compiler.h"
#include "sampling/unwind_far.h"

#define CPA_STACKCOPY_BYTES ((size_t)64 * 1024)

/*
 * The stack of the calling thread ends here: its frames are below, in known_bytes of memory that is
 * there for certain. Beyond, and without this, the kernel copies for us, and stops where memory
 * ends.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_stackcopy_set_top(const void *top, size_t known_bytes);

/*
 * Copy what the handler's third argument tells, and the stack from there on, at most
 * CPA_STACKCOPY_BYTES of it. ret_stack must stay as long as ret_start is used.
 *
 * Thread: owner, in a signal handler
 * Signal: safe
 * Memory: none
 * Errno:  set
 */
void cpa_stackcopy_take(
	const void *context, void *ret_stack, struct cpa_unwind_far_start *ret_start);

#endif
