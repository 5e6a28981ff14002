/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for a condition, which is also an unlock of its mutex. The lock afterwards is a part of
 * the wait.
 * Not here: the mutex itself (locks.c).
 */
#include "alloc/next.h"
#include "alloc/waiting.h"

/*
 * The mutex is about to be unlocked, and the condition waited for. The unlock is charged before it
 * is known whether it is refused: what follows may take long, and may be left.
 */
static void begin(struct cpa_wait *ret_wait, const void *cond, const void *mutex)
{
	cpa_next_need();
	(void)cpa_waiting_charge(cpa_waiting_sum(mutex), 0);
	cpa_waiting_begin(ret_wait, CPA_TRACE_WAIT_CONDITION, cond);
}

static CPA_COLD int cond_wait_watched(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	struct cpa_wait wait;

	begin(&wait, cond, mutex);
	return cpa_waiting_end(&wait, cpa_next.cond_wait(cond, mutex));
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

	begin(&wait, cond, mutex);
	return cpa_waiting_end(&wait, cpa_next.cond_timedwait(cond, mutex, until));
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

	begin(&wait, cond, mutex);
	return cpa_waiting_end(&wait, cpa_next.cond_clockwait(cond, mutex, clock, until));
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

	begin(&wait, cond, mutex);
	return cpa_waiting_end_c11(&wait, cpa_next.cnd_wait(cond, mutex));
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

	begin(&wait, cond, mutex);
	return cpa_waiting_end_c11(&wait, cpa_next.cnd_timedwait(cond, mutex, until));
}

CPA_EXPORT int cnd_timedwait(cnd_t *cond, mtx_t *mutex, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.cnd_timedwait(cond, mutex, until);
	return cnd_timedwait_watched(cond, mutex, until);
}
