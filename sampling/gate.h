/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which allocations are samples: a Poisson process over the bytes each thread asks for.
 * Not here: what is done with a sample (alloc/cold.c, heap.c).
 *
 * Think of every thread's requests laid end to end on a line of bytes, with points strewn on it,
 * on average one in `rate` bytes, independently. An allocation that covers a point is a sample;
 * one of s bytes is one with p = 1 - exp(-s/rate). Each thread counts down the bytes to its next
 * point. The distance is exponential, hence without memory: it may be drawn afresh at any moment
 * that does not depend on it.
 *
 *   left_bytes   what remains of the gap; the hot path subtracts each request and trips at zero
 *
 * A gap ends in a point (a sample), or after CPA_GATE_CHECK_BYTES without one (a check-in: the
 * rate may have changed; the rest of the request is decided by a fresh draw).
 */
#ifndef CPA_SAMPLING_GATE_H
#define CPA_SAMPLING_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_GATE_CHECK_BYTES ((uint64_t)16 << 20)
#define CPA_GATE_NEVER                                                                             \
	((uint64_t)1 << 62) /* no thread asks for so much before its next visit to the cold path */

/*
 * One cache line of each thread's own, all zero at its start: nothing left, so that the first
 * request trips and the cold path does the set-up. Touched by its thread alone.
 */
struct cpa_gate {
	uint64_t left_bytes;     /* first: the hot path */
	uint64_t gap_rate_bytes; /* rate of the gap now running; 0: off */
	uint64_t tail_bytes;   /* of a gap that ends in a point: bytes from there to its check-in */
	uint64_t random_state; /* 0: not seeded */
	uint32_t arena_index;  /* sampled arena of this thread, plus one; 0: none yet */
	uint32_t thread_id;    /* the kernel's; 0: not asked yet */
	bool ends_in_point;
	bool started;  /* a gap was drawn */
	bool busy;     /* inside the cold path: requests from there are not the program's */
	bool internal; /* a thread of ours: never sampled */
};

extern CPA_HIDDEN CPA_TLS_IE struct cpa_gate cpa_gate;

/*
 * Count a request; true when it must go through the cold path. Two instructions and a branch.
 * Unsigned on purpose: a request of 2^63 bytes or more trips too, and cpa_gate_decide repairs the
 * count.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
static inline bool cpa_gate_trips(size_t req_bytes)
{
#if defined(__x86_64__)
	bool trips;

	/*
	 * gcc does not merge "compare, then subtract" into one subtraction from memory: we do. be:
	 * left <= req.
	 */
	__asm__("subq %2, %0" : "+m"(cpa_gate.left_bytes), "=@ccbe"(trips) : "re"(req_bytes));
	return cpa_unlikely(trips);
#else
	uint64_t left_bytes = cpa_gate.left_bytes;

	cpa_gate.left_bytes = left_bytes - req_bytes;
	return cpa_unlikely(left_bytes <= req_bytes);
#endif
}

/*
 * Decide on the request that tripped, and draw the next gap. True: it is a sample, taken with
 * *ret_probability (0 < p <= 1). With rate 1 every request is, with p = 1 and not 1 - exp(-s).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_gate_decide(size_t req_bytes, double *ret_probability);

/*
 * Between these two the thread's requests are ours, not the program's: they do not trip. begin is
 * false when it is already so.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_gate_begin(uint64_t *ret_left_bytes);
void cpa_gate_end(uint64_t left_bytes);

/*
 * The largest rate that was ever in force: no sample is of a larger one.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_gate_rate_max_bytes(void);

/*
 * The rate in force; change it (returns the old one). The calling thread draws a new gap at once.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_gate_rate_bytes(void);
uint64_t cpa_gate_set_rate(uint64_t rate_bytes);

/*
 * This thread belongs to the profiler: never sample it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_gate_set_internal(void);

/*
 * Seed all threads that have not drawn yet, and the calling thread (at start, and in a forked
 * child, where it is another thread for the kernel too).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_gate_seed(uint64_t seed);

/*
 * The kernel's number of the calling thread.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_gate_thread_id(void);

/*
 * True once in n calls on average, at random.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_gate_one_in(uint32_t n);

/*
 * A number below n, each as likely; n is not 0.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_gate_below(uint64_t n);

/*
 * True with this probability; always from 1 on.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_gate_chance(double probability);

/*
 * A draw from the exponential law with this mean, by the calling thread's generator; > 0. For the
 * gaps, and for tests of their law.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
double cpa_gate_draw(double mean);

#endif
