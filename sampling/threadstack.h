/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stack of another thread: read while it sleeps, or from its answer.
 * Not here: which threads there are (threads.c), asking (threadask.c), unwinding (unwind_far.c).
 */
#ifndef CPA_SAMPLING_THREADSTACK_H
#define CPA_SAMPLING_THREADSTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "sampling/stackask.h"
#include "sampling/stacks.h"

enum cpa_threadstack_progress {
	CPA_THREADSTACK_NEW,
	CPA_THREADSTACK_FOUND,
	CPA_THREADSTACK_TO_ASK,
	CPA_THREADSTACK_NOT_ASKED, /* its program would notice */
	CPA_THREADSTACK_NO_ANSWER, /* it did not, or cannot */
	CPA_THREADSTACK_ENDED,     /* there is no such thread any more */
};

/* A thread whose stack is wanted. Zero-filled but for tid and label_set. */
struct cpa_threadstack {
	uint32_t tid;
	uint32_t label_set; /* a thread that is asked says its own */
	enum cpa_threadstack_progress progress;
	bool blocks_signal; /* when it was looked at; it is to be asked when it no longer does */
	char state;         /* the kernel's letter */
	cpa_stack_id stack; /* when found */
	uint32_t depth;     /* of pcs: what is known though it is not whole */
	uint64_t *pcs;
};

/* For one dump. Zero-filled but for arena and calling_tid. */
struct cpa_threadstack_finder {
	struct cpa_arena *arena;
	uint32_t calling_tid;       /* its stack ends where it called us; 0: none */
	struct cpa_unwind_far *far; /* NULL: no stack can be unwound */
	uint64_t *pcs;              /* [depth_max + 1], of the stack at hand */
	uint32_t depth_max;
	uint64_t answers; /* threads that were asked and did */
	uint64_t pause_max_ns;
};

/*
 * Make ready; 0 or -ENOMEM. And end.
 *
 * Thread: owner, one at a time
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_threadstack_begin(struct cpa_threadstack_finder *finder);
void cpa_threadstack_end(struct cpa_threadstack_finder *finder);

/*
 * Look at a thread, which notices nothing: its state, and its stack when it sleeps and all its
 * frames can be told from that. A thread that looks at itself is found always.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_threadstack_look(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread);

/*
 * The stack of a thread that was asked, from its answer.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_threadstack_take(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread,
	const struct cpa_stackask_answer *answer);

/*
 * Make a stack for a thread that was not asked or did not answer: what is known of it, and which of
 * the two. Or find that it has ended.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_threadstack_settle(struct cpa_threadstack_finder *finder, struct cpa_threadstack *thread);

#endif
