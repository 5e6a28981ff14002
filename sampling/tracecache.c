/* SPDX-License-Identifier: BSD-2-Clause */
/* What libunwind remembers of each thread's frames, and how to make it forget. */
#include "sampling/tracecache.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define ENTRY_MAX_BYTES 64u          /* 16 on x86-64, 24 or more on aarch64 */
#define ENTRY_BYTES     ((size_t)16) /* where a table is made smaller */
#define SMALL_LOG2      10u

/* libunwind's own (src/x86_64/Gtrace.c, versions 1.2 to 1.8); checked before it is believed. */
struct table {
	void *entries; /* all zero: empty. The first word of an entry is its address. */
	size_t count_log2;
	size_t used_count;
};

static _Atomic uint32_t generation; /* how often all were told to forget */

static CPA_TLS_IE struct {
	struct table *table;
	void *entries;
	size_t entries_bytes;
	void *last_mapped; /* newest mapping of libunwind's in this thread */
	size_t last_bytes;
	uint32_t generation; /* of this thread's table */
	bool captured;
	bool gone; /* the thread is ending: libunwind has given its table back and makes no other */
} own;

void cpa_tracecache_mapped(void *addr, size_t size_bytes)
{
	own.last_mapped = addr;
	own.last_bytes = size_bytes;
}

void cpa_tracecache_unmapped(const void *addr)
{
	if (!own.table || addr != own.entries)
		return;
	if (own.last_mapped != own.entries && own.last_bytes > own.entries_bytes) {
		/* It grows: the larger one was made just before. */
		own.entries = own.last_mapped;
		own.entries_bytes = own.last_bytes;
		return;
	}
	own.table = NULL;
	own.gone = true;
}

/* Is this a table over the newest mapping? */
static bool is_table(const struct table *table)
{
	size_t entry_bytes;

	if (!table || table->entries != own.last_mapped || table->used_count != 0 ||
		table->count_log2 >= 40)
		return false;
	entry_bytes = own.last_bytes >> table->count_log2;
	return entry_bytes >= sizeof(void *) && entry_bytes <= ENTRY_MAX_BYTES &&
	       entry_bytes << table->count_log2 == own.last_bytes;
}

/*
 * Zero pages of the kernel's, which also take no memory until they are used. False: the table is
 * not what we believed.
 */
static bool empty(void)
{
	int kept_errno = errno;

	if (own.table->entries != own.entries)
		return false;
	if (madvise(own.entries, own.entries_bytes, MADV_DONTNEED) != 0)
		memset(own.entries, 0, own.entries_bytes); /* a program that locks its memory */
	own.table->used_count = 0;
	errno = kept_errno;
	return true;
}

/*
 * libunwind begins with 256 KiB for each thread, of which 30 frames touch most pages. Give all but
 * the first 16 KiB back; it makes a table four times as large when this one is full.
 */
static void shrink(void)
{
	size_t small_bytes = ENTRY_BYTES << SMALL_LOG2;
	int kept_errno = errno;

	if (own.entries_bytes == ENTRY_BYTES << own.table->count_log2 &&
		own.table->count_log2 > SMALL_LOG2 &&
		munmap((char *)own.entries + small_bytes, own.entries_bytes - small_bytes) == 0) {
		own.table->count_log2 = SMALL_LOG2;
		own.entries_bytes = small_bytes;
	}
	errno = kept_errno;
}

void cpa_tracecache_kept(const void *value)
{
	if (own.table || !own.last_mapped || !is_table(value))
		return;
	own.table = (struct table *)(uintptr_t)value;
	own.entries = own.last_mapped;
	own.entries_bytes = own.last_bytes;
	shrink();
	(void)empty(); /* libunwind has written "empty" all over it */
}

bool cpa_tracecache_refresh(void)
{
	/* acquire: pairs with the release in forget; the modules were changed before. */
	uint32_t now = atomic_load_explicit(&generation, memory_order_acquire);
	bool unseen = own.captured && !own.table && !own.gone;

	own.captured = true;
	if (cpa_likely(own.generation == now))
		return true;
	if (unseen || (own.table && !empty()))
		return false;
	own.generation = now;
	return true;
}

void cpa_tracecache_forget(void)
{
	atomic_fetch_add_explicit(&generation, 1, memory_order_release);
}
