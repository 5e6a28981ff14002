/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library's own functions behind those of locks.c, rwlocks.c, conditions.c and rendezvous.c,
 * and whether these have anything to do.
 * Not here: what they do (waiting.h).
 *
 * The first cache line is all that an uncontended mutex needs. Written at start and when a profile
 * is switched on or off, else only read.
 */
#ifndef CPA_ALLOC_NEXT_H
#define CPA_ALLOC_NEXT_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>

#include "base/compiler.h"

#define CPA_NEXT_MUTEX   1u /* profile mutex is on */
#define CPA_NEXT_BLOCK   2u /* profile block is on */
#define CPA_NEXT_TRACE   8u /* an execution trace is on */
#define CPA_NEXT_UNKNOWN 4u /* not looked up yet; those of a mutex look themselves up */

struct cpa_next {
	_Alignas(64) _Atomic uint32_t mode; /* 0: jump to the function below, and that is all */
	_Atomic uint32_t unlock_mode;       /* the same for an unlock: not 0 for profile mutex */
	int (*mutex_lock)(pthread_mutex_t *mutex);
	int (*mutex_trylock)(pthread_mutex_t *mutex);
	int (*mutex_unlock)(pthread_mutex_t *mutex);
	int (*cond_wait)(pthread_cond_t *cond, pthread_mutex_t *mutex);
	int (*cond_timedwait)(
		pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until);
	int (*rwlock_rdlock)(pthread_rwlock_t *lock);
	int (*rwlock_unlock)(pthread_rwlock_t *lock);
	/* The other lines. */
	int (*cond_clockwait)(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
		const struct timespec *until);
	int (*mutex_timedlock)(pthread_mutex_t *mutex, const struct timespec *until);
	int (*mutex_clocklock)(
		pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until);
	int (*rwlock_tryrdlock)(pthread_rwlock_t *lock);
	int (*rwlock_timedrdlock)(pthread_rwlock_t *lock, const struct timespec *until);
	int (*rwlock_clockrdlock)(
		pthread_rwlock_t *lock, clockid_t clock, const struct timespec *until);
	int (*rwlock_wrlock)(pthread_rwlock_t *lock);
	int (*rwlock_trywrlock)(pthread_rwlock_t *lock);
	int (*rwlock_timedwrlock)(pthread_rwlock_t *lock, const struct timespec *until);
	int (*rwlock_clockwrlock)(
		pthread_rwlock_t *lock, clockid_t clock, const struct timespec *until);
	int (*spin_lock)(pthread_spinlock_t *lock);
	int (*spin_trylock)(pthread_spinlock_t *lock);
	int (*spin_unlock)(pthread_spinlock_t *lock);
	int (*sem_wait)(sem_t *semaphore);
	int (*sem_trywait)(sem_t *semaphore);
	int (*sem_timedwait)(sem_t *semaphore, const struct timespec *until);
	int (*sem_clockwait)(sem_t *semaphore, clockid_t clock, const struct timespec *until);
	int (*barrier_wait)(pthread_barrier_t *barrier);
	int (*join)(pthread_t thread, void **ret_value);
	int (*tryjoin)(pthread_t thread, void **ret_value);
	int (*timedjoin)(pthread_t thread, void **ret_value, const struct timespec *until);
	int (*clockjoin)(
		pthread_t thread, void **ret_value, clockid_t clock, const struct timespec *until);
	int (*mtx_lock)(mtx_t *mutex);
	int (*mtx_trylock)(mtx_t *mutex);
	int (*mtx_timedlock)(mtx_t *mutex, const struct timespec *until);
	int (*mtx_unlock)(mtx_t *mutex);
	int (*cnd_wait)(cnd_t *cond, mtx_t *mutex);
	int (*cnd_timedwait)(cnd_t *cond, mtx_t *mutex, const struct timespec *until);
	int (*thrd_join)(thrd_t thread, int *ret_value);
};

extern CPA_HIDDEN struct cpa_next cpa_next;

/*
 * Look up all of them, unless it is done. Two threads may do so at the same time.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_next_find(void);

/*
 * Nothing to do but to jump: a compare and a branch. acquire: pairs with the release in
 * cpa_next_find.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline bool cpa_next_none(const _Atomic uint32_t *mode)
{
#if defined(__x86_64__)
	bool none;

	/* gcc does not compare an atomic in memory: we do, and every load here is an acquire. */
	__asm__("cmpl $0, %1" : "=@cce"(none) : "m"(*mode) : "memory");
	return cpa_likely(none);
#else
	return cpa_likely(atomic_load_explicit(mode, memory_order_acquire) == 0);
#endif
}

static inline bool cpa_next_alone(void)
{
	return cpa_next_none(&cpa_next.mode);
}

static inline bool cpa_next_unlock_alone(void)
{
	return cpa_next_none(&cpa_next.unlock_mode);
}

/*
 * After that it is known where to jump.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
static inline void cpa_next_need(void)
{
	if (cpa_unlikely(
		    atomic_load_explicit(&cpa_next.mode, memory_order_acquire) & CPA_NEXT_UNKNOWN))
		cpa_next_find();
}

/*
 * Switch the functions to what is on: bits of CPA_NEXT_MUTEX, _BLOCK, _TRACE.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_next_set_mode(uint32_t mode);

/*
 * The C library's function of this name, looked up once. Two threads may look at the same time, and
 * find the same.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void *cpa_next_function(void *_Atomic *found, const char *name);

#endif
