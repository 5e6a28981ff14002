/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum of debug links and of our own cache files: CRC-32 as zlib and gdb have it.
 * Not here: who compares it (debugfile.h, symcache.h).
 */
#ifndef CPA_SYMBOLS_CRC_H
#define CPA_SYMBOLS_CRC_H

#include <stddef.h>
#include <stdint.h>

/*
 * The checksum of more bytes after those that gave crc; 0 to begin with.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_crc_update(uint32_t crc, const void *bytes, size_t size_bytes);

#endif
