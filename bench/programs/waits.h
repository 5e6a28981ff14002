/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The longest calls of a thread, and the longest in which it was blocked: the kernel counts a
 * thread's voluntary context switches (it waited for a lock) apart from the involuntary ones (the
 * scheduler gave its processor away).
 * Not here: what is called (the programs that include this).
 */
#ifndef CPA_BENCH_WAITS_H
#define CPA_BENCH_WAITS_H

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#define WAITS_LOOK_NS 5000.0 /* longer calls are asked about; to sleep and be woken takes longer */

struct waits {
	double worst_ns;
	double blocked_ns; /* worst of the calls with a voluntary context switch */
	double calls;
};

static inline double clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline long waits_voluntary_switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

/* One call took so long. What it did is asked only then: asking costs as much as a call.
 * voluntary_count is the thread's own. */
static inline void waits_note(struct waits *waits, long *voluntary_count, double elapsed_ns)
{
	long switches;

	waits->calls++;
	if (elapsed_ns > waits->worst_ns)
		waits->worst_ns = elapsed_ns;
	if (elapsed_ns < WAITS_LOOK_NS)
		return;
	switches = waits_voluntary_switches();
	if (switches != *voluntary_count && elapsed_ns > waits->blocked_ns)
		waits->blocked_ns = elapsed_ns;
	*voluntary_count = switches;
}

static inline void waits_worse(struct waits *into, const struct waits *other)
{
	if (other->worst_ns > into->worst_ns)
		into->worst_ns = other->worst_ns;
	if (other->blocked_ns > into->blocked_ns)
		into->blocked_ns = other->blocked_ns;
	into->calls += other->calls;
}

static inline void waits_print(const char *name, const struct waits *waits)
{
	printf("%s_worst_us %.1f\n%s_blocked_us %.1f\n%s_calls %.0f\n", name, waits->worst_ns / 1e3,
		name, waits->blocked_ns / 1e3, name, waits->calls);
}

#endif
