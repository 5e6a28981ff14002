/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlclose, so that what was learned of unloaded code is forgotten, while its names are kept for
 * the reports.
 * Not here: what is remembered (report/maps.c), what is forgotten
 * (sampling/unwind.c).
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "alloc/sample.h"
#include "report/snapshot.h"
#include "sampling/gate.h"
#include "sampling/unwind.h"

typedef int close_function(void *handle);

/* The C library's dlclose. Two threads may look at the same time, and find the same. */
static close_function *next_dlclose(void)
{
	static void *_Atomic found;
	int kept_errno = errno;

	if (!found)
		found = dlsym(RTLD_NEXT, "dlclose");
	errno = kept_errno;
	return (close_function *)found;
}

static void remember_modules(void)
{
	uint64_t left_bytes;

	if (!cpa_gate_begin(&left_bytes))
		return;
	cpa_snapshot_before_dlclose();
	cpa_gate_end(left_bytes);
}

CPA_EXPORT int dlclose(void *handle)
{
	close_function *next = next_dlclose();
	bool ready = cpa_sample_ready;
	int result;

	if (!next)
		return -1;
	if (ready) {
		remember_modules();
		/* Twice: by the time that another library lies at the place, all have forgotten. */
		cpa_unwind_flush();
	}
	result = next(handle);
	if (ready)
		cpa_unwind_flush();
	return result;
}
