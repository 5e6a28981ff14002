/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two functions of the loader that we stand in front of.
 * Not here: what is remembered of modules (report/maps.c), what is forgotten (sampling/unwind.c).
 *
 * dlopen: RTLD_DEEPBIND would bind the new library to the C library's malloc and free, past ours.
 * A block from one and freed by the other ends the program, as PHP does under any other malloc that
 * is preloaded. So the flag is taken away.
 *
 * dlclose: what was learned of unloaded code is forgotten, while its names are kept for reports.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "alloc/next.h"
#include "alloc/sample.h"
#include "report/snapshot.h"
#include "sampling/gate.h"
#include "sampling/unwind.h"

typedef void *open_function(const char *path, int mode);
typedef int close_function(void *handle);

/*
 * The loader looks at its return address, to search where the caller's RUNPATH says: the last line
 * of dlopen must be a jump, not a call, in every build.
 */
#if defined(__clang__)
#define JUMPS
#define JUMP_TO __attribute__((musttail)) return
#else
#define JUMPS   __attribute__((optimize("O2")))
#define JUMP_TO return
#endif

CPA_EXPORT JUMPS void *dlopen(const char *path, int mode)
{
	static void *_Atomic found;
	open_function *next = (open_function *)cpa_next_function(&found, "dlopen");

	JUMP_TO next(path, mode & ~RTLD_DEEPBIND);
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
	static void *_Atomic found;
	close_function *next = (close_function *)cpa_next_function(&found, "dlclose");
	bool ready = cpa_sample_ready;
	int result;

	if (ready)
		remember_modules();
	result = next(handle);
	if (ready)
		cpa_unwind_flush();
	return result;
}
