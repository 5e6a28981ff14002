/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changing the size of a block does when it is, or may become, a sample: a free and an
 * allocation with a decision of its own, but memory moves at most once because of us. A block in
 * the region stays and grows inside it, sampled or not.
 * Not here: the test that leads here (entry.c, nonstandard.c), fresh blocks (cold.c).
 */
#ifndef CPA_ALLOC_RESIZE_H
#define CPA_ALLOC_RESIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * As realloc(3), and rallocx and xallocx of jemalloc(3), for a request that tripped the gate or a
 * block in the region.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept on success, ENOMEM on failure of realloc
 */
CPA_COLD void *cpa_resize_realloc(void *ptr, size_t req_bytes, bool tripped);
CPA_COLD void *cpa_resize_rallocx(void *ptr, size_t req_bytes, int flags, bool tripped);
CPA_COLD size_t cpa_resize_xallocx(
	void *ptr, size_t req_bytes, size_t extra_bytes, int flags, bool tripped);

#endif
