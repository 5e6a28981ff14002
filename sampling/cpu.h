/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profile "cpu": where the program's threads spend CPU time.
 * Not here: the timers (cputimers.c), the handler (cputicks.c), the thread that drains
 * (report/collector.c).
 *
 * All ticks that are due are counted, so that their sum is the CPU time of the threads: those whose
 * stack could not be kept under "[lost samples]", and those of threads that ended, or were no
 * longer looked at, before the kernel's next tick under "[between ticks]".
 */
#ifndef CPA_SAMPLING_CPU_H
#define CPA_SAMPLING_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

#define CPA_CPU_HZ_MAX 1000u

struct cpa_cpu_state {
	bool is_on;
	uint64_t hz; /* 0: never on */
	uint64_t period_ns;
	uint64_t start_ns;    /* since 1970 */
	uint64_t duration_ns; /* that the profile covers */
	uint64_t ticks;       /* in the profile, of all kinds */
	uint64_t signals;     /* that brought them: several ticks may come with one */
	uint64_t lost;        /* ticks under "[lost samples]" */
	uint64_t between;     /* ticks under "[between ticks]" */
	uint64_t truncated;   /* ticks of stacks deeper than the copy or the limit */
	uint64_t broken;      /* ticks of stacks that could not be followed to their root */
	uint64_t threads;     /* that have a timer now */
	uint64_t failed;      /* threads that got none */
};

/*
 * Begin a new profile: forget the last one, arm the threads that are there. 0; -EINVAL: hz is 0 or
 * above CPA_CPU_HZ_MAX; -EBUSY: it is on; -ENOMEM; another -errno from sigaction.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_cpu_start(uint32_t hz);

/*
 * End it. 0, or -EALREADY when it is off.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_cpu_stop(void);

/*
 * A thread begins, which runs this function; it ends. A few instructions while the profile is off.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cpu_thread_begins(uint64_t function);
void cpa_cpu_thread_ends(void);

/*
 * Unwind and count the ticks that came.
 *
 * Thread: any. Takes a lock.
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_cpu_drain(void);

/*
 * Read the state. Drain first, for all of it.
 *
 * Thread: any. Takes a lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
struct cpa_cpu_state cpa_cpu_read(void);

/*
 * Around fork: no thread drains when the child is made. In the child the profile is off, and empty.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cpu_prefork(void);
void cpa_cpu_postfork_parent(void);
void cpa_cpu_postfork_child(void);

#endif
