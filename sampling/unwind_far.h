/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call stack of another thread of this process that stands still or has been copied, by
 * libunwind's remote interface.
 * Not here: the calling thread's own stack (unwind.c), making threads stand still (threads.c).
 *
 * Memory is read by the kernel for us: where none is mapped any more, because the thread ended or a
 * library was closed, that is an answer and not a crash.
 */
#ifndef CPA_SAMPLING_UNWIND_FAR_H
#define CPA_SAMPLING_UNWIND_FAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

/* Registers by their DWARF numbers. */
#define CPA_UNWIND_FAR_REGS 17u
#define CPA_UNWIND_FAR_RBP  6u
#define CPA_UNWIND_FAR_RSP  7u
#define CPA_UNWIND_FAR_RIP  16u

/* Where to begin. */
struct cpa_unwind_far_start {
	uint64_t regs[CPA_UNWIND_FAR_REGS];
	uint32_t known_mask; /* bit n: regs[n] is known; RSP and RIP always are */
	bool pc_is_call;     /* RIP is behind a call or system call, not the next of any two */
	/* A copy of the stack from stack_addr on; NULL: the stack itself is read. */
	const void *stack;
	uint64_t stack_addr;
	size_t stack_bytes;
};

enum cpa_unwind_far_end {
	CPA_UNWIND_FAR_ROOT,    /* the whole stack */
	CPA_UNWIND_FAR_LIMIT,   /* the copy or the depth has an end before the stack has */
	CPA_UNWIND_FAR_UNKNOWN, /* the next frame hangs on a register that is not known */
	CPA_UNWIND_FAR_BROKEN,  /* no unwind information, or nonsense */
};

/* The frame where a walk ended for want of a register. */
struct cpa_unwind_far_stuck {
	uint32_t missed_mask;   /* which; 0: it did not, or no more is known */
	uint64_t sp;            /* the stack pointer in that frame */
	uint64_t function_addr; /* first byte of its function */
	uint64_t function_end;
};

/* For one thread of ours at a time; in an arena. */
struct cpa_unwind_far;

/*
 * Load the library (RTLD_LOCAL). 0, or -ENOENT when it cannot be loaded.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_unwind_far_init(void);

/*
 * Begin to unwind any number of stacks; NULL without memory or without the library. And end it.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
struct cpa_unwind_far *cpa_unwind_far_new(struct cpa_arena *arena);
void cpa_unwind_far_free(struct cpa_unwind_far *far);

/*
 * The return addresses from start on, leaf first, at most depth_max; frames of ours are among them.
 * Returns how many, at least the leaf.
 *
 * @ret_pcs  room for depth_max
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
uint32_t cpa_unwind_far(struct cpa_unwind_far *far, const struct cpa_unwind_far_start *start,
	uint64_t *ret_pcs, uint32_t depth_max, enum cpa_unwind_far_end *ret_end);

/*
 * Of the last walk: where it was stuck.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_unwind_far_stuck cpa_unwind_far_stuck(const struct cpa_unwind_far *far);

/*
 * The word at any address of the thread's own memory, as the last walk may have read it; false:
 * there is none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
bool cpa_unwind_far_word(struct cpa_unwind_far *far, uint64_t addr, uint64_t *ret_word);

/*
 * Code was unloaded: what was learned of it is forgotten before the next stack.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_unwind_far_forget(void);

/*
 * Around fork: wait until no thread is inside the library and let none in; open again. A child made
 * without prefork while one was inside unwinds no more.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_unwind_far_prefork(void);
void cpa_unwind_far_postfork_parent(void);
void cpa_unwind_far_postfork_child(void);

#endif
