/* SPDX-License-Identifier: BSD-2-Clause */
/* The address range that holds every sampled object, on jemalloc's extent hooks. */
#include "alloc/region.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alloc/backend.h"
#include "sampling/gate.h"

#define LARGEST_BYTES  ((size_t)1 << 40)
#define SMALLEST_BYTES ((size_t)64 << 20)
#define BASE_ALIGN     ((uintptr_t)2 << 20)
#define ARENAS_MAX     8u
/* A limit on address space is the program's: we take at most this share of it. */
#define LIMIT_SHARE    8u

struct cpa_region cpa_region;

static _Atomic uintptr_t next_addr; /* where the next extent is cut */
static unsigned arena_indexes[ARENAS_MAX];
static uint32_t arena_count;
static _Atomic uint32_t next_arena;

static void *extent_alloc(cpa_backend_hooks *hooks, void *new_addr, size_t size_bytes,
	size_t alignment, bool *zero, bool *commit, unsigned arena)
{
	uintptr_t end = cpa_region.base + cpa_region.size_bytes;
	uintptr_t old_next = atomic_load_explicit(&next_addr, memory_order_relaxed);
	uintptr_t start;

	(void)hooks;
	(void)arena;
	if (new_addr)
		return NULL; /* nothing is known to be free at a given place */
	do {
		start = (old_next + alignment - 1) & ~(uintptr_t)(alignment - 1);
		if (start < old_next || start > end || size_bytes > end - start)
			return NULL;
	} while (!atomic_compare_exchange_weak_explicit(&next_addr, &old_next, start + size_bytes,
		memory_order_relaxed, memory_order_relaxed));
	/* On failure the addresses are lost, which costs nothing but addresses. */
	if (mprotect((void *)start, size_bytes, PROT_READ | PROT_WRITE) != 0)
		return NULL;
	*zero = true;
	*commit = true;
	return (void *)start;
}

/* true: not taken back. The arena keeps the extent and cuts its next ones from it. */
static bool extent_dalloc(
	cpa_backend_hooks *hooks, void *addr, size_t size_bytes, bool committed, unsigned arena)
{
	(void)hooks;
	(void)addr;
	(void)size_bytes;
	(void)committed;
	(void)arena;
	return true;
}

static bool extent_purge(cpa_backend_hooks *hooks, void *addr, size_t size_bytes,
	size_t offset_bytes, size_t length_bytes, unsigned arena)
{
	(void)hooks;
	(void)size_bytes;
	(void)arena;
	return madvise((char *)addr + offset_bytes, length_bytes, MADV_DONTNEED) != 0;
}

/* false: done. All extents are of one mapping, so any two neighbours merge and any one splits. */
static bool extent_split(cpa_backend_hooks *hooks, void *addr, size_t size_bytes, size_t left_bytes,
	size_t right_bytes, bool committed, unsigned arena)
{
	(void)hooks;
	(void)addr;
	(void)size_bytes;
	(void)left_bytes;
	(void)right_bytes;
	(void)committed;
	(void)arena;
	return false;
}

static bool extent_merge(cpa_backend_hooks *hooks, void *left, size_t left_bytes, void *right,
	size_t right_bytes, bool committed, unsigned arena)
{
	(void)hooks;
	(void)left;
	(void)left_bytes;
	(void)right;
	(void)right_bytes;
	(void)committed;
	(void)arena;
	return false;
}

static cpa_backend_hooks hooks = {
	.alloc = extent_alloc,
	.dalloc = extent_dalloc,
	.purge_forced = extent_purge,
	.split = extent_split,
	.merge = extent_merge,
};

static size_t affordable_bytes(void)
{
	struct rlimit limit;
	size_t size_bytes = LARGEST_BYTES;

	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		while (size_bytes > limit.rlim_cur / LIMIT_SHARE)
			size_bytes /= 2;
	return size_bytes;
}

static int reserve(void)
{
	for (size_t size_bytes = affordable_bytes(); size_bytes >= SMALLEST_BYTES;
		size_bytes /= 2) {
		void *base = mmap(NULL, size_bytes + BASE_ALIGN, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (base == MAP_FAILED)
			continue;
		cpa_region.base = ((uintptr_t)base + BASE_ALIGN - 1) & ~(BASE_ALIGN - 1);
		cpa_region.size_bytes = size_bytes;
		atomic_store(&next_addr, cpa_region.base);
		return 0;
	}
	return -ENOMEM;
}

/*
 * One arena per processor, so that programs of many large objects do not queue on one lock; one
 * only in a small region.
 */
static uint32_t arenas_wanted(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (cpa_region.size_bytes < (size_t)16 << 30 || cpus < 1)
		return 1;
	return cpus < (long)ARENAS_MAX ? (uint32_t)cpus : ARENAS_MAX;
}

static int make_arenas(uint32_t count)
{
	for (arena_count = 0; arena_count < count; arena_count++) {
		cpa_backend_hooks *table = &hooks;
		size_t index_bytes = sizeof(arena_indexes[0]);
		int error = je_mallctl("arenas.create", &arena_indexes[arena_count], &index_bytes,
			&table, sizeof(table));

		if (error)
			return arena_count ? 0 : -error;
	}
	return 0;
}

int cpa_region_init(void)
{
	int kept_errno = errno;
	int result = reserve();

	if (result == 0) {
		result = make_arenas(arenas_wanted());
		if (result < 0)
			cpa_region.size_bytes = 0;
	}
	errno = kept_errno;
	return result;
}

int cpa_region_flags(void)
{
	if (cpa_gate.arena_index == 0)
		cpa_gate.arena_index = 1 + atomic_fetch_add(&next_arena, 1) % arena_count;
	return CPA_BACKEND_ARENA(arena_indexes[cpa_gate.arena_index - 1]) | CPA_BACKEND_TCACHE_NONE;
}
