/* SPDX-License-Identifier: BSD-2-Clause */
/* Which contended unlocks are recorded, and with what weight. */
#include "sampling/mutex.h"

#include <stdatomic.h>

#include "sampling/gate.h"
#include "sampling/tally.h"

static _Atomic int fraction_now;

int cpa_mutex_fraction(int fraction)
{
	if (fraction < 0)
		return atomic_load_explicit(&fraction_now, memory_order_relaxed);
	return atomic_exchange_explicit(&fraction_now, fraction, memory_order_relaxed);
}

uint32_t cpa_mutex_draw(void)
{
	uint32_t fraction = (uint32_t)atomic_load_explicit(&fraction_now, memory_order_relaxed);

	return fraction > 1 && !cpa_gate_one_in(fraction) ? 0 : fraction;
}

void cpa_mutex_record(cpa_stack_id stack, uint32_t label_set, uint64_t delay_ns, uint32_t events)
{
	cpa_tally_add(CPA_TALLY_MUTEX, stack, label_set, events, (double)delay_ns * events);
}
