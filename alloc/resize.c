/* SPDX-License-Identifier: BSD-2-Clause */
/* What changing the size of a block does when it is, or may become, a sample. */
#include "alloc/resize.h"

#include <errno.h>
#include <string.h>

#include "alloc/backend.h"
#include "alloc/cold.h"
#include "alloc/region.h"
#include "alloc/sample.h"
#include "sampling/heap.h"

/*
 * A block of the region moves to the ordinary arenas, because the region has no room for its new
 * size.
 */
static void *move_out(void *ptr, size_t req_bytes, int flags)
{
	void *moved = je_mallocx(req_bytes, flags);
	size_t old_bytes = je_malloc_usable_size(ptr);

	if (!moved)
		return NULL;
	memcpy(moved, ptr, old_bytes < req_bytes ? old_bytes : req_bytes);
	je_dallocx(ptr, CPA_BACKEND_TCACHE_NONE);
	return moved;
}

/*
 * Resize a block of the region, inside the region if it has room. Its old sample, if any, dies;
 * the new one is decided apart.
 */
static void *resize_in_region(
	void *ptr, size_t req_bytes, int flags, bool is_sample, double probability)
{
	int kept_errno = errno;
	struct cpa_live_record old_record;
	bool was_sample = cpa_sample_forget(ptr, &old_record);
	void *resized = je_rallocx(ptr, req_bytes, flags | cpa_region_flags());

	if (!resized)
		resized = move_out(ptr, req_bytes, flags);
	if (!resized) {
		if (was_sample)
			cpa_sample_kept(&old_record);
		errno = ENOMEM;
		return NULL;
	}
	if (was_sample)
		cpa_sample_forgotten(&old_record);
	if (is_sample && cpa_region_has(resized))
		cpa_sample_enter(resized, req_bytes, probability);
	else if (is_sample)
		(void)cpa_sample_untracked(resized);
	errno = kept_errno;
	return resized;
}

/*
 * Move an ordinary block into the region, as a sample. NULL: the region has no room, nothing was
 * changed.
 */
static void *move_into_region(void *ptr, size_t req_bytes, int flags, double probability)
{
	size_t old_bytes = je_malloc_usable_size(ptr);
	void *moved = cpa_sample_alloc(req_bytes, flags, probability);

	if (moved) {
		memcpy(moved, ptr, old_bytes < req_bytes ? old_bytes : req_bytes);
		je_free(ptr);
	}
	return moved;
}

void *cpa_resize_realloc(void *ptr, size_t req_bytes, bool tripped)
{
	double probability = 0;
	bool is_sample;
	void *moved;

	if (!ptr)
		return cpa_cold_malloc(req_bytes); /* NULL is not in the region: it tripped */
	if (req_bytes == 0) {
		if (!cpa_region_has(ptr))
			return je_realloc(ptr, 0);
		cpa_cold_free(ptr); /* as jemalloc's realloc(ptr, 0) does; nothing is allocated */
		return NULL;
	}
	is_sample = tripped && cpa_sample_drawn(req_bytes, &probability);
	if (cpa_region_has(ptr))
		return resize_in_region(ptr, req_bytes, 0, is_sample, probability);
	moved = is_sample ? move_into_region(ptr, req_bytes, 0, probability) : NULL;
	if (moved)
		return moved;
	moved = je_realloc(ptr, req_bytes);
	if (!moved)
		errno = ENOMEM; /* jemalloc 5.3 forgets it for sizes beyond its largest class */
	return is_sample ? cpa_sample_untracked(moved) : moved;
}

void *cpa_resize_rallocx(void *ptr, size_t req_bytes, int flags, bool tripped)
{
	int own_flags = flags & ~CPA_BACKEND_PLACE_MASK;
	double probability = 0;
	bool is_sample = tripped && cpa_sample_drawn(req_bytes, &probability);
	void *moved;

	if (cpa_region_has(ptr))
		return resize_in_region(ptr, req_bytes, own_flags, is_sample, probability);
	if (!is_sample)
		return je_rallocx(ptr, req_bytes, flags);
	if (flags & CPA_BACKEND_PLACE_MASK) {
		cpa_heap_count(&cpa_heap_counters.untracked_arena, 1);
		return je_rallocx(ptr, req_bytes, flags);
	}
	moved = move_into_region(ptr, req_bytes, own_flags, probability);
	return moved ? moved : cpa_sample_untracked(je_rallocx(ptr, req_bytes, flags));
}

size_t cpa_resize_xallocx(void *ptr, size_t req_bytes, size_t extra_bytes, int flags, bool tripped)
{
	double probability = 0;
	bool is_sample = tripped && cpa_sample_drawn(req_bytes, &probability);
	struct cpa_live_record old_record;
	size_t new_bytes;
	bool was_sample;

	if (!cpa_region_has(ptr)) {
		/* It may not move, so it cannot become a sample. */
		if (is_sample)
			cpa_heap_count(&cpa_heap_counters.untracked_arena, 1);
		return je_xallocx(ptr, req_bytes, extra_bytes, flags);
	}
	was_sample = cpa_sample_forget(ptr, &old_record);
	new_bytes = je_xallocx(ptr, req_bytes, extra_bytes,
		(flags & ~CPA_BACKEND_PLACE_MASK) | CPA_BACKEND_TCACHE_NONE);
	if (new_bytes < req_bytes) {
		/* It failed: nothing was freed and nothing allocated. */
		if (was_sample)
			cpa_sample_kept(&old_record);
		return new_bytes;
	}
	if (was_sample)
		cpa_sample_forgotten(&old_record);
	if (is_sample)
		cpa_sample_enter(ptr, req_bytes, probability);
	return new_bytes;
}
