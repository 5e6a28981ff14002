/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory of cached files: $XDG_CACHE_HOME/cprofalloc/symbols, else the same under ~/.cache.
 * Not here: what is in the files (symcache.h).
 */
#ifndef CPA_SYMBOLS_CACHEDIR_H
#define CPA_SYMBOLS_CACHEDIR_H

#include <stddef.h>
#include <stdint.h>

#define CPA_CACHEDIR_FILE_MAX_BYTES (UINT64_C(64) << 20)

/*
 * All bytes of a file, freed with free(); NULL when there is none, or it is not this user's, or
 * too large.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_cachedir_read(const char *name, size_t *ret_size_bytes);

/*
 * Put a file in place, whole or not at all; silent when it cannot be. When all files together are
 * more than 256 MiB the oldest go.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cachedir_write(const char *name, const void *bytes, size_t size_bytes);

#endif
