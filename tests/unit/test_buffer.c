/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a body keep every byte while it grows, and say so when it cannot?
 * Not here: sending it (tests/integration/http.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/http/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The next call of realloc has no memory. */
static bool is_out_of_memory;

void *__real_realloc(void *ptr, size_t size_bytes);
void *__wrap_realloc(void *ptr, size_t size_bytes);

void *__wrap_realloc(void *ptr, size_t size_bytes)
{
	return is_out_of_memory ? NULL : __real_realloc(ptr, size_bytes);
}

static void test_grows(void **state)
{
	struct cpa_http_buffer buffer = {0};
	unsigned char part[5000];
	size_t total_bytes = 0;

	cpa_http_buffer_add(&buffer, "", 0);
	assert_null(buffer.bytes);
	for (size_t i = 0; i < sizeof(part); i++)
		part[i] = (unsigned char)(i % 251);
	for (size_t part_bytes = 0; part_bytes <= sizeof(part); part_bytes += 7) {
		cpa_http_buffer_add(&buffer, part, part_bytes);
		total_bytes += part_bytes;
	}
	assert_int_equal(buffer.used_bytes, total_bytes);
	for (size_t at = 0, part_bytes = 0; at < total_bytes; part_bytes += 7) {
		assert_memory_equal(buffer.bytes + at, part, part_bytes);
		at += part_bytes;
	}
	cpa_http_buffer_done(&buffer);
	assert_null(buffer.bytes);
	assert_int_equal(buffer.used_bytes, 0);
}

static void test_texts(void **state)
{
	struct cpa_http_buffer buffer = {0};
	char endless[3000];

	cpa_http_buffer_say(&buffer, "%d %s|", 7, "x");
	cpa_http_buffer_escape(&buffer, "<a href=\"b&c'\">\xc3\xa4");
	cpa_http_buffer_add(&buffer, "", 1);
	assert_string_equal(
		buffer.bytes, "7 x|&lt;a href=&#34;b&amp;c&#39;&#34;&gt;\xc3\xa4");
	cpa_http_buffer_done(&buffer);
	/* A text that is too long is cut. */
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	cpa_http_buffer_say(&buffer, "%s", endless);
	assert_int_equal(buffer.used_bytes, 1023);
	assert_memory_equal(buffer.bytes, endless, 1023);
	cpa_http_buffer_done(&buffer);
}

static void test_without_memory(void **state)
{
	struct cpa_http_buffer buffer = {0};
	struct cpa_fd_sink sink = cpa_http_buffer_sink(&buffer);
	static const char large[10000];

	assert_int_equal(sink.write(sink.context, "abc", 3), 0);
	is_out_of_memory = true;
	assert_int_equal(sink.write(sink.context, large, sizeof(large)), -ENOMEM);
	is_out_of_memory = false;
	/* Nothing is added after a gap. */
	assert_int_equal(sink.write(sink.context, "d", 1), -ENOMEM);
	assert_true(buffer.failed);
	assert_int_equal(buffer.used_bytes, 3);
	assert_memory_equal(buffer.bytes, "abc", 3);
	cpa_http_buffer_done(&buffer);
	assert_false(buffer.failed);
}

/* A file shows as it is, and stays when its descriptor is closed. */
static void test_mapped(void **state)
{
	struct cpa_http_buffer buffer = {0};
	int fd = memfd_create("test_buffer", MFD_CLOEXEC);

	assert_int_equal(cpa_http_buffer_map(&buffer, fd), 0);
	assert_null(buffer.bytes);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(cpa_http_buffer_map(&buffer, fd), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(buffer.used_bytes, 3);
	assert_memory_equal(buffer.bytes, "abc", 3);
	cpa_http_buffer_done(&buffer);
	assert_false(buffer.is_mapped);
	assert_int_equal(cpa_http_buffer_map(&buffer, fd), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
