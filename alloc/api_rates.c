/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that switch samplers on and off while the program runs.
 * Not here: the heap's rate (api.c), the samplers (sampling/).
 */
#include <errno.h>

#include "alloc/fork.h"
#include "alloc/init.h"
#include "alloc/waiting.h"
#include "base/compiler.h"
#include "cprofalloc.h"
#include "report/collector.h"
#include "sampling/gate.h"

static int control_cpu(int hz)
{
	uint64_t left_bytes;
	int result;

	if (!cpa_init_can_sample())
		return -ENOTSUP;
	cpa_fork_repair();
	if (!cpa_gate_begin(&left_bytes))
		return -EBUSY;
	result = hz < 0 ? cpa_collector_stop() : cpa_collector_start((uint32_t)hz);
	cpa_gate_end(left_bytes);
	return result;
}

CPA_EXPORT int cprof_cpu_start(int hz)
{
	return hz < 0 ? -EINVAL : control_cpu(hz);
}

CPA_EXPORT int cprof_cpu_stop(void)
{
	return control_cpu(-1);
}

CPA_EXPORT int cprof_mutex_fraction(int fraction)
{
	return cpa_init_can_sample() ? cpa_waiting_mutex_fraction(fraction) : -ENOTSUP;
}

CPA_EXPORT int64_t cprof_block_rate(int64_t rate_ns)
{
	return cpa_init_can_sample() ? cpa_waiting_block_rate(rate_ns) : -ENOTSUP;
}
