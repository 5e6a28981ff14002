/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ids of a profile while it is read, each in 32 bits: an id may be any number up to 2^64, and is
 * nearly always a small one. A small one stands for itself; a wide one is numbered.
 * Not here: what an id belongs to (resolve.c).
 */
#ifndef CPA_PROFILE_IDS_H
#define CPA_PROFILE_IDS_H

#include "report/profile/intern.h"

#define CPA_IDS_WIDE (UINT32_C(1) << 31) /* from here on: the number of a wide id */

struct cpa_ids {
	struct cpa_intern wide;
};

/* The 32 bits that stand for an id. */
static inline uint32_t cpa_ids_token(struct cpa_ids *ids, uint64_t id)
{
	return id < CPA_IDS_WIDE ? (uint32_t)id
				 : CPA_IDS_WIDE + cpa_intern_add(&ids->wide, &id, sizeof(id), NULL);
}

static inline uint64_t cpa_ids_id(const struct cpa_ids *ids, uint32_t token)
{
	size_t length_bytes;

	return token < CPA_IDS_WIDE ? token
				    : *(const uint64_t *)cpa_intern_get(
					      &ids->wide, token - CPA_IDS_WIDE, &length_bytes);
}

#endif
