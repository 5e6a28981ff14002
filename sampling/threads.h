/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where is each thread of the program at this moment?
 * Not here: how threads are asked (stackask.c), what /proc says (proctask.c), how a dump is written
 * (report/threadrows.c).
 *
 * A thread that sleeps is left alone: the kernel says where, and its stack is read while it sleeps.
 * If it has not moved when that is done, the stack is whole. Only where a frame cannot be unwound
 * without a register that neither the kernel nor the code tells (framepointer.h), or where the
 * thread runs, it is asked by a signal; but not where it sleeps in a system call that may end early
 * with EINTR then (askable.h).
 */
#ifndef CPA_SAMPLING_THREADS_H
#define CPA_SAMPLING_THREADS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "sampling/proctask.h"
#include "sampling/stacks.h"
#include "sampling/threadcreate.h"

struct cpa_threads_row {
	uint32_t tid;
	uint32_t label_set;
	cpa_stack_id stack;           /* not whole: ends in "[not asked]" or "[no answer]" */
	cpa_threadcreate_place place; /* where it was created; 0: not known */
	char state;                   /* the kernel's letter */
	char name[CPA_PROCTASK_NAME_BYTES];
};

struct cpa_threads_dump {
	struct cpa_threads_row
		*rows; /* [count]; the calling thread first, then the kernel's order */
	size_t count;
	uint64_t by_signal; /* stacks from threads that were asked */
	uint64_t not_asked; /* threads asleep where the program would have noticed */
	uint64_t no_answer; /* threads that could not be asked, or did not answer in time */
	uint64_t pause_max_ns;
	uint64_t elapsed_ns;
};

/*
 * Dump all threads of the program: not ours, and not those that end meanwhile. One dump at a time;
 * others wait. 0, -ENOMEM, or another -errno (there is no /proc).
 *
 * @calling_tid  the program's thread that wants to know, and waits for it; its stack ends where it
 *               called us. 0: none
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_threads_collect(
	struct cpa_arena *arena, uint32_t calling_tid, struct cpa_threads_dump *ret_dump);

/*
 * How many threads the program has; 0 when that cannot be known.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
uint64_t cpa_threads_count(void);

/*
 * In the child of a fork: no dump is under way.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_threads_postfork_child(void);

#endif
