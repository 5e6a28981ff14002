/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jemalloc's own functions, for programs written to them: another jemalloc's mallocx with our free
 * would crash.
 * Not here: the C library's functions (entry.c).
 */
#include <stdbool.h>
#include <stddef.h>

#include "alloc/backend.h"
#include "alloc/cold.h"
#include "alloc/region.h"
#include "alloc/resize.h"
#include "sampling/gate.h"

void *mallocx(size_t size, int flags);
void *rallocx(void *ptr, size_t size, int flags);
size_t xallocx(void *ptr, size_t size, size_t extra, int flags);
size_t sallocx(const void *ptr, int flags);
void dallocx(void *ptr, int flags);
void sdallocx(void *ptr, size_t size, int flags);
size_t nallocx(size_t size, int flags);
int mallctl(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes);
int mallctlnametomib(const char *name, size_t *mib, size_t *mib_length);
int mallctlbymib(const size_t *mib, size_t mib_length, void *old, size_t *old_bytes, void *new,
	size_t new_bytes);
void malloc_stats_print(void (*write)(void *arg, const char *text), void *arg, const char *options);

CPA_EXPORT void *mallocx(size_t size, int flags)
{
	if (cpa_gate_trips(size))
		return cpa_cold_mallocx(size, flags);
	return je_mallocx(size, flags);
}

CPA_EXPORT void *rallocx(void *ptr, size_t size, int flags)
{
	bool tripped = cpa_gate_trips(size);

	if (tripped || cpa_region_has(ptr))
		return cpa_resize_rallocx(ptr, size, flags, tripped);
	return je_rallocx(ptr, size, flags);
}

CPA_EXPORT size_t xallocx(void *ptr, size_t size, size_t extra, int flags)
{
	bool tripped = cpa_gate_trips(size);

	if (tripped || cpa_region_has(ptr))
		return cpa_resize_xallocx(ptr, size, extra, flags, tripped);
	return je_xallocx(ptr, size, extra, flags);
}

CPA_EXPORT size_t sallocx(const void *ptr, int flags)
{
	return je_sallocx(ptr, flags);
}

CPA_EXPORT void dallocx(void *ptr, int flags)
{
	if (cpa_region_has(ptr)) {
		cpa_cold_free(ptr);
		return;
	}
	je_dallocx(ptr, flags);
}

CPA_EXPORT void sdallocx(void *ptr, size_t size, int flags)
{
	if (cpa_region_has(ptr)) {
		cpa_cold_free(ptr);
		return;
	}
	je_sdallocx(ptr, size, flags);
}

CPA_EXPORT size_t nallocx(size_t size, int flags)
{
	return je_nallocx(size, flags);
}

CPA_EXPORT int mallctl(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes)
{
	return je_mallctl(name, old, old_bytes, new, new_bytes);
}

CPA_EXPORT int mallctlnametomib(const char *name, size_t *mib, size_t *mib_length)
{
	return je_mallctlnametomib(name, mib, mib_length);
}

CPA_EXPORT int mallctlbymib(const size_t *mib, size_t mib_length, void *old, size_t *old_bytes,
	void *new, size_t new_bytes)
{
	return je_mallctlbymib(mib, mib_length, old, old_bytes, new, new_bytes);
}

CPA_EXPORT void malloc_stats_print(
	void (*write)(void *arg, const char *text), void *arg, const char *options)
{
	je_malloc_stats_print(write, arg, options);
}
