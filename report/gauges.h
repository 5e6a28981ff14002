/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap at this moment, for who asks every second: totals and the largest sites.
 * Not here: all of it (heaprows.h), the form (report/http/live.c).
 *
 * Costs two walks over the buckets at most, and stops nobody. Without names no file is opened:
 * who polls asks for them when there is a site that he has not seen before.
 */
#ifndef CPA_REPORT_GAUGES_H
#define CPA_REPORT_GAUGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "report/facts.h"
#include "sampling/stacks.h"

#define CPA_GAUGES_FUNCTIONS_MAX 16u

/* Estimates. */
struct cpa_gauges_sums {
	double inuse_objects;
	double inuse_bytes;
	double inuse_variance;   /* of inuse_bytes */
	double inuse_half_bytes; /* half of the 95% interval */
	double alloc_objects;
	double alloc_bytes;
};

/* One stack that holds memory. */
struct cpa_gauges_site {
	cpa_stack_id stack; /* the same as long as the process lives */
	uint32_t depth;
	struct cpa_gauges_sums sums;
	const char **functions; /* leaf first; NULL: names were not wanted */
	uint32_t function_count;
};

/* Takes one site; valid during the call. */
typedef void cpa_gauges_take(void *context, const struct cpa_gauges_site *site);

/* What is wanted beside the totals. */
struct cpa_gauges_order {
	size_t sites_max;
	bool names;
	cpa_gauges_take *take; /* the largest first */
	void *context;
};

struct cpa_gauges {
	struct cpa_facts facts;
	uint64_t mono_ns;
	uint64_t thread_count; /* the program's */
	uint64_t site_count;   /* stacks that hold memory; 0 where none were wanted */
	bool cpu_is_on;
	struct cpa_gauges_sums all;
};

/*
 * Look, and give the sites to order->take. 0 or -ENOMEM: then there are totals, and no site was
 * given.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_gauges_read(
	const struct cpa_gauges_order *order, struct cpa_gauges *ret_gauges);

#endif
