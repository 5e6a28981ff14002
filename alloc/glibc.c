/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * glibc's functions about its own allocator, answered for ours: else they would report on a heap
 * that nobody uses.
 * Not here: allocation itself (entry.c).
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "alloc/backend.h"
#include "alloc/totals.h"
#include "base/compiler.h"

/*
 * Give unused pages back to the system: all dirty pages of all arenas. 1 when resident memory
 * fell, as glibc says it.
 */
CPA_EXPORT int malloc_trim(size_t pad)
{
	int kept_errno = errno;
	struct cpa_snapshot_totals before, after;

	(void)pad; /* jemalloc has no top of heap to pad */
	cpa_totals_read(&before);
	(void)je_mallctl("arena." CPA_BACKEND_ARENAS_ALL ".purge", NULL, NULL, NULL, 0);
	cpa_totals_read(&after);
	errno = kept_errno;
	return after.resident_bytes < before.resident_bytes;
}

/*
 * No parameter of glibc's means anything here; 1 is "done": a program that tunes glibc shall not
 * think it failed.
 */
CPA_EXPORT int mallopt(int parameter, int value)
{
	(void)parameter;
	(void)value;
	return 1;
}

CPA_EXPORT struct mallinfo2 mallinfo2(void)
{
	struct cpa_snapshot_totals totals;

	cpa_totals_read(&totals);
	return (struct mallinfo2){
		.arena = totals.mapped_bytes,
		.uordblks = totals.allocated_bytes,
		.fordblks = totals.mapped_bytes - totals.allocated_bytes,
		.keepcost = totals.dirty_bytes,
	};
}

static int clamp(size_t value)
{
	return value > INT_MAX ? INT_MAX : (int)value;
}

CPA_EXPORT struct mallinfo mallinfo(void)
{
	struct mallinfo2 info = mallinfo2();

	return (struct mallinfo){
		.arena = clamp(info.arena),
		.uordblks = clamp(info.uordblks),
		.fordblks = clamp(info.fordblks),
		.keepcost = clamp(info.keepcost),
	};
}

CPA_EXPORT int malloc_info(int options, FILE *stream)
{
	struct cpa_snapshot_totals totals;

	if (options != 0)
		return EINVAL;
	cpa_totals_read(&totals);
	if (fprintf(stream,
		    "<malloc version=\"1\">\n"
		    "<total type=\"rest\" count=\"0\" size=\"%llu\"/>\n"
		    "<system type=\"current\" size=\"%llu\"/>\n"
		    "<system type=\"max\" size=\"%llu\"/>\n"
		    "<aspace type=\"total\" size=\"%llu\"/>\n"
		    "<aspace type=\"mprotect\" size=\"%llu\"/>\n"
		    "</malloc>\n",
		    (unsigned long long)(totals.mapped_bytes - totals.allocated_bytes),
		    (unsigned long long)totals.mapped_bytes,
		    (unsigned long long)totals.mapped_bytes,
		    (unsigned long long)totals.mapped_bytes,
		    (unsigned long long)totals.mapped_bytes) < 0)
		return errno;
	return 0;
}

static void write_to_stderr(void *arg, const char *text)
{
	(void)arg;
	(void)fputs(text, stderr);
}

CPA_EXPORT void malloc_stats(void)
{
	je_malloc_stats_print(write_to_stderr, NULL, NULL);
}
