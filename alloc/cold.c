/* SPDX-License-Identifier: BSD-2-Clause */
/* What an allocation or a free does when it is, or may be, about a sample. */
#include "alloc/cold.h"

#include <errno.h>
#include <stdbool.h>

#include "alloc/backend.h"
#include "alloc/sample.h"
#include "sampling/heap.h"

void *cpa_cold_malloc(size_t req_bytes)
{
	double probability;
	void *ptr;

	if (!cpa_sample_drawn(req_bytes, &probability))
		return je_malloc(req_bytes);
	ptr = cpa_sample_alloc(req_bytes, 0, probability);
	return ptr ? ptr : cpa_sample_untracked(je_malloc(req_bytes));
}

void *cpa_cold_calloc(size_t count, size_t each_bytes)
{
	size_t req_bytes = count * each_bytes; /* does not overflow: entry.c looked */
	double probability;
	void *ptr;

	if (!cpa_sample_drawn(req_bytes, &probability))
		return je_calloc(count, each_bytes);
	ptr = cpa_sample_alloc(req_bytes, CPA_BACKEND_ZERO, probability);
	return ptr ? ptr : cpa_sample_untracked(je_calloc(count, each_bytes));
}

static int align_flags(size_t alignment)
{
	return CPA_BACKEND_ALIGN_LG(__builtin_ctzll(alignment));
}

void *cpa_cold_aligned(size_t alignment, size_t req_bytes)
{
	double probability;
	void *ptr;

	if (alignment == 0 || (alignment & (alignment - 1)) != 0 ||
		!cpa_sample_drawn(req_bytes, &probability))
		return je_aligned_alloc(alignment, req_bytes);
	ptr = cpa_sample_alloc(req_bytes, align_flags(alignment), probability);
	return ptr ? ptr : cpa_sample_untracked(je_aligned_alloc(alignment, req_bytes));
}

void *cpa_cold_mallocx(size_t req_bytes, int flags)
{
	double probability;
	void *ptr;

	if (!cpa_sample_drawn(req_bytes, &probability))
		return je_mallocx(req_bytes, flags);
	if (flags & CPA_BACKEND_PLACE_MASK) {
		/* The program has chosen an arena or a cache: it gets what it asked for. */
		cpa_heap_count(&cpa_heap_counters.untracked_arena, 1);
		return je_mallocx(req_bytes, flags);
	}
	ptr = cpa_sample_alloc(req_bytes, flags, probability);
	return ptr ? ptr : cpa_sample_untracked(je_mallocx(req_bytes, flags));
}

void cpa_cold_free(void *ptr)
{
	int kept_errno = errno;
	struct cpa_live_record record;

	if (cpa_sample_forget(ptr, &record))
		cpa_sample_forgotten(&record);
	je_dallocx(ptr, CPA_BACKEND_TCACHE_NONE);
	errno = kept_errno;
}
