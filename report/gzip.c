/* SPDX-License-Identifier: BSD-2-Clause */
/* A gzip stream into a sink, piece by piece. */
#include "report/gzip.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

#define LEVEL        1
#define WINDOW_GZIP  (15 + 16) /* 32 KiB window; 16 asks zlib for the gzip header */
#define MEMORY_LEVEL 8
#define OUT_BYTES    ((size_t)32 * 1024)

struct cpa_gzip {
	z_stream stream;
	struct cpa_fd_sink sink;
	int error; /* first one, then for ever */
	unsigned char out[OUT_BYTES];
};

static void *arena_zalloc(void *opaque, unsigned int count, unsigned int size_bytes)
{
	return cpa_arena_alloc(opaque, (size_t)count * size_bytes);
}

/* The arena gives all back at once. */
static void arena_zfree(void *opaque, void *ptr)
{
	(void)opaque;
	(void)ptr;
}

struct cpa_gzip *cpa_gzip_new(struct cpa_arena *arena, struct cpa_fd_sink sink)
{
	struct cpa_gzip *gzip = cpa_arena_alloc(arena, sizeof(*gzip));

	if (!gzip)
		return NULL;
	gzip->sink = sink;
	gzip->stream.zalloc = arena_zalloc;
	gzip->stream.zfree = arena_zfree;
	gzip->stream.opaque = arena;
	if (deflateInit2(&gzip->stream, LEVEL, Z_DEFLATED, WINDOW_GZIP, MEMORY_LEVEL,
		    Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	gzip->stream.next_out = gzip->out;
	gzip->stream.avail_out = OUT_BYTES;
	return gzip;
}

static void drain(struct cpa_gzip *gzip)
{
	size_t size_bytes = OUT_BYTES - gzip->stream.avail_out;

	if (size_bytes && !gzip->error)
		gzip->error = gzip->sink.write(gzip->sink.context, gzip->out, size_bytes);
	gzip->stream.next_out = gzip->out;
	gzip->stream.avail_out = OUT_BYTES;
}

int cpa_gzip_write(struct cpa_gzip *gzip, const void *bytes, size_t size_bytes)
{
	const unsigned char *next = bytes;

	while (size_bytes && !gzip->error) {
		unsigned int part_bytes =
			size_bytes < UINT_MAX ? (unsigned int)size_bytes : UINT_MAX;

		gzip->stream.next_in = (unsigned char *)(size_t)next;
		gzip->stream.avail_in = part_bytes;
		while (gzip->stream.avail_in && !gzip->error) {
			if (deflate(&gzip->stream, Z_NO_FLUSH) == Z_STREAM_ERROR)
				gzip->error = -EIO;
			if (!gzip->stream.avail_out)
				drain(gzip);
		}
		next += part_bytes;
		size_bytes -= part_bytes;
	}
	return gzip->error;
}

int cpa_gzip_finish(struct cpa_gzip *gzip)
{
	int state = Z_OK;

	while (state == Z_OK && !gzip->error) {
		state = deflate(&gzip->stream, Z_FINISH);
		drain(gzip);
	}
	if (state != Z_STREAM_END && !gzip->error)
		gzip->error = -EIO;
	return gzip->error;
}
