/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutexes and spin locks, of POSIX and of C11. C++ locks through these.
 * Not here: locks with readers (rwlocks.c), waiting for a condition (conditions.c).
 *
 * A lock that is free is taken by the C library's trylock, and nothing is measured. Any answer but
 * "busy" is the answer of lock too: a dead owner, one beyond recovery, no more recursion. A
 * mutex that its own thread has locked is busy as well, and then lock itself says what it is.
 *
 * An unlock of a recursive mutex that leaves it locked charges what the others have waited so far;
 * the sum over all unlocks is the same.
 */
#include <errno.h>

#include "alloc/next.h"
#include "alloc/waiting.h"

static CPA_COLD int lock_watched(pthread_mutex_t *mutex)
{
	struct cpa_wait wait;

	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, mutex);
	return cpa_waiting_end(&wait, cpa_next.mutex_lock(mutex));
}

/* Apart, so that the function that jumps needs no stack frame. */
static __attribute__((noinline)) int lock_measured(pthread_mutex_t *mutex)
{
	int result = cpa_next.mutex_trylock(mutex);

	if (cpa_unlikely(result == EBUSY))
		return lock_watched(mutex);
	return result;
}

CPA_EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	if (cpa_next_alone())
		return cpa_next.mutex_lock(mutex);
	return lock_measured(mutex);
}

static CPA_COLD int mutex_timedlock_watched(pthread_mutex_t *mutex, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.mutex_trylock(mutex);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, mutex);
	return cpa_waiting_end(&wait, cpa_next.mutex_timedlock(mutex, until));
}

CPA_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.mutex_timedlock(mutex, until);
	return mutex_timedlock_watched(mutex, until);
}

static CPA_COLD int mutex_clocklock_watched(
	pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	if (cpa_waiting_refused(clock, until))
		return cpa_next.mutex_clocklock(mutex, clock, until);
	result = cpa_next.mutex_trylock(mutex);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, mutex);
	return cpa_waiting_end(&wait, cpa_next.mutex_clocklock(mutex, clock, until));
}

CPA_EXPORT int pthread_mutex_clocklock(
	pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.mutex_clocklock(mutex, clock, until);
	return mutex_clocklock_watched(mutex, clock, until);
}

static CPA_COLD int mutex_unlock_charged(pthread_mutex_t *mutex)
{
	uint64_t sum_ns;

	cpa_next_need();
	sum_ns = cpa_waiting_sum((const void *)mutex);
	return cpa_waiting_charge(sum_ns, cpa_next.mutex_unlock(mutex));
}

CPA_EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	if (cpa_next_unlock_alone() || !cpa_waits_maybe(mutex))
		return cpa_next.mutex_unlock(mutex);
	return mutex_unlock_charged(mutex);
}

static CPA_COLD int spin_lock_watched(pthread_spinlock_t *lock)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.spin_trylock(lock);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, (const void *)lock);
	return cpa_waiting_end(&wait, cpa_next.spin_lock(lock));
}

CPA_EXPORT int pthread_spin_lock(pthread_spinlock_t *lock)
{
	if (cpa_next_alone())
		return cpa_next.spin_lock(lock);
	return spin_lock_watched(lock);
}

static CPA_COLD int spin_unlock_charged(pthread_spinlock_t *lock)
{
	uint64_t sum_ns;

	cpa_next_need();
	sum_ns = cpa_waiting_sum((const void *)lock);
	return cpa_waiting_charge(sum_ns, cpa_next.spin_unlock(lock));
}

CPA_EXPORT int pthread_spin_unlock(pthread_spinlock_t *lock)
{
	if (cpa_next_alone())
		return cpa_next.spin_unlock(lock);
	return spin_unlock_charged(lock);
}

static CPA_COLD int mtx_lock_watched(mtx_t *mutex)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.mtx_trylock(mutex);
	if (result != thrd_busy)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, mutex);
	return cpa_waiting_end_c11(&wait, cpa_next.mtx_lock(mutex));
}

CPA_EXPORT int mtx_lock(mtx_t *mutex)
{
	if (cpa_next_alone())
		return cpa_next.mtx_lock(mutex);
	return mtx_lock_watched(mutex);
}

static CPA_COLD int mtx_timedlock_watched(mtx_t *mutex, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.mtx_trylock(mutex);
	if (result != thrd_busy)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, mutex);
	return cpa_waiting_end_c11(&wait, cpa_next.mtx_timedlock(mutex, until));
}

CPA_EXPORT int mtx_timedlock(mtx_t *mutex, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.mtx_timedlock(mutex, until);
	return mtx_timedlock_watched(mutex, until);
}

static CPA_COLD int mtx_unlock_charged(mtx_t *mutex)
{
	uint64_t sum_ns;

	cpa_next_need();
	sum_ns = cpa_waiting_sum((const void *)mutex);
	return cpa_waiting_charge(sum_ns, cpa_next.mtx_unlock(mutex));
}

CPA_EXPORT int mtx_unlock(mtx_t *mutex)
{
	if (cpa_next_alone())
		return cpa_next.mtx_unlock(mutex);
	return mtx_unlock_charged(mutex);
}
