/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is what goes in what comes out, with gzip's own header, and do errors of the sink stay?
 * Not here: what is in a profile (test_pprof.c).
 */
#include "tests/unit/scratch.h"

#include "base/arena.h"
#include "report/fd.h"
#include "report/gzip.h"

#include <errno.h>
#include <zlib.h>

struct kept {
	unsigned char *bytes;
	size_t size_bytes;
	size_t fail_at_bytes; /* 0: never */
	unsigned int calls;
};

static int keep(void *context, const void *bytes, size_t size_bytes)
{
	struct kept *kept = context;

	kept->calls++;
	if (kept->fail_at_bytes && kept->size_bytes + size_bytes > kept->fail_at_bytes)
		return -ENOSPC;
	kept->bytes = realloc(kept->bytes, kept->size_bytes + size_bytes);
	memcpy(kept->bytes + kept->size_bytes, bytes, size_bytes);
	kept->size_bytes += size_bytes;
	return 0;
}

/* Text that compresses, and noise that does not. */
static void fill(unsigned char *bytes, size_t size_bytes, int noise)
{
	uint32_t state = 12345;

	for (size_t i = 0; i < size_bytes; i++) {
		state = state * 1664525 + 1013904223;
		bytes[i] = noise ? (unsigned char)(state >> 24)
				 : (unsigned char)("heap profile"[i % 12]);
	}
}

static void round_trip(size_t size_bytes, size_t piece_bytes, int noise)
{
	unsigned char *in = malloc(size_bytes + 1), *out = malloc(size_bytes + 1);
	struct kept kept = {0};
	struct cpa_fd_sink sink = {.write = keep, .context = &kept};
	struct cpa_arena arena;
	struct cpa_gzip *gzip;
	z_stream stream = {0};

	fill(in, size_bytes, noise);
	cpa_arena_init(&arena, 0);
	gzip = cpa_gzip_new(&arena, sink);
	assert_non_null(gzip);
	for (size_t at = 0; at < size_bytes; at += piece_bytes)
		assert_int_equal(
			cpa_gzip_write(gzip, in + at,
				at + piece_bytes < size_bytes ? piece_bytes : size_bytes - at),
			0);
	assert_int_equal(cpa_gzip_finish(gzip), 0);
	assert_in_range(arena.mapped_bytes, 1, 1024 * 1024);
	cpa_arena_done(&arena);

	/* magic, deflate, no flags, no time, fastest */
	assert_in_range(kept.size_bytes, 18, size_bytes + size_bytes / 1000 + 64);
	assert_memory_equal(kept.bytes, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04", 9);
	stream.next_in = kept.bytes;
	stream.avail_in = (unsigned int)kept.size_bytes;
	stream.next_out = out;
	stream.avail_out = (unsigned int)size_bytes + 1;
	assert_int_equal(inflateInit2(&stream, 31), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.total_out, size_bytes);
	assert_memory_equal(in, out, size_bytes);
	inflateEnd(&stream);
	free(in);
	free(out);
	free(kept.bytes);
}

static void test_round_trips(void **unused)
{
	(void)unused;
	round_trip(0, 1, 0);
	round_trip(1, 1, 0);
	round_trip(100003, 7, 0);
	round_trip(3000017, 65536, 1);
	round_trip(3000017, 3000017, 1);
}

static void test_error_of_sink_stays(void **unused)
{
	unsigned char noise[200000];
	struct kept kept = {.fail_at_bytes = 70000};
	struct cpa_fd_sink sink = {.write = keep, .context = &kept};
	struct cpa_arena arena;
	struct cpa_gzip *gzip;
	unsigned int calls;

	(void)unused;
	fill(noise, sizeof(noise), 1);
	cpa_arena_init(&arena, 0);
	gzip = cpa_gzip_new(&arena, sink);
	assert_int_equal(cpa_gzip_write(gzip, noise, sizeof(noise)), -ENOSPC);
	calls = kept.calls;
	assert_int_equal(cpa_gzip_write(gzip, noise, 1), -ENOSPC);
	assert_int_equal(cpa_gzip_finish(gzip), -ENOSPC);
	assert_int_equal(kept.calls, calls);
	cpa_arena_done(&arena);
	free(kept.bytes);
}

static void test_arena_limit(void **unused)
{
	struct kept kept = {0};
	struct cpa_fd_sink sink = {.write = keep, .context = &kept};
	struct cpa_arena arena;

	(void)unused;
	cpa_arena_init(&arena, 64 * 1024);
	assert_null(cpa_gzip_new(&arena, sink));
	cpa_arena_done(&arena);
}

/* Another reader than the library we wrote it with. */
static void test_gzip_command_reads_it(void **unused)
{
	int fd = open(scratch_path("x.gz"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct cpa_arena arena;
	struct cpa_gzip *gzip;

	(void)unused;
	cpa_arena_init(&arena, 0);
	gzip = cpa_gzip_new(&arena, cpa_fd_to_sink(&fd));
	assert_int_equal(cpa_gzip_write(gzip, "hello\n", 6), 0);
	assert_int_equal(cpa_gzip_finish(gzip), 0);
	cpa_arena_done(&arena);
	close(fd);
	assert_int_equal(scratch_run("gzip -t x.gz && test \"$(zcat x.gz)\" = hello"), 0);
}

static void test_full_device(void **unused)
{
	int fd = open("/dev/full", O_WRONLY);
	struct cpa_arena arena;
	struct cpa_gzip *gzip;

	(void)unused;
	if (fd < 0)
		skip();
	errno = 77;
	cpa_arena_init(&arena, 0);
	gzip = cpa_gzip_new(&arena, cpa_fd_to_sink(&fd));
	assert_int_equal(cpa_gzip_write(gzip, "hello\n", 6), 0);
	assert_int_equal(cpa_gzip_finish(gzip), -ENOSPC);
	assert_int_equal(errno, 77);
	cpa_arena_done(&arena);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_error_of_sink_stays),
		cmocka_unit_test(test_arena_limit),
		cmocka_unit_test(test_gzip_command_reads_it),
		cmocka_unit_test(test_full_device),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
