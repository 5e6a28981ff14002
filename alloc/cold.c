/* SPDX-License-Identifier: BSD-2-Clause */
/* What an allocation or a free does when it is, or may be, about a sample. */
#include "alloc/cold.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc/backend.h"
#include "alloc/region.h"
#include "base/clock.h"
#include "report/snapshot.h"
#include "sampling/capture.h"
#include "sampling/gate.h"
#include "sampling/heap.h"
#include "sampling/live.h"
#include "sampling/modules.h"
#include "sampling/unwind.h"

#define TIMED_ONE_IN 16u /* samples whose cost is measured */

bool cpa_cold_ready;

/* The word is 1 in this process, 0 in a child that no handler saw. */
static uint32_t always_one = 1;
static volatile uint32_t *fork_word = &always_one;
static CPA_TLS_IE uint32_t thread_id;

static uint32_t own_thread_id(void)
{
	if (thread_id == 0)
		thread_id = (uint32_t)syscall(SYS_gettid);
	return thread_id;
}

static void repair_after_unseen_fork(void)
{
	if (cpa_likely(*fork_word))
		return;
	cpa_cold_postfork_child();
	cpa_snapshot_postfork_child();
}

/*
 * Is this request a sample? Until start-up is done the gate stays at zero: every request comes
 * here and goes on.
 */
static bool drawn(size_t req_bytes, double *ret_probability)
{
	if (!cpa_cold_ready) {
		cpa_gate.left_bytes = 0;
		return false;
	}
	repair_after_unseen_fork();
	return cpa_gate_decide(req_bytes, ret_probability);
}

/*
 * Charge a block in the region to the calling stack. Whatever fails here loses the sample,
 * counted, never the block.
 */
static void enter_sample(void *ptr, const struct cpa_heap_sample *sample)
{
	struct cpa_live_record record = {
		.addr = (uintptr_t)ptr,
		.req_bytes = sample->req_bytes,
		.probability = sample->probability,
		.birth_ns = cpa_clock_coarse_ns(),
		.thread_id = own_thread_id(),
	};

	record.bucket = cpa_heap_birth(cpa_capture_stack(), 0, sample);
	if (!record.bucket)
		return;
	if (cpa_live_insert(&record) < 0) {
		cpa_heap_unbirth(record.bucket, sample);
		cpa_heap_count(&cpa_heap_counters.dropped_store_full, 1);
		return;
	}
	cpa_snapshot_notice(cpa_heap_inuse_bytes());
}

/* Reading the clock costs a twentieth of a sample, so one in sixteen stands for all. */
static void enter_timed_sample(void *ptr, const struct cpa_heap_sample *sample)
{
	uint64_t start_ns = cpa_clock_mono_ns();

	enter_sample(ptr, sample);
	cpa_heap_count(
		&cpa_heap_counters.sampling_ns, (cpa_clock_mono_ns() - start_ns) * TIMED_ONE_IN);
}

static void record(void *ptr, size_t req_bytes, double probability)
{
	struct cpa_heap_sample sample = {.req_bytes = req_bytes, .probability = probability};
	int kept_errno = errno;
	uint64_t left_bytes;

	if (cpa_gate_begin(&left_bytes)) {
		if (cpa_gate.sample_count++ % TIMED_ONE_IN == 0)
			enter_timed_sample(ptr, &sample);
		else
			enter_sample(ptr, &sample);
		cpa_gate_end(left_bytes);
	}
	errno = kept_errno;
}

/*
 * A block in the region with its record, or NULL when the region has no room: then the caller asks
 * the ordinary arenas.
 */
static void *alloc_sampled(size_t req_bytes, int flags, double probability)
{
	int kept_errno = errno;
	void *ptr = je_mallocx(req_bytes ? req_bytes : 1, flags | cpa_region_flags());

	if (ptr) {
		record(ptr, req_bytes, probability);
		return ptr;
	}
	errno = kept_errno;
	return NULL;
}

/*
 * Passes on what the ordinary arenas gave where the region could not; counts it if it is a block.
 */
static void *untracked(void *ptr)
{
	if (ptr)
		cpa_heap_count(&cpa_heap_counters.untracked_region, 1);
	return ptr;
}

void *cpa_cold_malloc(size_t req_bytes)
{
	double probability;
	void *ptr;

	if (!drawn(req_bytes, &probability))
		return je_malloc(req_bytes);
	ptr = alloc_sampled(req_bytes, 0, probability);
	return ptr ? ptr : untracked(je_malloc(req_bytes));
}

void *cpa_cold_calloc(size_t count, size_t each_bytes)
{
	size_t req_bytes = count * each_bytes; /* does not overflow: entry.c looked */
	double probability;
	void *ptr;

	if (!drawn(req_bytes, &probability))
		return je_calloc(count, each_bytes);
	ptr = alloc_sampled(req_bytes, CPA_BACKEND_ZERO, probability);
	return ptr ? ptr : untracked(je_calloc(count, each_bytes));
}

static int align_flags(size_t alignment)
{
	return CPA_BACKEND_ALIGN_LG(__builtin_ctzll(alignment));
}

void *cpa_cold_aligned(size_t alignment, size_t req_bytes)
{
	double probability;
	void *ptr;

	if (alignment == 0 || (alignment & (alignment - 1)) != 0 || !drawn(req_bytes, &probability))
		return je_aligned_alloc(alignment, req_bytes);
	ptr = alloc_sampled(req_bytes, align_flags(alignment), probability);
	return ptr ? ptr : untracked(je_aligned_alloc(alignment, req_bytes));
}

void *cpa_cold_mallocx(size_t req_bytes, int flags)
{
	double probability;
	void *ptr;

	if (!drawn(req_bytes, &probability))
		return je_mallocx(req_bytes, flags);
	if (flags & CPA_BACKEND_PLACE_MASK) {
		/* The program has chosen an arena or a cache: it gets what it asked for. */
		cpa_heap_count(&cpa_heap_counters.untracked_arena, 1);
		return je_mallocx(req_bytes, flags);
	}
	ptr = alloc_sampled(req_bytes, flags, probability);
	return ptr ? ptr : untracked(je_mallocx(req_bytes, flags));
}

/*
 * Take the sample at ptr out of the live ones; it still counts as in use until `finish_forget` or
 * `undo_forget`.
 */
static bool begin_forget(void *ptr, struct cpa_live_record *ret_record)
{
	repair_after_unseen_fork();
	return cpa_live_remove((uintptr_t)ptr, ret_record);
}

static void finish_forget(const struct cpa_live_record *record)
{
	struct cpa_heap_sample sample = {
		.req_bytes = record->req_bytes, .probability = record->probability};

	cpa_heap_death(record->bucket, &sample);
}

static void undo_forget(const struct cpa_live_record *record)
{
	/*
	 * The shard has the slot and the record that were just given back, unless others took them
	 * and the store is full.
	 */
	if (cpa_live_insert(record) < 0) {
		finish_forget(record);
		cpa_heap_count(&cpa_heap_counters.dropped_store_full, 1);
	}
}

void cpa_cold_free(void *ptr)
{
	int kept_errno = errno;
	struct cpa_live_record record;

	if (begin_forget(ptr, &record))
		finish_forget(&record);
	je_dallocx(ptr, CPA_BACKEND_TCACHE_NONE);
	errno = kept_errno;
}

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
	bool was_sample = begin_forget(ptr, &old_record);
	void *resized = je_rallocx(ptr, req_bytes, flags | cpa_region_flags());

	if (!resized)
		resized = move_out(ptr, req_bytes, flags);
	if (!resized) {
		if (was_sample)
			undo_forget(&old_record);
		errno = ENOMEM;
		return NULL;
	}
	if (was_sample)
		finish_forget(&old_record);
	if (is_sample && cpa_region_has(resized))
		record(resized, req_bytes, probability);
	else if (is_sample)
		(void)untracked(resized);
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
	void *moved = alloc_sampled(req_bytes, flags, probability);

	if (moved) {
		memcpy(moved, ptr, old_bytes < req_bytes ? old_bytes : req_bytes);
		je_free(ptr);
	}
	return moved;
}

void *cpa_cold_realloc(void *ptr, size_t req_bytes, bool tripped)
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
	is_sample = tripped && drawn(req_bytes, &probability);
	if (cpa_region_has(ptr))
		return resize_in_region(ptr, req_bytes, 0, is_sample, probability);
	moved = is_sample ? move_into_region(ptr, req_bytes, 0, probability) : NULL;
	if (moved)
		return moved;
	moved = je_realloc(ptr, req_bytes);
	if (!moved)
		errno = ENOMEM; /* jemalloc 5.3 forgets it for sizes beyond its largest class */
	return is_sample ? untracked(moved) : moved;
}

void *cpa_cold_rallocx(void *ptr, size_t req_bytes, int flags, bool tripped)
{
	int own_flags = flags & ~CPA_BACKEND_PLACE_MASK;
	double probability = 0;
	bool is_sample = tripped && drawn(req_bytes, &probability);
	void *moved = NULL;

	if (cpa_region_has(ptr))
		return resize_in_region(ptr, req_bytes, own_flags, is_sample, probability);
	if (is_sample && !(flags & CPA_BACKEND_PLACE_MASK))
		moved = move_into_region(ptr, req_bytes, own_flags, probability);
	if (moved)
		return moved;
	moved = je_rallocx(ptr, req_bytes, flags);
	return is_sample ? untracked(moved) : moved;
}

size_t cpa_cold_xallocx(void *ptr, size_t req_bytes, size_t extra_bytes, int flags, bool tripped)
{
	double probability = 0;
	bool is_sample = tripped && drawn(req_bytes, &probability);
	struct cpa_live_record old_record;
	size_t new_bytes;
	bool was_sample;

	if (!cpa_region_has(ptr)) {
		/* It may not move, so it cannot become a sample. */
		if (is_sample)
			cpa_heap_count(&cpa_heap_counters.untracked_arena, 1);
		return je_xallocx(ptr, req_bytes, extra_bytes, flags);
	}
	was_sample = begin_forget(ptr, &old_record);
	new_bytes = je_xallocx(ptr, req_bytes, extra_bytes,
		(flags & ~CPA_BACKEND_PLACE_MASK) | CPA_BACKEND_TCACHE_NONE);
	if (new_bytes < req_bytes) {
		/* It failed: nothing was freed and nothing allocated. */
		if (was_sample)
			undo_forget(&old_record);
		return new_bytes;
	}
	if (was_sample)
		finish_forget(&old_record);
	if (is_sample)
		record(ptr, req_bytes, probability);
	return new_bytes;
}

void cpa_cold_prefork(void)
{
	cpa_unwind_prefork();
	cpa_live_prefork();
}

void cpa_cold_postfork_parent(void)
{
	cpa_live_postfork_parent();
	cpa_unwind_postfork_parent();
}

void cpa_cold_postfork_child(void)
{
	cpa_live_postfork_child();
	cpa_unwind_postfork_child();
	cpa_modules_postfork_child();
	thread_id = 0;
	cpa_gate_seed(cpa_clock_wall_ns() ^ ((uint64_t)getpid() << 32));
	*fork_word = 1;
}

void cpa_cold_watch_forks(void)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	int kept_errno = errno;
	uint32_t *page =
		mmap(NULL, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page != MAP_FAILED && madvise(page, page_bytes, MADV_WIPEONFORK) == 0) {
		*page = 1;
		fork_word = page;
	}
	errno = kept_errno;
}
