/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a stack lies in the store: shared by stacks.c, which makes it, and heap.c, which hangs its
 * buckets from it.
 * Not here: anything for other folders (stacks.h).
 */
#ifndef CPA_SAMPLING_STACK_RECORD_H
#define CPA_SAMPLING_STACK_RECORD_H

#include "sampling/stacks.h"

struct cpa_stack_record {
	uint32_t hash;
	cpa_stack_id next; /* in the hash chain; never changes once the record is published */
	_Atomic cpa_store_ref buckets; /* first heap bucket of this stack; heap.c */
	uint32_t depth;
	uint64_t pcs[]; /* pcs[depth], leaf first */
};

static inline struct cpa_stack_record *cpa_stack_record(cpa_stack_id id)
{
	return cpa_store_at(id);
}

#endif
