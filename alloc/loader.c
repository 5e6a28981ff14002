/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dl_iterate_phdr, so that libunwind inside malloc takes no lock of the loader (sampling/modules.h says why); and dlclose, so
 * that what was learned of unloaded code is forgotten, while its names are kept for the reports.
 */
#include "alloc/loader.h"

#include <dlfcn.h>
#include <errno.h>

#include "alloc/cold.h"
#include "report/snapshot.h"
#include "sampling/gate.h"
#include "sampling/unwind.h"

typedef int iterate_function(cpa_modules_callback *callback, void *data);
typedef int close_function(void *handle);

/* Found at the first call, which is before there are threads, or found twice with the same result. */
static void *next_symbol(void *_Atomic *found, const char *name)
{
	if (!*found) {
		int kept_errno = errno;

		*found = dlsym(RTLD_NEXT, name);
		errno = kept_errno;
	}
	return *found;
}

int cpa_loader_iterate(cpa_modules_callback *callback, void *data)
{
	static void *_Atomic found;
	iterate_function *next = (iterate_function *)next_symbol(&found, "dl_iterate_phdr");

	return next ? next(callback, data) : 0;
}

CPA_EXPORT int dl_iterate_phdr(cpa_modules_callback *callback, void *data)
{
	if (cpa_unwind_active())
		return cpa_modules_iterate(callback, data);
	return cpa_loader_iterate(callback, data);
}

static void remember_modules(void)
{
	uint64_t left_bytes;

	if (!cpa_cold_ready || !cpa_gate_begin(&left_bytes))
		return;
	cpa_snapshot_before_dlclose();
	cpa_gate_end(left_bytes);
}

CPA_EXPORT int dlclose(void *handle)
{
	static void *_Atomic found;
	close_function *next = (close_function *)next_symbol(&found, "dlclose");
	int result;

	if (!next)
		return -1;
	remember_modules();
	result = next(handle);
	if (cpa_cold_ready)
		cpa_unwind_flush();
	return result;
}
