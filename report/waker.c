/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's one thread of its own. */
#include "report/waker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/lock.h"

enum { ASKED = 1, STOPPED = 2 };

static struct cpa_waker_plan plan; /* written before the thread starts */
static _Atomic uint32_t word;      /* ASKED, STOPPED */

uint64_t cpa_waker_next_ns(uint64_t start_ns, uint64_t interval_ns, uint64_t now_ns)
{
	return now_ns + interval_ns - (now_ns - start_ns) % interval_ns;
}

/* True when it is time to act, false when there is nothing more to do for ever. */
static bool wait_for_turn(uint64_t next_ns)
{
	for (;;) {
		uint64_t now_ns = cpa_clock_mono_ns();
		uint32_t seen = atomic_load(&word);

		if (seen & STOPPED)
			return false;
		if (seen & ASKED) {
			atomic_fetch_and(&word, ~(uint32_t)ASKED);
			return true;
		}
		if (now_ns >= next_ns)
			return true;
		cpa_lock_wait(&word, 0, next_ns == UINT64_MAX ? UINT64_MAX : next_ns - now_ns);
	}
}

static void *run(void *unused)
{
	uint64_t start_ns = cpa_clock_mono_ns();
	uint64_t next_ns = plan.interval_ns ? start_ns + plan.interval_ns : UINT64_MAX;

	(void)unused;
	(void)prctl(PR_SET_NAME, "cprofalloc");
	if (plan.prepare)
		plan.prepare();
	while (wait_for_turn(next_ns)) {
		uint64_t now_ns = cpa_clock_mono_ns();

		/* A request between two beats does not move the beat. */
		if (plan.interval_ns && now_ns >= next_ns)
			next_ns = cpa_waker_next_ns(start_ns, plan.interval_ns, now_ns);
		plan.act();
		if (plan.interval_ns && cpa_clock_mono_ns() >= next_ns)
			next_ns =
				cpa_waker_next_ns(start_ns, plan.interval_ns, cpa_clock_mono_ns());
	}
	return NULL;
}

static int create(size_t stack_bytes)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error = pthread_attr_init(&attr);

	if (error)
		return -error;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, stack_bytes);
	error = pthread_create(&thread, &attr, run, NULL);
	(void)pthread_attr_destroy(&attr);
	return -error;
}

int cpa_waker_start(const struct cpa_waker_plan *new_plan)
{
	/* The thread-local variables of all libraries take part of a stack: a program with many
	 * needs the larger one. */
	static const size_t stack_sizes[] = {(size_t)256 << 10, (size_t)8 << 20};
	int kept_errno = errno;
	int error = -EINVAL;
	sigset_t all, kept_mask;

	plan = *new_plan;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &kept_mask);
	for (size_t i = 0; i < CPA_ARRAY_LEN(stack_sizes) && error == -EINVAL; i++)
		error = create(stack_sizes[i]);
	(void)pthread_sigmask(SIG_SETMASK, &kept_mask, NULL);
	errno = kept_errno;
	return error;
}

void cpa_waker_request(void)
{
	if (!(atomic_fetch_or(&word, ASKED) & ASKED))
		cpa_lock_wake(&word);
}

void cpa_waker_stop(void)
{
	atomic_fetch_or(&word, STOPPED);
	cpa_lock_wake(&word);
}

void cpa_waker_postfork_child(void)
{
	atomic_store(&word, 0);
}
