/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program calls: C23, POSIX and glibc's allocation functions. The hot path: count the
 * bytes, or compare the address, and jump to jemalloc. malloc is 4 instructions and free 5 on
 * x86-64, jump included; bench/fastpath counts them.
 * Not here: C++ operators (cxx.c), jemalloc's
 * own functions (nonstandard.c), statistics (glibc.c), samples (cold.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc/backend.h"
#include "alloc/cold.h"
#include "alloc/region.h"
#include "alloc/resize.h"
#include "sampling/gate.h"

/* Some of these are newer than this system's headers. */
void free_sized(void *ptr, size_t size);
void free_aligned_sized(void *ptr, size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);
void *pvalloc(size_t size);
size_t malloc_usable_size(void *ptr);

CPA_EXPORT void *malloc(size_t size)
{
	if (cpa_gate_trips(size))
		return cpa_cold_malloc(size);
	return je_malloc(size);
}

CPA_EXPORT void free(void *ptr)
{
	if (cpa_region_has(ptr)) {
		cpa_cold_free(ptr);
		return;
	}
	je_free(ptr);
}

CPA_EXPORT void *calloc(size_t count, size_t size)
{
	size_t req_bytes;

	/* On overflow jemalloc says ENOMEM; nothing was asked of the gate. */
	if (!__builtin_mul_overflow(count, size, &req_bytes) && cpa_gate_trips(req_bytes))
		return cpa_cold_calloc(count, size);
	return je_calloc(count, size);
}

CPA_EXPORT void *realloc(void *ptr, size_t size)
{
	bool tripped = cpa_gate_trips(size);

	if (tripped || cpa_region_has(ptr))
		return cpa_resize_realloc(ptr, size, tripped);
	return je_realloc(ptr, size);
}

CPA_EXPORT void *reallocarray(void *ptr, size_t count, size_t size)
{
	size_t req_bytes;

	if (__builtin_mul_overflow(count, size, &req_bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(ptr, req_bytes);
}

CPA_EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	if (cpa_gate_trips(size))
		return cpa_cold_aligned(alignment, size);
	return je_aligned_alloc(alignment, size);
}

CPA_EXPORT void *memalign(size_t alignment, size_t size)
{
	if (cpa_gate_trips(size))
		return cpa_cold_aligned(alignment, size);
	return je_memalign(alignment, size);
}

CPA_EXPORT int posix_memalign(void **ret_ptr, size_t alignment, size_t size)
{
	int kept_errno = errno;
	void *ptr;

	/*
	 * jemalloc checks the alignment better than we could repeat here: only a sound request may
	 * become a sample.
	 */
	if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0 ||
		!cpa_gate_trips(size))
		return je_posix_memalign(ret_ptr, alignment, size);
	ptr = cpa_cold_aligned(alignment, size);
	errno = kept_errno; /* posix_memalign says ENOMEM by its result alone */
	if (!ptr)
		return ENOMEM;
	*ret_ptr = ptr;
	return 0;
}

CPA_EXPORT void *valloc(size_t size)
{
	return memalign((size_t)sysconf(_SC_PAGESIZE), size);
}

/* Whole pages: jemalloc rounds a size up to its alignment anyway. */
CPA_EXPORT void *pvalloc(size_t size)
{
	return memalign((size_t)sysconf(_SC_PAGESIZE), size);
}

/* The size is the program's claim; jemalloc knows it anyway, and a wrong claim must not hurt. */
CPA_EXPORT void free_sized(void *ptr, size_t size)
{
	(void)size;
	free(ptr);
}

CPA_EXPORT void free_aligned_sized(void *ptr, size_t alignment, size_t size)
{
	(void)alignment;
	(void)size;
	free(ptr);
}

CPA_EXPORT size_t malloc_usable_size(void *ptr)
{
	return je_malloc_usable_size(ptr);
}
