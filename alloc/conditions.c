/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for a condition, which is also an unlock of its mutex. The lock afterwards is a part of
 * the wait.
 * Not here: the mutex itself (locks.c).
 */
#include <errno.h>

#include "alloc/next.h"
#include "alloc/waiting.h"

/* Refused, so that there was no wait. */
static bool refused(int result)
{
	return result == EPERM || result == EINVAL;
}

static CPA_COLD int cond_wait_watched(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	struct cpa_wait wait;
	bool waits;
	int result;

	cpa_next_need();
	cpa_waiting_charge(cpa_waiting_sum(mutex), false);
	waits = cpa_waiting_begin(&wait, CPA_TRACE_WAIT_CONDITION, cond);
	result = cpa_next.cond_wait(cond, mutex);
	if (waits)
		cpa_waiting_end(&wait, refused(result));
	return result;
}

CPA_EXPORT int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	if (cpa_next_alone())
		return cpa_next.cond_wait(cond, mutex);
	return cond_wait_watched(cond, mutex);
}

static CPA_COLD int cond_timedwait_watched(
	pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
	struct cpa_wait wait;
	bool waits;
	int result;

	cpa_next_need();
	cpa_waiting_charge(cpa_waiting_sum(mutex), false);
	waits = cpa_waiting_begin(&wait, CPA_TRACE_WAIT_CONDITION, cond);
	result = cpa_next.cond_timedwait(cond, mutex, until);
	if (waits)
		cpa_waiting_end(&wait, refused(result));
	return result;
}

CPA_EXPORT int pthread_cond_timedwait(
	pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.cond_timedwait(cond, mutex, until);
	return cond_timedwait_watched(cond, mutex, until);
}

static CPA_COLD int cond_clockwait_watched(
	pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	struct cpa_wait wait;
	bool waits;
	int result;

	cpa_next_need();
	cpa_waiting_charge(cpa_waiting_sum(mutex), false);
	waits = cpa_waiting_begin(&wait, CPA_TRACE_WAIT_CONDITION, cond);
	result = cpa_next.cond_clockwait(cond, mutex, clock, until);
	if (waits)
		cpa_waiting_end(&wait, refused(result));
	return result;
}

CPA_EXPORT int pthread_cond_clockwait(
	pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.cond_clockwait(cond, mutex, clock, until);
	return cond_clockwait_watched(cond, mutex, clock, until);
}

static CPA_COLD int cnd_wait_watched(cnd_t *cond, mtx_t *mutex)
{
	struct cpa_wait wait;
	bool waits;
	int result;

	cpa_next_need();
	cpa_waiting_charge(cpa_waiting_sum(mutex), false);
	waits = cpa_waiting_begin(&wait, CPA_TRACE_WAIT_CONDITION, cond);
	result = cpa_next.cnd_wait(cond, mutex);
	if (waits)
		cpa_waiting_end(&wait, result == thrd_error);
	return result;
}

CPA_EXPORT int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	if (cpa_next_alone())
		return cpa_next.cnd_wait(cond, mutex);
	return cnd_wait_watched(cond, mutex);
}

static CPA_COLD int cnd_timedwait_watched(cnd_t *cond, mtx_t *mutex, const struct timespec *until)
{
	struct cpa_wait wait;
	bool waits;
	int result;

	cpa_next_need();
	cpa_waiting_charge(cpa_waiting_sum(mutex), false);
	waits = cpa_waiting_begin(&wait, CPA_TRACE_WAIT_CONDITION, cond);
	result = cpa_next.cnd_timedwait(cond, mutex, until);
	if (waits)
		cpa_waiting_end(&wait, result == thrd_error);
	return result;
}

CPA_EXPORT int cnd_timedwait(cnd_t *cond, mtx_t *mutex, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.cnd_timedwait(cond, mutex, until);
	return cnd_timedwait_watched(cond, mutex, until);
}
