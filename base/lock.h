/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mutex, a shared/exclusive gate and a wake-up word that never allocate and never enter
 * libpthread, so that they work inside malloc, before main(), and after a fork that ran no atfork
 * handler.
 * Not here: lock-free tables (sampling/stacks.c).
 */
#ifndef CPA_BASE_LOCK_H
#define CPA_BASE_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* 0 free, 1 held, 2 held and somebody sleeps. Zero-filled memory is a free lock. */
struct cpa_lock {
	_Atomic uint32_t word;
};

/*
 * Take and give back a lock. Not recursive.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_lock_acquire(struct cpa_lock *lock);
bool cpa_lock_try(struct cpa_lock *lock);
void cpa_lock_release(struct cpa_lock *lock);

/*
 * Make a lock free whoever held it: for the only thread of a child process.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_lock_reset(struct cpa_lock *lock);

/* Count of threads inside, and a flag that closes the door. Zero-filled memory is an open gate. */
struct cpa_lock_gate {
	_Atomic uint32_t inside_count;
	_Atomic uint32_t closed;
};

/*
 * Enter as one of many; waits while the gate is closed.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_lock_gate_enter(struct cpa_lock_gate *gate);
void cpa_lock_gate_leave(struct cpa_lock_gate *gate);

/*
 * Close the gate and wait until nobody is inside; open it again; or forget whoever was inside
 * (child process).
 *
 * Thread: any, one closer at a time
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_lock_gate_close(struct cpa_lock_gate *gate);
void cpa_lock_gate_open(struct cpa_lock_gate *gate);
void cpa_lock_gate_reset(struct cpa_lock_gate *gate);

/*
 * Sleep until *word is no longer expected, somebody wakes the word, or timeout_ns has passed
 * (UINT64_MAX: no limit).
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_lock_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t timeout_ns);

/*
 * Wake every thread that sleeps on the word.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_lock_wake(_Atomic uint32_t *word);

#endif
