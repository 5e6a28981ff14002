/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C++'s operators new and delete, in C: the operators have fixed names in the C++ ABI, and a C++
 * file here would make the C++ library a dependency of every program.
 * Not here: what a failed
 * allocation means to C++ (new_handler, bad_alloc): the next operator new in line knows.
 *
 * Unlike malloc(0), operator new must not give NULL for 0 bytes; jemalloc never does.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

#include "alloc/backend.h"
#include "alloc/cold.h"
#include "alloc/region.h"
#include "sampling/gate.h"

/* std::nothrow_t is passed by reference, std::align_val_t is a size_t. */
typedef void *new_plain(size_t size);
typedef void *new_nothrow(size_t size, const void *nothrow);
typedef void *new_aligned(size_t size, size_t alignment);
typedef void *new_aligned_nothrow(size_t size, size_t alignment, const void *nothrow);

/*
 * The operator that we stand in front of, libstdc++'s or libc++'s: it calls malloc (ours) again,
 * runs the new_handler and throws bad_alloc. A C program may have loaded it with a plugin, where
 * only its name leads to it. Without one there is no C++ library, hence nobody who could have
 * called us from C++.
 */
static void *next_operator(const char *name)
{
	static const char *const libraries[] = {"libstdc++.so.6", "libc++.so.1"};
	void *next = dlsym(RTLD_NEXT, name);

	for (size_t i = 0; !next && i < CPA_ARRAY_LEN(libraries); i++) {
		void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);

		if (library)
			next = dlsym(library, name);
	}
	if (!next)
		abort();
	return next;
}

static inline void *allocate(size_t size)
{
	if (cpa_gate_trips(size))
		return cpa_cold_malloc(size);
	return je_malloc(size);
}

static inline void *allocate_aligned(size_t size, size_t alignment)
{
	if (cpa_gate_trips(size))
		return cpa_cold_aligned(alignment, size);
	return je_memalign(alignment, size);
}

#define DEFINE_NEW(symbol)                                                                         \
	CPA_EXPORT void *symbol(size_t size)                                                       \
	{                                                                                          \
		void *ptr = allocate(size);                                                        \
		return cpa_likely(ptr) ? ptr : ((new_plain *)next_operator(#symbol))(size);        \
	}

#define DEFINE_NEW_NOTHROW(symbol)                                                                 \
	CPA_EXPORT void *symbol(size_t size, const void *nothrow)                                  \
	{                                                                                          \
		void *ptr = allocate(size);                                                        \
		return cpa_likely(ptr) ? ptr                                                       \
				       : ((new_nothrow *)next_operator(#symbol))(size, nothrow);   \
	}

#define DEFINE_NEW_ALIGNED(symbol)                                                                 \
	CPA_EXPORT void *symbol(size_t size, size_t alignment)                                     \
	{                                                                                          \
		void *ptr = allocate_aligned(size, alignment);                                     \
		return cpa_likely(ptr) ? ptr                                                       \
				       : ((new_aligned *)next_operator(#symbol))(size, alignment); \
	}

#define DEFINE_NEW_ALIGNED_NOTHROW(symbol)                                                         \
	CPA_EXPORT void *symbol(size_t size, size_t alignment, const void *nothrow)                \
	{                                                                                          \
		void *ptr = allocate_aligned(size, alignment);                                     \
		return cpa_likely(ptr) ? ptr                                                       \
				       : ((new_aligned_nothrow *)next_operator(#symbol))(          \
						 size, alignment, nothrow);                        \
	}

/* All deletes are free: their further arguments repeat what jemalloc knows. */
#define DEFINE_DELETE(symbol, ...)                                                                 \
	CPA_EXPORT void symbol(void *ptr, ##__VA_ARGS__)                                           \
	{                                                                                          \
		if (cpa_region_has(ptr)) {                                                         \
			cpa_cold_free(ptr);                                                        \
			return;                                                                    \
		}                                                                                  \
		je_free(ptr);                                                                      \
	}

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wmissing-declarations"
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* operator new, new[]; then nothrow; then aligned; then both */
DEFINE_NEW(_Znwm)
DEFINE_NEW(_Znam)
DEFINE_NEW_NOTHROW(_ZnwmRKSt9nothrow_t)
DEFINE_NEW_NOTHROW(_ZnamRKSt9nothrow_t)
DEFINE_NEW_ALIGNED(_ZnwmSt11align_val_t)
DEFINE_NEW_ALIGNED(_ZnamSt11align_val_t)
DEFINE_NEW_ALIGNED_NOTHROW(_ZnwmSt11align_val_tRKSt9nothrow_t)
DEFINE_NEW_ALIGNED_NOTHROW(_ZnamSt11align_val_tRKSt9nothrow_t)

/* operator delete, delete[]; nothrow; sized; aligned; sized and aligned; aligned nothrow */
DEFINE_DELETE(_ZdlPv)
DEFINE_DELETE(_ZdaPv)
DEFINE_DELETE(_ZdlPvRKSt9nothrow_t, const void *nothrow)
DEFINE_DELETE(_ZdaPvRKSt9nothrow_t, const void *nothrow)
DEFINE_DELETE(_ZdlPvm, size_t size)
DEFINE_DELETE(_ZdaPvm, size_t size)
DEFINE_DELETE(_ZdlPvSt11align_val_t, size_t alignment)
DEFINE_DELETE(_ZdaPvSt11align_val_t, size_t alignment)
DEFINE_DELETE(_ZdlPvmSt11align_val_t, size_t size, size_t alignment)
DEFINE_DELETE(_ZdaPvmSt11align_val_t, size_t size, size_t alignment)
DEFINE_DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, size_t alignment, const void *nothrow)
DEFINE_DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, size_t alignment, const void *nothrow)
