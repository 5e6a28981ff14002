/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's one thread of its own. */
#include "report/waker.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "report/apart.h"

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
	cpa_apart_leave_count(); /* while this thread still has the program's descriptors */
	cpa_apart_enter(CPA_APART_NO_FD);
	(void)prctl(PR_SET_NAME, "cprofalloc");
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
	/* The process is ending. Not counted, this thread must not end as one that is. */
	while (pause() != 0)
		continue;
	return NULL;
}

int cpa_waker_start(const struct cpa_waker_plan *new_plan)
{
	plan = *new_plan;
	return cpa_apart_start(run, NULL);
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
