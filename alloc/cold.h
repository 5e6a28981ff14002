/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an allocation or a free does when it is, or may be, about a sample.
 * Not here: the test that leads here (entry.c, sampling/gate.h, region.h).
 *
 * Every function behaves, for its caller, as the jemalloc function of the same task: result,
 * alignment, errno. The order of things is always: record after allocate, forget before free.
 */
#ifndef CPA_ALLOC_COLD_H
#define CPA_ALLOC_COLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

extern CPA_HIDDEN bool cpa_cold_ready; /* set last at start: from then on requests are sampled */

/*
 * A request that tripped the gate.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept on success, ENOMEM on failure
 */
CPA_COLD void *cpa_cold_malloc(size_t req_bytes);
CPA_COLD void *cpa_cold_calloc(size_t count, size_t each_bytes);
CPA_COLD void *cpa_cold_realloc(void *ptr, size_t req_bytes, bool tripped);
CPA_COLD void *cpa_cold_aligned(
	size_t alignment, size_t req_bytes); /* NULL also for a bad alignment: EINVAL */
CPA_COLD void *cpa_cold_mallocx(size_t req_bytes, int flags);
CPA_COLD void *cpa_cold_rallocx(void *ptr, size_t req_bytes, int flags, bool tripped);
CPA_COLD size_t cpa_cold_xallocx(
	void *ptr, size_t req_bytes, size_t extra_bytes, int flags, bool tripped);

/*
 * A free of a pointer into the region, sampled or not.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_COLD void cpa_cold_free(void *ptr);

/*
 * Around fork: every lock of the sampler is held, or free again.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cold_prefork(void);
void cpa_cold_postfork_parent(void);
void cpa_cold_postfork_child(void);

/*
 * Watch for children that no atfork handler saw (raw clone, _Fork): they find every lock as it was
 * at the fork.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cold_watch_forks(void);

#endif
