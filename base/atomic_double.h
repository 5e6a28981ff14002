/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sum of doubles that several threads add to, without a lock: C11 has no fetch_add for them.
 * Not here: sums of integers (the compiler's __atomic builtins).
 */
#ifndef CPA_BASE_ATOMIC_DOUBLE_H
#define CPA_BASE_ATOMIC_DOUBLE_H

#include <stdbool.h>

/*
 * Add to the sum, or read it. Relaxed: orders nothing else.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline void cpa_atomic_double_add(double *sum, double add)
{
	double old_sum, new_sum;

	__atomic_load(sum, &old_sum, __ATOMIC_RELAXED);
	do {
		new_sum = old_sum + add;
	} while (!__atomic_compare_exchange(
		sum, &old_sum, &new_sum, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

static inline double cpa_atomic_double_load(const double *sum)
{
	double value;

	__atomic_load(sum, &value, __ATOMIC_RELAXED);
	return value;
}

#endif
