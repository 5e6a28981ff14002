/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The private jemalloc: its public functions under the names that alloc/jemalloc.syms gives them.
 * Not here: anything of ours. This folder is the only one that includes it.
 *
 * The fast path calls je_malloc and je_free, which have jemalloc's own fast path: je_mallocx and
 * je_dallocx cost twice as much and are for the cold path.
 */
#ifndef CPA_ALLOC_BACKEND_H
#define CPA_ALLOC_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Flags of the *allocx functions: jemalloc's ABI (jemalloc(3)). */
#define CPA_BACKEND_ALIGN_LG(lg) ((int)(lg))
#define CPA_BACKEND_ALIGN_MASK   0x3f
#define CPA_BACKEND_ZERO         0x40
#define CPA_BACKEND_TCACHE_NONE  ((-1 + 2) << 8)
#define CPA_BACKEND_ARENA(index) (((int)(index) + 1) << 20)
#define CPA_BACKEND_ARENAS_ALL   "4096" /* MALLCTL_ARENAS_ALL, as a part of a mallctl name */
#define CPA_BACKEND_PLACE_MASK   (~(CPA_BACKEND_ALIGN_MASK | CPA_BACKEND_ZERO))

void *je_malloc(size_t size);
void *je_calloc(size_t count, size_t size);
void *je_realloc(void *ptr, size_t size);
void je_free(void *ptr);
int je_posix_memalign(void **ret_ptr, size_t alignment, size_t size);
void *je_aligned_alloc(size_t alignment, size_t size);
void *je_memalign(size_t alignment, size_t size);
void *je_valloc(size_t size);
size_t je_malloc_usable_size(void *ptr);

void *je_mallocx(size_t size, int flags);
void *je_rallocx(void *ptr, size_t size, int flags);
size_t je_xallocx(void *ptr, size_t size, size_t extra, int flags);
size_t je_sallocx(const void *ptr, int flags);
void je_dallocx(void *ptr, int flags);
void je_sdallocx(void *ptr, size_t size, int flags);
size_t je_nallocx(size_t size, int flags);
int je_mallctl(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes);
int je_mallctlnametomib(const char *name, size_t *mib, size_t *mib_length);
int je_mallctlbymib(const size_t *mib, size_t mib_length, void *old, size_t *old_bytes, void *new,
	size_t new_bytes);
void je_malloc_stats_print(
	void (*write)(void *arg, const char *text), void *arg, const char *options);

/* jemalloc's table of extent hooks (jemalloc(3), arena.<i>.extent_hooks). */
typedef struct cpa_backend_hooks cpa_backend_hooks;
struct cpa_backend_hooks {
	void *(*alloc)(cpa_backend_hooks *, void *, size_t, size_t, bool *, bool *, unsigned);
	bool (*dalloc)(cpa_backend_hooks *, void *, size_t, bool, unsigned);
	void (*destroy)(cpa_backend_hooks *, void *, size_t, bool, unsigned);
	bool (*commit)(cpa_backend_hooks *, void *, size_t, size_t, size_t, unsigned);
	bool (*decommit)(cpa_backend_hooks *, void *, size_t, size_t, size_t, unsigned);
	bool (*purge_lazy)(cpa_backend_hooks *, void *, size_t, size_t, size_t, unsigned);
	bool (*purge_forced)(cpa_backend_hooks *, void *, size_t, size_t, size_t, unsigned);
	bool (*split)(cpa_backend_hooks *, void *, size_t, size_t, size_t, bool, unsigned);
	bool (*merge)(cpa_backend_hooks *, void *, size_t, void *, size_t, bool, unsigned);
};

#endif
