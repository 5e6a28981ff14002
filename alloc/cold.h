/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an allocation or a free does when it is, or may be, about a sample.
 * Not here: the test that leads here (entry.c, sampling/gate.h, region.h), resizing (resize.c), the
 * sample itself (sample.c).
 *
 * Every function behaves, for its caller, as the jemalloc function of the same task: result,
 * alignment, errno. The order of things is always: record after allocate, forget before free.
 */
#ifndef CPA_ALLOC_COLD_H
#define CPA_ALLOC_COLD_H

#include <stddef.h>

#include "base/compiler.h"

/*
 * A request that tripped the gate. A bad alignment is EINVAL.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept on success, ENOMEM on failure
 */
CPA_COLD void *cpa_cold_malloc(size_t req_bytes);
CPA_COLD void *cpa_cold_calloc(size_t count, size_t each_bytes);
CPA_COLD void *cpa_cold_aligned(size_t alignment, size_t req_bytes);
CPA_COLD void *cpa_cold_mallocx(size_t req_bytes, int flags);

/*
 * A free of a pointer into the region, sampled or not.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_COLD void cpa_cold_free(void *ptr);

#endif
