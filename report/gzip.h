/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A gzip stream into a sink, piece by piece. The only file that knows zlib.
 * Not here: what is compressed (pprof.c).
 */
#ifndef CPA_REPORT_GZIP_H
#define CPA_REPORT_GZIP_H

#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/fd.h"

struct cpa_gzip;

/*
 * Begin a stream at level 1, as Go's profiles are: about 300 KiB of the arena. NULL when the arena
 * has no more. There is no _done: the memory goes with the arena.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK struct cpa_gzip *cpa_gzip_new(struct cpa_arena *arena, struct cpa_fd_sink sink);

/*
 * Compress more bytes, or end the stream. 0 or -errno: the sink's first error, which every later
 * call gives again.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_gzip_write(struct cpa_gzip *gzip, const void *bytes, size_t size_bytes);
CPA_MUST_CHECK int cpa_gzip_finish(struct cpa_gzip *gzip);

#endif
