/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who waits for what, right now.
 * Not here: the functions that wait (alloc/waiting.h), what becomes of a wait that has ended
 * (block.h) and of one that an unlock ended (mutex.h).
 *
 *   buckets[hash(address of the lock)] -> record -> record -> 0     those that wait
 *   newest -> record -> record -> 0                                  all records there ever were
 *
 * A thread has one record, in the store, which it takes at its first wait and gives back at its
 * end. It is never on the thread's stack: a wait may be left by siglongjmp or by cancellation, past
 * its end. Then the record stays linked until the thread's next wait, or the thread's end.
 *
 * A signal handler that waits while its thread does takes the record over. The wait below it is
 * still measured by its thread, but is no longer seen here, and is counted as displaced; so is one
 * that was left.
 */
#ifndef CPA_SAMPLING_WAITS_H
#define CPA_SAMPLING_WAITS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/lock.h"
#include "sampling/stacks.h"
#include "sampling/store.h"
#include "sampling/tally.h"

#define CPA_WAITS_BUCKET_BITS 10u

struct cpa_waits_bucket {
	_Alignas(64) _Atomic uint32_t count; /* waits in the list */
	struct cpa_lock lock;                /* guards the list and what its records say */
	cpa_store_ref first;
};

extern CPA_HIDDEN struct cpa_waits_bucket cpa_waits_buckets[1u << CPA_WAITS_BUCKET_BITS];

/* A wait of the calling thread, for the function that waits. */
struct cpa_wait {
	const void *object; /* what it waits for; NULL: it is not measured */
	uint64_t begin_ns;
	cpa_stack_id stack;
	uint32_t label_set;
};

/* Since start. */
struct cpa_waits_counters {
	uint64_t unfinished; /* now */
	uint64_t displaced;  /* not seen here to their end */
	uint64_t lost;       /* not seen here at all: the store was full */
	uint64_t refused;    /* unlocks refused: what they were charged with is nobody's */
};

/* The bucket of a lock. Four instructions: every unlock of the program comes here. */
static inline struct cpa_waits_bucket *cpa_waits_bucket_of(const void *object)
{
	uint32_t hash = (uint32_t)(uintptr_t)object * 2654435761u;

	return &cpa_waits_buckets[hash >> (32 - CPA_WAITS_BUCKET_BITS)];
}

/*
 * May somebody wait for this? False is right but for a wait that begins at this moment; true may be
 * about another lock.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline bool cpa_waits_maybe(const void *object)
{
	return atomic_load_explicit(&cpa_waits_bucket_of(object)->count, memory_order_relaxed) != 0;
}

/*
 * Begin a wait. *wait has object, stack and label_set; begin_ns is filled in. True: this was the
 * thread's first, cpa_waits_thread_end must be called when it ends.
 *
 * Thread: owner, between cpa_gate_begin and cpa_gate_end
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_waits_begin(struct cpa_wait *wait);

/*
 * The wait is over: how long it was, in ns.
 *
 * Thread: owner, between cpa_gate_begin and cpa_gate_end
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_waits_end(const struct cpa_wait *wait);

/*
 * How long all who wait for this have waited since they began or were last charged, in ns; they are
 * charged up to now.
 *
 * Thread: owner, between cpa_gate_begin and cpa_gate_end
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_waits_charge(const void *object);

/*
 * What the last charge was for did not happen: its time is nobody's, which is counted.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_waits_refused(void);

/*
 * The calling thread ends, or will have no record for another reason.
 *
 * Thread: owner, between cpa_gate_begin and cpa_gate_end
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_waits_thread_end(void);

/*
 * The waits that have not ended, as rows of one event each and of the time until now. Returns how
 * many there are; at most `room` are written.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_waits_copy(struct cpa_tally_row *ret_rows, size_t room);

/*
 * Read the counters.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_waits_counters cpa_waits_count(void);

/*
 * In the only thread of a child process: nobody waits, whoever held the locks.
 *
 * Thread: the only one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_waits_postfork_child(void);

#endif
