/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for another thread without a lock: semaphores, barriers, ends of threads. Nobody is
 * charged with these waits: they are in profile block alone.
 * Not here: condition variables (conditions.c).
 */
#include <errno.h>

#include "alloc/next.h"
#include "alloc/waiting.h"

/*
 * Taken at once. As the C library's functions it is a cancellation point also when there is no need
 * to wait.
 */
static bool sem_taken(sem_t *semaphore)
{
	int kept_errno = errno;

	pthread_testcancel();
	if (cpa_next.sem_trywait(semaphore) == 0)
		return true;
	errno = kept_errno;
	return false;
}

static CPA_COLD int sem_wait_watched(sem_t *semaphore)
{
	struct cpa_wait wait;

	cpa_next_need();
	if (sem_taken(semaphore))
		return 0;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, semaphore);
	return cpa_waiting_end_errno(&wait, cpa_next.sem_wait(semaphore));
}

CPA_EXPORT int sem_wait(sem_t *semaphore)
{
	if (cpa_next_alone())
		return cpa_next.sem_wait(semaphore);
	return sem_wait_watched(semaphore);
}

static CPA_COLD int sem_timedwait_watched(sem_t *semaphore, const struct timespec *until)
{
	struct cpa_wait wait;

	cpa_next_need();
	if (cpa_waiting_refused(CLOCK_REALTIME, until))
		return cpa_next.sem_timedwait(semaphore, until);
	if (sem_taken(semaphore))
		return 0;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, semaphore);
	return cpa_waiting_end_errno(&wait, cpa_next.sem_timedwait(semaphore, until));
}

CPA_EXPORT int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.sem_timedwait(semaphore, until);
	return sem_timedwait_watched(semaphore, until);
}

static CPA_COLD int sem_clockwait_watched(
	sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
	struct cpa_wait wait;

	cpa_next_need();
	if (cpa_waiting_refused(clock, until))
		return cpa_next.sem_clockwait(semaphore, clock, until);
	if (sem_taken(semaphore))
		return 0;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, semaphore);
	return cpa_waiting_end_errno(&wait, cpa_next.sem_clockwait(semaphore, clock, until));
}

CPA_EXPORT int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.sem_clockwait(semaphore, clock, until);
	return sem_clockwait_watched(semaphore, clock, until);
}

static CPA_COLD int barrier_wait_watched(pthread_barrier_t *barrier)
{
	struct cpa_wait wait;

	cpa_next_need();
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, barrier);
	return cpa_waiting_end(&wait, cpa_next.barrier_wait(barrier));
}

CPA_EXPORT int pthread_barrier_wait(pthread_barrier_t *barrier)
{
	if (cpa_next_alone())
		return cpa_next.barrier_wait(barrier);
	return barrier_wait_watched(barrier);
}

static CPA_COLD int join_watched(pthread_t thread, void **ret_value)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.tryjoin(thread, ret_value);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, (const void *)thread);
	return cpa_waiting_end(&wait, cpa_next.join(thread, ret_value));
}

CPA_EXPORT int pthread_join(pthread_t thread, void **ret_value)
{
	if (cpa_next_alone())
		return cpa_next.join(thread, ret_value);
	return join_watched(thread, ret_value);
}

static CPA_COLD int timedjoin_watched(
	pthread_t thread, void **ret_value, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	result = cpa_next.tryjoin(thread, ret_value);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, (const void *)thread);
	return cpa_waiting_end(&wait, cpa_next.timedjoin(thread, ret_value, until));
}

CPA_EXPORT int pthread_timedjoin_np(
	pthread_t thread, void **ret_value, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.timedjoin(thread, ret_value, until);
	return timedjoin_watched(thread, ret_value, until);
}

static CPA_COLD int clockjoin_watched(
	pthread_t thread, void **ret_value, clockid_t clock, const struct timespec *until)
{
	struct cpa_wait wait;
	int result;

	cpa_next_need();
	if (until && cpa_waiting_refused(clock, until))
		return cpa_next.clockjoin(thread, ret_value, clock, until);
	result = cpa_next.tryjoin(thread, ret_value);
	if (result != EBUSY)
		return result;
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, (const void *)thread);
	return cpa_waiting_end(&wait, cpa_next.clockjoin(thread, ret_value, clock, until));
}

CPA_EXPORT int pthread_clockjoin_np(
	pthread_t thread, void **ret_value, clockid_t clock, const struct timespec *until)
{
	if (cpa_next_alone())
		return cpa_next.clockjoin(thread, ret_value, clock, until);
	return clockjoin_watched(thread, ret_value, clock, until);
}

static CPA_COLD int thrd_join_watched(thrd_t thread, int *ret_value)
{
	struct cpa_wait wait;

	cpa_next_need();
	cpa_waiting_begin(&wait, CPA_TRACE_WAIT_OTHER, (const void *)thread);
	return cpa_waiting_end_c11(&wait, cpa_next.thrd_join(thread, ret_value));
}

CPA_EXPORT int thrd_join(thrd_t thread, int *ret_value)
{
	if (cpa_next_alone())
		return cpa_next.thrd_join(thread, ret_value);
	return thrd_join_watched(thread, ret_value);
}
