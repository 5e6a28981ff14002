/* SPDX-License-Identifier: BSD-2-Clause */
/* May a thread be sent a signal without its program noticing? */
#include "sampling/askable.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define LOOKS_MAX 3u /* at a thread that moves meanwhile */

static bool waits_without_limit(const uint64_t *args)
{
	uint32_t operation = (uint32_t)args[1] & FUTEX_CMD_MASK;

	return (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET) && !args[3];
}

bool cpa_askable_asleep(uint32_t tid, const struct cpa_proctask_sleep *sleep)
{
	switch (sleep->call_number) {
	case -1: /* between two instructions: the kernel took its turn away */
	case SYS_wait4:
	case SYS_waitid:
		return true;
	case SYS_futex:
		return waits_without_limit(sleep->args);
	case SYS_read:
	case SYS_readv:
		return S_ISFIFO(cpa_proctask_file_mode(tid, (uint32_t)sleep->args[0]));
	default:
		return false;
	}
}

bool cpa_askable(uint32_t tid)
{
	struct cpa_proctask_sleep sleep;
	struct cpa_proctask task;

	for (uint32_t looks = 0; looks < LOOKS_MAX; looks++) {
		if (cpa_proctask_sleep(tid, &sleep))
			return cpa_askable_asleep(tid, &sleep);
		/* A thread that has ended gets no signal. */
		if (!cpa_proctask_look(tid, SIGPROF, &task) || task.state == 'R')
			return true;
	}
	return false; /* asleep, and the kernel does not say where */
}
