/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libunwind remembers of each thread's frames, and how to make it forget.
 * Not here: unwinding (unwind.c), the calls that libunwind makes (imports.c).
 *
 * Each thread has a table, return address -> where the caller's frame is, from which unw_backtrace
 * has its speed. Nothing in libunwind ever empties it, unw_flush_cache neither: a thread would
 * follow what it learned of a library that was unloaded through the one now at its place, reading
 * through a register that is no frame pointer there; and what it guessed before a library was known
 * would stay its last word. So the table is found when libunwind makes it, and emptied here.
 */
#ifndef CPA_SAMPLING_TRACECACHE_H
#define CPA_SAMPLING_TRACECACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * What libunwind did in this thread: mapped memory, unmapped it, set the thread's value of its key.
 * imports.c calls these, whoever uses libunwind.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_tracecache_mapped(void *addr, size_t size_bytes);
void cpa_tracecache_unmapped(const void *addr);
void cpa_tracecache_kept(const void *value);

/*
 * Before a capture: empty the table if something was to be forgotten since the last one. False: the
 * table is there but was never seen, so that it cannot be trusted; do not capture.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_tracecache_refresh(void);

/*
 * Every thread must forget before its next capture.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_tracecache_forget(void);

#endif
