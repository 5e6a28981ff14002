/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that switch samplers on and off while the program runs.
 * Not here: the heap's rate (api.c), the samplers (sampling/).
 */
#include <errno.h>

#include "alloc/init.h"
#include "alloc/waiting.h"
#include "base/compiler.h"
#include "cprofalloc.h"

CPA_EXPORT int cprof_mutex_fraction(int fraction)
{
	return cpa_init_can_sample() ? cpa_waiting_mutex_fraction(fraction) : -ENOTSUP;
}

CPA_EXPORT int64_t cprof_block_rate(int64_t rate_ns)
{
	return cpa_init_can_sample() ? cpa_waiting_block_rate(rate_ns) : -ENOTSUP;
}
