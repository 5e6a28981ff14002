/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a profile, one after the other, whether the file is gzipped or not.
 * Not here: what the bytes mean (wire.c, message.c), writing gzip (report/gzip.c).
 */
#include "report/profile/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/profile/units.h"

#define LOOK_BYTES 16 /* the first of them tell what a file is */

/*
 * Bytes read from the file into buffer, 0 at its end, or -EINVAL. Never fewer than LOOK_BYTES but
 * at the end: a pipe gives what it has.
 */
static int64_t fill(struct cpa_source *source, unsigned char *buffer, struct cpa_error *error)
{
	size_t have_bytes = 0;

	while (have_bytes < LOOK_BYTES) {
		ssize_t got =
			read(source->fd, buffer + have_bytes, CPA_SOURCE_BUFFER_BYTES - have_bytes);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cpa_error_set(error, "cannot be read: %s", strerror(errno));
		if (got == 0)
			break;
		have_bytes += (size_t)got;
	}
	source->packed_bytes += have_bytes;
	return (int64_t)have_bytes;
}

static int inflate_error(struct cpa_source *source, struct cpa_error *error)
{
	char at[32];

	cpa_units_grouped(at, sizeof(at), (int64_t)(source->packed_bytes - source->zlib.avail_in));
	if (source->is_between)
		return cpa_error_set(error,
			"not a profile: behind the gzip data, which ends before byte %s, comes "
			"something else",
			at);
	return cpa_error_set(error, "not a profile: gzip data is damaged at byte %s (%s)", at,
		source->zlib.msg != NULL ? source->zlib.msg : "no detail");
}

/* Feed zlib until it gives something; a file may hold several gzip members one after the other. */
static int refill_gzip(struct cpa_source *source, struct cpa_error *error)
{
	z_stream *zlib = &source->zlib;

	zlib->next_out = source->out;
	zlib->avail_out = sizeof(source->out);
	while (zlib->avail_out == sizeof(source->out)) {
		if (zlib->avail_in == 0) {
			int64_t got = fill(source, source->in, error);

			if (got < 0)
				return (int)got;
			if (got == 0) {
				char at[32];

				if (source->ended)
					break;
				cpa_units_grouped(at, sizeof(at), (int64_t)source->packed_bytes);
				return cpa_error_set(error,
					"not a profile: gzip data ends after %s bytes (a copy cut "
					"short?)",
					at);
			}
			zlib->next_in = source->in;
			zlib->avail_in = (uInt)got;
		}
		if (source->ended) {
			if (inflateReset(zlib) != Z_OK)
				return inflate_error(source, error);
			source->ended = false;
			source->is_between = true;
		}
		switch (inflate(zlib, Z_NO_FLUSH)) {
		case Z_STREAM_END:
			source->ended = true;
			break;
		case Z_OK:
			/* The header of the next member is 10 bytes at least. */
			source->is_between = source->is_between && zlib->total_in < 10;
			break;
		default:
			return inflate_error(source, error);
		}
	}
	source->begin = 0;
	source->end = sizeof(source->out) - zlib->avail_out;
	return 0;
}

static int refill(struct cpa_source *source, struct cpa_error *error)
{
	int64_t got;

	if (source->offset_bytes > CPA_SOURCE_MAX_BYTES)
		return cpa_error_set(error, "not a profile: it unpacks to more than 1 GiB");
	if (source->gzipped)
		return refill_gzip(source, error);
	got = fill(source, source->out, error);
	if (got < 0)
		return (int)got;
	source->begin = 0;
	source->end = (size_t)got;
	return 0;
}

#define CONVERT "convert it with pprof -proto -output=NEW.pb.gz FILE"

/* What people mistake for a profile, by its first bytes, and what to do instead. */
static const struct {
	const char *begin;
	size_t begin_bytes;
	const char *what;
} mistaken[] = {
#define BEGINS(text) text, sizeof(text) - 1
	{BEGINS("heap_v2/"), "it is jemalloc's own heap dump, in text; read it with jeprof"},
	{BEGINS("heap profile:"),
		"it is the text form (debug=1); fetch it without debug=, or " CONVERT},
	{BEGINS("--- "), "it is the text form (debug=1); fetch it without debug=, or " CONVERT},
	/* Five words: 0, and a header of three, which begins with the version 0. */
	{BEGINS("\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0"), "it is a CPU profile of gperftools; " CONVERT},
	{BEGINS("goroutine "),
		"it is the text form (debug=1 or 2); fetch it without debug=, or " CONVERT},
	{BEGINS("threadcreate "),
		"it is the text form (debug=1 or 2); fetch it without debug=, or " CONVERT},
	{BEGINS("go 1."), "an execution trace; go tool trace or cprof trace2json reads it"},
	{BEGINS("\x7f"
		"ELF"),
		"it is a program or library"},
	{BEGINS("PERFILE2"), "it is what perf record writes; convert it with perf_to_profile"},
	{BEGINS("\x28\xb5\x2f\xfd"), "it is compressed with zstd; unpack it first"},
	{BEGINS("BZh"), "it is compressed with bzip2; unpack it first"},
	{BEGINS("\xfd"
		"7zXZ"),
		"it is compressed with xz; unpack it first"},
	{BEGINS("<"), "it is text"},
	{BEGINS("{"), "it is text"},
	{BEGINS("#"), "it is text"},
#undef BEGINS
};

static const char *known_mistake(const unsigned char *start, size_t start_bytes)
{
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(mistaken); i++)
		if (mistaken[i].begin_bytes <= start_bytes &&
			memcmp(start, mistaken[i].begin, mistaken[i].begin_bytes) == 0)
			return mistaken[i].what;
	return NULL;
}

/* Look at the first bytes: gzip or plain, and what it may be instead. */
static int begin(struct cpa_source *source, struct cpa_error *error)
{
	int64_t got = fill(source, source->in, error);
	const char *known;

	if (got < 0)
		return (int)got;
	if (got == 0)
		return cpa_error_set(error, "not a profile: the file is empty");
	known = known_mistake(source->in, (size_t)got);
	if (known != NULL)
		return cpa_error_set(error, "not a profile: %s", known);
	source->gzipped = got >= 2 && source->in[0] == 0x1f && source->in[1] == 0x8b;
	if (!source->gzipped) {
		memcpy(source->out, source->in, (size_t)got);
		source->end = (size_t)got;
		return 0;
	}
	source->zlib.next_in = source->in;
	source->zlib.avail_in = (uInt)got;
	if (inflateInit2(&source->zlib, 15 + 16) != Z_OK) { /* + 16: the gzip header and no other */
		source->gzipped = false;
		return cpa_error_set(error, "zlib does not start");
	}
	return 0;
}

int cpa_source_init(struct cpa_source *source, const char *path, struct cpa_error *error)
{
	struct stat about;

	source->fd = -1;
	source->gzipped = source->ended = source->is_between = false;
	source->offset_bytes = source->packed_bytes = 0;
	source->begin = source->end = 0;
	memset(&source->zlib, 0, sizeof(source->zlib));
	source->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0)
		return cpa_error_set(error, "cannot be opened: %s", strerror(errno));
	if (fstat(source->fd, &about) == 0 && S_ISDIR(about.st_mode))
		return cpa_error_set(error, "is a directory; name a profile in it");
	return begin(source, error);
}

int cpa_source_byte(struct cpa_source *source, struct cpa_error *error)
{
	if (source->begin == source->end) {
		int error_code = refill(source, error);

		if (error_code != 0)
			return error_code;
		if (source->begin == source->end)
			return -1;
	}
	source->offset_bytes++;
	return source->out[source->begin++];
}

int64_t cpa_source_read(
	struct cpa_source *source, void *to, size_t length_bytes, struct cpa_error *error)
{
	size_t done_bytes = 0;

	while (done_bytes < length_bytes) {
		size_t part_bytes = source->end - source->begin;

		if (part_bytes == 0) {
			int error_code = refill(source, error);

			if (error_code != 0)
				return error_code;
			if (source->begin == source->end)
				break;
			continue;
		}
		if (part_bytes > length_bytes - done_bytes)
			part_bytes = length_bytes - done_bytes;
		memcpy((char *)to + done_bytes, source->out + source->begin, part_bytes);
		source->begin += part_bytes;
		source->offset_bytes += part_bytes;
		done_bytes += part_bytes;
	}
	return (int64_t)done_bytes;
}

void cpa_source_done(struct cpa_source *source)
{
	if (source->gzipped)
		inflateEnd(&source->zlib);
	if (source->fd >= 0)
		close(source->fd);
	source->gzipped = false;
	source->fd = -1;
}
