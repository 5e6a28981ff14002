/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's clock of a thread's CPU time, and timers on it. */
#include "sampling/cpuclock.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sampling/profsignal.h"

#define SECOND_NS 1000000000u
#define OF_THREAD 6u /* the kernel's CPUCLOCK_SCHED | CPUCLOCK_PERTHREAD_MASK */

static clockid_t clock_of(uint32_t thread_id)
{
	return (clockid_t)(~thread_id << 3 | OF_THREAD);
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / SECOND_NS), .tv_nsec = (long)(ns % SECOND_NS)};
}

bool cpa_cpuclock_read(uint32_t thread_id, uint64_t *ret_ns)
{
	struct timespec now;

	if (syscall(SYS_clock_gettime, clock_of(thread_id), &now) < 0)
		return false;
	*ret_ns = (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
	return true;
}

int cpa_cpuclock_start(uint32_t thread_id, uint32_t number, uint64_t first_in_ns,
	uint64_t period_ns, int *ret_timer)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGPROF,
		.sigev_value = cpa_profsignal_value(CPA_PROFSIGNAL_TICK, number),
	};
	struct itimerspec times = {
		.it_value = to_timespec(first_in_ns), .it_interval = to_timespec(period_ns)};
	int error;

	event._sigev_un._tid = (int)thread_id;
	if (syscall(SYS_timer_create, clock_of(thread_id), &event, ret_timer) < 0)
		return -errno;
	if (syscall(SYS_timer_settime, *ret_timer, 0, &times, NULL) == 0)
		return 0;
	error = -errno;
	cpa_cpuclock_stop(*ret_timer);
	return error;
}

void cpa_cpuclock_stop(int timer)
{
	(void)syscall(SYS_timer_delete, timer);
}
