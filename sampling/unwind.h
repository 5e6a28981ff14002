/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call stack of this thread, leaf first, without our own frames. unwind.c is the only file
 * that knows libunwind.
 * Not here: keeping stacks (stacks.c).
 */
#ifndef CPA_SAMPLING_UNWIND_H
#define CPA_SAMPLING_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_UNWIND_DEPTH_MAX 1024u
#define CPA_UNWIND_OWN_MAX   16u /* frames of ours that may lie above the program's leaf */

/*
 * Load libunwind (RTLD_LOCAL), enter the modules that are there (modules.h), and warm it up. 0, or
 * -ENOENT when it cannot be loaded or is not the library we know.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_unwind_init(void);

/*
 * Capture up to depth_max return addresses. A deeper stack keeps its leaf side and ends in
 * CPA_STACKS_PSEUDO_TRUNCATED, so that the depth returned is at most depth_max + 1. 0: nothing
 * could be unwound, or this thread is in the middle of a fork.
 *
 * @ret_pcs  room for depth_max + 1 + CPA_UNWIND_OWN_MAX
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
uint32_t cpa_unwind_capture(uint64_t *ret_pcs, uint32_t depth_max);

/*
 * Code was unloaded: forget what was learned of it.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_unwind_flush(void);

/*
 * Around fork: wait until no thread is inside libunwind and let none in; open again. A child made
 * without prefork while one was inside captures no more stacks.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_unwind_prefork(void);
void cpa_unwind_postfork_parent(void);
void cpa_unwind_postfork_child(void);

#endif
