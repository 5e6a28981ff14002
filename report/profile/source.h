/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a profile, one after the other, whether the file is gzipped or not. The only
 * reader of zlib.
 * Not here: what the bytes mean (wire.h, message.h).
 */
#ifndef CPA_PROFILE_SOURCE_H
#define CPA_PROFILE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#include "report/profile/memory.h"

#define CPA_SOURCE_BUFFER_BYTES 65536
/* What a profile may unpack to. A gzip file can promise a thousand times its size. */
#define CPA_SOURCE_MAX_BYTES    (UINT64_C(1) << 30)

struct cpa_source {
	int fd;
	bool gzipped;
	bool ended;            /* the file is at its end, or the last gzip member is complete */
	bool is_between;       /* a gzip member has ended, and the next one is not sure to be one */
	uint64_t offset_bytes; /* unpacked bytes handed out so far */
	uint64_t packed_bytes; /* bytes read from the file so far */
	size_t begin, end;     /* out[begin..end) is not handed out yet */
	z_stream zlib;
	unsigned char in[CPA_SOURCE_BUFFER_BYTES];
	unsigned char out[CPA_SOURCE_BUFFER_BYTES];
};

/*
 * Open path, "-" for standard input. 0, or -EINVAL with the cause in error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_source_init(
	struct cpa_source *source, const char *path, struct cpa_error *error);

/*
 * The next byte, -1 at the end, -EINVAL (never -1) with the cause in error when the file
 * cannot be read on.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
int cpa_source_byte(struct cpa_source *source, struct cpa_error *error);

/*
 * Up to length bytes to to: how many, fewer only at the end; -EINVAL with the cause in error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
int64_t cpa_source_read(
	struct cpa_source *source, void *to, size_t length_bytes, struct cpa_error *error);

/*
 * Close; fine on a source whose init failed.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_source_done(struct cpa_source *source);

#endif
