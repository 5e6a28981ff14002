/* SPDX-License-Identifier: BSD-2-Clause */
/* Which waits are recorded, and with what weight. */
#include "sampling/block.h"

#include <stdatomic.h>

#include "sampling/gate.h"
#include "sampling/tally.h"

static _Atomic int64_t rate_ns_now;

int64_t cpa_block_rate(int64_t rate_ns)
{
	if (rate_ns < 0)
		return atomic_load_explicit(&rate_ns_now, memory_order_relaxed);
	return atomic_exchange_explicit(&rate_ns_now, rate_ns, memory_order_relaxed);
}

void cpa_block_record(cpa_stack_id stack, uint32_t label_set, uint64_t delay_ns)
{
	double rate_ns = (double)atomic_load_explicit(&rate_ns_now, memory_order_relaxed);
	/* The clock may not have moved: what was a wait took some time. */
	double delay = delay_ns ? (double)delay_ns : 1;

	if (rate_ns <= 0)
		return;
	if (delay >= rate_ns)
		cpa_tally_add(CPA_TALLY_BLOCK, stack, label_set, 1, delay);
	else if (cpa_gate_chance(delay / rate_ns))
		cpa_tally_add(CPA_TALLY_BLOCK, stack, label_set, rate_ns / delay, rate_ns);
}
