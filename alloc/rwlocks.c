/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks for one writer or many readers.
 * Not here: other locks (locks.c).
 *
 * An unlock charges those who wait at that moment, also where it is the unlock of one reader of
 * many: each reader that a writer waits for is charged for its part of the time.
 */
#include <errno.h>

#include "alloc/next.h"
#include "alloc/waiting.h"

static CPA_COLD int rwlock_rdlock_watched(pthread_rwlock_t *lock)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.rwlock_tryrdlock(lock);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, lock);
	return cpa_waiting_end(&wait, cpa_next.rwlock_rdlock(lock));
}

CPA_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	if (cpa_next_alone())
		return cpa_next.rwlock_rdlock(lock);
	return rwlock_rdlock_watched(lock);
}

static CPA_COLD int rwlock_timedrdlock_watched(pthread_rwlock_t *lock, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	if (cpa_waiting_refused(CLOCK_REALTIME, until))
		return cpa_next.rwlock_timedrdlock(lock, until);
	result = cpa_next.rwlock_tryrdlock(lock);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, lock);
	return cpa_waiting_end(&wait, cpa_next.rwlock_timedrdlock(lock, until));
}

CPA_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.rwlock_timedrdlock(lock, until);
	return rwlock_timedrdlock_watched(lock, until);
}

static CPA_COLD int rwlock_clockrdlock_watched(
	pthread_rwlock_t *lock, clockid_t clock, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	if (cpa_waiting_refused(clock, until))
		return cpa_next.rwlock_clockrdlock(lock, clock, until);
	result = cpa_next.rwlock_tryrdlock(lock);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, lock);
	return cpa_waiting_end(&wait, cpa_next.rwlock_clockrdlock(lock, clock, until));
}

CPA_EXPORT int pthread_rwlock_clockrdlock(
	pthread_rwlock_t *lock, clockid_t clock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.rwlock_clockrdlock(lock, clock, until);
	return rwlock_clockrdlock_watched(lock, clock, until);
}

static CPA_COLD int rwlock_wrlock_watched(pthread_rwlock_t *lock)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.rwlock_trywrlock(lock);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, lock);
	return cpa_waiting_end(&wait, cpa_next.rwlock_wrlock(lock));
}

CPA_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	if (cpa_next_alone())
		return cpa_next.rwlock_wrlock(lock);
	return rwlock_wrlock_watched(lock);
}

static CPA_COLD int rwlock_timedwrlock_watched(pthread_rwlock_t *lock, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	if (cpa_waiting_refused(CLOCK_REALTIME, until))
		return cpa_next.rwlock_timedwrlock(lock, until);
	result = cpa_next.rwlock_trywrlock(lock);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, lock);
	return cpa_waiting_end(&wait, cpa_next.rwlock_timedwrlock(lock, until));
}

CPA_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.rwlock_timedwrlock(lock, until);
	return rwlock_timedwrlock_watched(lock, until);
}

static CPA_COLD int rwlock_clockwrlock_watched(
	pthread_rwlock_t *lock, clockid_t clock, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	if (cpa_waiting_refused(clock, until))
		return cpa_next.rwlock_clockwrlock(lock, clock, until);
	result = cpa_next.rwlock_trywrlock(lock);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_LOCK, lock);
	return cpa_waiting_end(&wait, cpa_next.rwlock_clockwrlock(lock, clock, until));
}

CPA_EXPORT int pthread_rwlock_clockwrlock(
	pthread_rwlock_t *lock, clockid_t clock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.rwlock_clockwrlock(lock, clock, until);
	return rwlock_clockwrlock_watched(lock, clock, until);
}

static CPA_COLD int rwlock_unlock_charged(pthread_rwlock_t *lock)
{
	uint64_t sum_ns;

	cpa_next_need();
	sum_ns = cpa_waiting_sum((const void *)lock);
	return cpa_waiting_charge(sum_ns, cpa_next.rwlock_unlock(lock));
}

CPA_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	if (cpa_next_alone())
		return cpa_next.rwlock_unlock(lock);
	return rwlock_unlock_charged(lock);
}
