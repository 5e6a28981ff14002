/* SPDX-License-Identifier: BSD-2-Clause */
/* The one mapping that holds all sampler state. */
#include "sampling/store.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define SMALLEST_BYTES ((size_t)1 << 20)
#define STEP_BYTES     SMALLEST_BYTES /* made writable at once; the size is a multiple of it */

_Static_assert(sizeof(struct cpa_store_header) < STEP_BYTES, "the first step holds the header");

struct cpa_store_header *cpa_store;

static void *map_halving(size_t *size_bytes)
{
	for (; *size_bytes >= SMALLEST_BYTES; *size_bytes /= 2) {
		void *base = mmap(NULL, *size_bytes, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (base != MAP_FAILED)
			return base;
	}
	return NULL;
}

/*
 * Let the mapping be written up to end_units. In steps, because where memory is not overcommitted
 * every writable byte counts, in each forked child again. Threads may do the same step at the same
 * time. False: the system refuses.
 */
static bool make_ready(struct cpa_store_header *header, uint64_t ready_units, uint64_t end_units)
{
	uint64_t step_units = STEP_BYTES / CPA_STORE_UNIT_BYTES;
	uint64_t want_units = (end_units + step_units - 1) / step_units * step_units;
	int kept_errno = errno;
	bool done = mprotect((char *)header + ready_units * CPA_STORE_UNIT_BYTES,
			    (want_units - ready_units) * CPA_STORE_UNIT_BYTES,
			    PROT_READ | PROT_WRITE) == 0;

	errno = kept_errno;
	while (done && ready_units < want_units &&
		!atomic_compare_exchange_weak(&header->ready_units, &ready_units, want_units))
		continue;
	return done;
}

int cpa_store_init(size_t max_bytes, uint32_t depth_max)
{
	int kept_errno = errno;
	size_t size_bytes = max_bytes & ~(SMALLEST_BYTES - 1);
	struct cpa_store_header *header = map_halving(&size_bytes);

	if (header && mprotect(header, STEP_BYTES, PROT_READ | PROT_WRITE) != 0) {
		(void)munmap(header, size_bytes);
		header = NULL;
	}
	if (header) {
		/* Touched here and there: a huge page would cost 2 MiB for each first touch. */
		(void)madvise(header, size_bytes, MADV_NOHUGEPAGE);
		header->magic = CPA_STORE_MAGIC;
		header->layout = CPA_STORE_LAYOUT;
		header->pid = (uint32_t)getpid();
		header->depth_max = depth_max;
		header->limit_units = size_bytes / CPA_STORE_UNIT_BYTES;
		header->used_units =
			(sizeof(*header) + CPA_STORE_UNIT_BYTES - 1) / CPA_STORE_UNIT_BYTES;
		header->ready_units = STEP_BYTES / CPA_STORE_UNIT_BYTES;
		cpa_store = header;
	}
	errno = kept_errno;
	return header ? 0 : -ENOMEM;
}

/* Cut from the front of what is not used, up to limit_units. */
static cpa_store_ref cut(size_t size_bytes, uint64_t limit_units)
{
	uint64_t units = (size_bytes + CPA_STORE_UNIT_BYTES - 1) / CPA_STORE_UNIT_BYTES;
	uint64_t used_units = atomic_load_explicit(&cpa_store->used_units, memory_order_relaxed);

	do {
		uint64_t ready_units =
			atomic_load_explicit(&cpa_store->ready_units, memory_order_relaxed);

		if (used_units > limit_units || units > limit_units - used_units)
			return 0;
		if (used_units + units > ready_units &&
			!make_ready(cpa_store, ready_units, used_units + units))
			return 0;
	} while (!atomic_compare_exchange_weak_explicit(&cpa_store->used_units, &used_units,
		used_units + units, memory_order_relaxed, memory_order_relaxed));
	return (cpa_store_ref)used_units;
}

cpa_store_ref cpa_store_alloc(size_t size_bytes)
{
	return cut(size_bytes,
		cpa_store->limit_units - CPA_STORE_RESERVE_BYTES / CPA_STORE_UNIT_BYTES);
}

cpa_store_ref cpa_store_alloc_reserve(size_t size_bytes)
{
	return cut(size_bytes, cpa_store->limit_units);
}

size_t cpa_store_used_bytes(void)
{
	if (!cpa_store)
		return 0;
	return atomic_load_explicit(&cpa_store->used_units, memory_order_relaxed) *
	       CPA_STORE_UNIT_BYTES;
}

size_t cpa_store_limit_bytes(void)
{
	return cpa_store ? cpa_store->limit_units * CPA_STORE_UNIT_BYTES : 0;
}
