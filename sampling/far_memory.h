/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of this process that may go away while it is read: stacks of threads that end, libraries
 * that are closed. Where there is none any more, that is an answer and not a crash.
 * Not here: what is read there (unwind_far.c).
 */
#ifndef CPA_SAMPLING_FAR_MEMORY_H
#define CPA_SAMPLING_FAR_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_FAR_MEMORY_BLOCK_BYTES ((size_t)4096) /* no more than a page: it is there or not */
#define CPA_FAR_MEMORY_BLOCKS      32u

/* What was read is kept until it is forgotten. Zero-filled: nothing is. */
struct cpa_far_memory {
	struct {
		uint64_t addr; /* 0: none */
		bool readable;
		uint64_t words[CPA_FAR_MEMORY_BLOCK_BYTES / sizeof(uint64_t)];
	} blocks[CPA_FAR_MEMORY_BLOCKS];
};

/*
 * The word at any address; false: there is no memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
bool cpa_far_memory_word(struct cpa_far_memory *memory, uint64_t addr, uint64_t *ret_word);

/*
 * Forget all that was read.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_far_memory_forget(struct cpa_far_memory *memory);

/*
 * Does a loaded module lie there? What is in one stays as it is for as long as it is loaded.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_far_memory_is_module(uint64_t addr);

#endif
