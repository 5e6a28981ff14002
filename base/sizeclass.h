/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sizes are counted together: by the sampler, and by who reads its profiles.
 * Not here: the allocator's own size classes, which are jemalloc's affair.
 */
#ifndef CPA_BASE_SIZECLASS_H
#define CPA_BASE_SIZECLASS_H

#include <stdint.h>

#define CPA_SIZECLASS_BITS 10u /* a class is below 2^10 */

/*
 * Eight classes to a doubling, each size its own class up to 16: the mean of a class is within 6 %
 * of each of its sizes, and lies, rounded, in the class itself.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline uint32_t cpa_sizeclass_of(uint64_t size_bytes)
{
	uint32_t log2;

	if (size_bytes <= 16)
		return (uint32_t)size_bytes;
	log2 = 63u - (uint32_t)__builtin_clzll(size_bytes);
	return log2 * 8 + (uint32_t)((size_bytes >> (log2 - 3)) & 7);
}

/*
 * The smallest size of a class.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline uint64_t cpa_sizeclass_min_bytes(uint32_t size_class)
{
	if (size_class <= 16)
		return size_class;
	return (uint64_t)(8 + size_class % 8) << (size_class / 8 - 3);
}

#endif
