/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU profile and the thread of ours that it needs. */
#include "report/collector.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/lock.h"
#include "report/apart.h"
#include "sampling/cpu.h"
#include "sampling/cputicks.h"
#include "sampling/cputimers.h"

#define DRAIN_NS 10000000u  /* 256 slots hold 25,600 signals a second */
#define SWEEP_NS 100000000u /* a thread that nobody announced is counted from then on */

static struct cpa_lock turn; /* one starts or stops at a time */
static _Atomic uint32_t is_on;
static bool has_thread; /* guarded by turn */

static void *run(void *unused)
{
	uint64_t sweep_ns = 0;

	(void)unused;
	cpa_apart_leave_count(); /* while this thread still has the program's descriptors */
	cpa_apart_enter(CPA_APART_NO_FD);
	(void)prctl(PR_SET_NAME, "cprofalloc-cpu");
	for (;;) {
		if (!atomic_load(&is_on)) {
			cpa_lock_wait(&is_on, 0, UINT64_MAX);
			continue;
		}
		cpa_cputicks_wait(DRAIN_NS);
		cpa_cpu_drain();
		if (cpa_clock_mono_ns() < sweep_ns)
			continue;
		cpa_cputimers_sweep();
		sweep_ns = cpa_clock_mono_ns() + SWEEP_NS;
	}
	return NULL;
}

static int start_locked(uint32_t hz)
{
	int error = cpa_cpu_start(hz);

	if (error)
		return error;
	if (!has_thread) {
		error = cpa_apart_start(run, NULL);
		has_thread = error == 0;
	}
	if (error) {
		(void)!cpa_cpu_stop();
		return error;
	}
	atomic_store(&is_on, hz);
	cpa_lock_wake(&is_on);
	return 0;
}

int cpa_collector_start(uint32_t hz)
{
	int error;

	cpa_lock_acquire(&turn);
	error = start_locked(hz);
	cpa_lock_release(&turn);
	return error;
}

int cpa_collector_stop(void)
{
	int error;

	cpa_lock_acquire(&turn);
	atomic_store(&is_on, 0);
	error = cpa_cpu_stop();
	cpa_lock_release(&turn);
	return error;
}

void cpa_collector_postfork_child(bool again)
{
	uint32_t hz = atomic_exchange(&is_on, 0);

	cpa_lock_reset(&turn);
	has_thread = false;
	if (hz && again)
		(void)!cpa_collector_start(hz);
}
