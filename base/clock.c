/* SPDX-License-Identifier: BSD-2-Clause */
/* What time it is, in nanoseconds. */
#include "base/clock.h"

#include <time.h>

static uint64_t read_ns(clockid_t clock)
{
	struct timespec now = {0};

	/* Cannot fail for the clocks below, hence errno is never touched. */
	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t cpa_clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

uint64_t cpa_clock_coarse_ns(void)
{
	return read_ns(CLOCK_MONOTONIC_COARSE);
}

uint64_t cpa_clock_wall_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}
