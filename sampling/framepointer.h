/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stack of a sleeping thread whose frame pointer the kernel does not tell.
 * Not here: following unwind information (unwind_far.c), that the thread sleeps (threadstack.c).
 *
 * Say the walk stops in function f, whose unwind information hangs on RBP; its stack pointer is
 * known. No function that f called has saved RBP, else it were known: it still is what f's
 * prologue made it. And the prologue says how far below it the stack pointer went:
 *
 *   push %rbp; mov %rsp,%rbp; push ...; sub $N,%rsp   RBP = stack pointer + N + 8 a push
 *
 * This is believed when all of these hold:
 *
 *   1. the prologue is of this form, and what follows it changes the stack pointer nowhere but in
 *      an epilogue: no alloca, no array of variable length, no arguments on the stack
 *   2. RBP is aligned to 16, as every frame pointer is
 *   3. at RBP + 8 is an address behind a call: of f by its address, through a stub that jumps to
 *      f, or by a pointer
 *   4. the walk with it ends at the root of a stack
 *
 * A wrong answer needs code that moves the stack pointer and was not seen to, in a way that comes
 * out even with 2; and in the very slot that is then taken for the return address, which is one of
 * the function's own variables, what an earlier call of the same function, or one by a pointer,
 * has left there, with a frame pointer before it from which a whole stack hangs. Nothing is
 * searched for, so stale frames elsewhere do no harm.
 */
#ifndef CPA_SAMPLING_FRAMEPOINTER_H
#define CPA_SAMPLING_FRAMEPOINTER_H

#include <stdint.h>

#include "sampling/unwind_far.h"

/*
 * As cpa_unwind_far, for a thread that sleeps; where that ends for want of RBP, this is found if it
 * can be. Then start holds it, and the end is CPA_UNWIND_FAR_ROOT; else all is as without.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
uint32_t cpa_framepointer_unwind(struct cpa_unwind_far *far, struct cpa_unwind_far_start *start,
	uint64_t *ret_pcs, uint32_t depth_max, enum cpa_unwind_far_end *ret_end);

#endif
