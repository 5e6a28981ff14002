/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One sample's life: drawn, put into the region and entered, forgotten before it is freed.
 * Not here: what each entry point does with it (cold.c, resize.c), the law (sampling/gate.h).
 */
#ifndef CPA_ALLOC_SAMPLE_H
#define CPA_ALLOC_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "sampling/live.h"

extern CPA_HIDDEN bool cpa_sample_ready; /* set last at start: from then on requests are sampled */

/*
 * Is this request, which tripped the gate, a sample? Until start-up is done none is, and the gate
 * stays at zero: every request comes here and goes on.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_sample_drawn(size_t req_bytes, double *ret_probability);

/*
 * A block in the region, entered as a sample; NULL when the region has no room: then the caller
 * asks the ordinary arenas. flags: alignment and zeroing, as je_mallocx takes them.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void *cpa_sample_alloc(size_t req_bytes, int flags, double probability);

/*
 * Charge a block that is in the region already to the calling stack. Whatever fails here loses the
 * sample, counted, never the block.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_sample_enter(void *ptr, size_t req_bytes, double probability);

/*
 * Passes on what the ordinary arenas gave where the region could not; counts it if it is a block.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void *cpa_sample_untracked(void *ptr);

/*
 * Take the sample at ptr out of the live ones, before the address can be given to anybody else.
 * False: ptr is none. It still counts as in use, until forgotten; kept takes it back in.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_sample_forget(void *ptr, struct cpa_live_record *ret_record);
void cpa_sample_forgotten(const struct cpa_live_record *record);
void cpa_sample_kept(const struct cpa_live_record *record);

#endif
