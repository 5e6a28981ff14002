/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An execution trace while it runs: a thread of ours that writes what the others' buffers hold.
 * Not here: the buffers (sampling/trace.h), what is written (trace_file.h).
 */
#ifndef CPA_REPORT_TRACER_H
#define CPA_REPORT_TRACER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * What the trace asks of the folders above: the bytes of the heap in use (NULL: not told); and whom
 * to tell that a trace has begun or ended, so that waits are noticed for it. And names of functions
 * or not.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_tracer_init(uint64_t (*heap_bytes)(void), void (*switched)(void), bool names);

/*
 * Begin to write to fd, of which a copy is kept until the end. 0; -EBUSY: a trace runs; -EBADF,
 * -ENOMEM, -EAGAIN: no thread.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_tracer_start(int fd);

/*
 * End the trace, and wait until it is written. 0; -EALREADY: none runs; the first -errno from
 * writing.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_tracer_stop(void);

/*
 * In the child of a fork: no trace runs.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_tracer_postfork_child(void);

#endif
