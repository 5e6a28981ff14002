/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call stack of this thread, by libunwind's cached trace: 7 to 9 ns a frame when warm, where
 * stepping costs 130 to 490.
 *
 * libunwind is loaded at run time, RTLD_LOCAL, and never linked: it exports _Unwind_RaiseException
 * and backtrace, and as a dependency of a preloaded library it would take over the exceptions of
 * C++ libraries that a C program loads later.
 */
#include "sampling/unwind.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "sampling/heap.h"
#include "sampling/imports.h"
#include "sampling/modules.h"
#include "sampling/stacks.h"
#include "sampling/tracecache.h"
#include "sampling/unwind_far.h"

#define LIBUNWIND_SONAME "libunwind.so.8"

typedef int backtrace_function(void **buffer, int size);
typedef void flush_function(unw_addr_space_t space, unw_word_t low, unw_word_t high);

static backtrace_function *unwind_backtrace;
static flush_function *unwind_flush;
static unw_addr_space_t *local_space;
static CPA_TLS_IE bool forking; /* this thread closed the gate */

_Static_assert(
	sizeof(void *) == sizeof(uint64_t), "stacks are captured in place as 64-bit addresses");

static int load(void)
{
	void *library = dlopen(LIBUNWIND_SONAME, RTLD_NOW | RTLD_LOCAL);
	struct link_map *map;

	if (!library || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || cpa_imports_replace(map) < 0)
		return -ENOENT;
	/* The names that libunwind.h maps its functions to, such as _Ux86_64_flush_cache. */
	unwind_flush = (flush_function *)dlsym(library, CPA_NAME_TEXT(unw_flush_cache));
	local_space = dlsym(library, CPA_NAME_TEXT(unw_local_addr_space));
	unwind_backtrace = (backtrace_function *)dlsym(library, "unw_backtrace");
	return unwind_backtrace && unwind_flush && local_space ? 0 : -ENOENT;
}

int cpa_unwind_init(void)
{
	int kept_errno = errno;
	int result = load();
	void *warm_up[4];

	if (result == 0) {
		cpa_modules_init(); /* now, because the unwinding begins in libunwind itself */
		cpa_imports_guard(true);
		(void)cpa_tracecache_refresh();
		(void)unwind_backtrace(warm_up, CPA_ARRAY_LEN(warm_up));
		cpa_imports_guard(false);
	}
	errno = kept_errno;
	return result;
}

/* Move the program's frames to the front: ours are the first ones. */
static uint32_t drop_own(uint64_t *pcs, uint32_t depth)
{
	uint32_t own = 0;

	while (own < depth && cpa_modules_own(pcs[own]))
		own++;
	if (own)
		memmove(pcs, pcs + own, (depth - own) * sizeof(pcs[0]));
	return depth - own;
}

static uint32_t capture(uint64_t *ret_pcs, uint32_t depth_max)
{
	int depth = unwind_backtrace((void **)ret_pcs, (int)(depth_max + 1 + CPA_UNWIND_OWN_MAX));
	uint32_t used = depth > 0 ? drop_own(ret_pcs, (uint32_t)depth) : 0;

	/* The root's caller is recorded as address 0 by some start-up code. */
	while (used && ret_pcs[used - 1] < CPA_STACKS_PSEUDO_END)
		used--;
	if (used > depth_max) {
		ret_pcs[depth_max] = CPA_STACKS_PSEUDO_TRUNCATED;
		used = depth_max + 1;
	}
	return used;
}

uint32_t cpa_unwind_capture(uint64_t *ret_pcs, uint32_t depth_max)
{
	int kept_errno = errno;
	uint32_t depth = 0;

	if (unwind_backtrace && !forking) {
		cpa_lock_gate_enter(&cpa_imports_gate);
		cpa_imports_guard(true);
		if (cpa_tracecache_refresh())
			depth = capture(ret_pcs, depth_max);
		cpa_imports_guard(false);
		cpa_lock_gate_leave(&cpa_imports_gate);
	}
	if (depth == 0)
		cpa_heap_count(&cpa_heap_counters.failed_unwinds, 1);
	errno = kept_errno;
	return depth;
}

void cpa_unwind_flush(void)
{
	if (unwind_flush)
		unwind_flush(*local_space, 0, 0);
	cpa_tracecache_forget();
	cpa_unwind_far_forget();
}

void cpa_unwind_prefork(void)
{
	cpa_lock_gate_close(&cpa_imports_gate);
	forking = true;
}

void cpa_unwind_postfork_parent(void)
{
	forking = false;
	cpa_lock_gate_open(&cpa_imports_gate);
}

void cpa_unwind_postfork_child(void)
{
	/*
	 * Only in a child that no handler saw: the parent's thread that was inside does not exist
	 * here, and may have left libunwind's locks taken.
	 */
	if (atomic_load(&cpa_imports_gate.inside_count))
		unwind_backtrace = NULL;
	cpa_lock_gate_reset(&cpa_imports_gate);
	forking = false;
	cpa_imports_guard(false);
}
