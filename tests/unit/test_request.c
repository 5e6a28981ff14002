/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the head of a request read as Go reads it, refused with the right status, and never read past
 * its end, however it is cut into pieces?
 * Not here: what the endpoints answer (tests/integration/http.bats), any bytes at all
 * (tests/fuzz/fuzz_http.c).
 */
#include "tests/unit/cmocka_all.h"

#include "report/http/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: localhost\r\n"
#define END  "\r\n"

/* A row's text may hold NULs. */
#define ROW(text, status)                     \
	{                                     \
		text, sizeof(text) - 1, status \
	}

/* On a copy of exactly these bytes, so that the sanitizer sees each byte read past the end. */
static long parse(const char *bytes, size_t size_bytes, struct cpa_http_request *ret_request)
{
	char *copy = malloc(size_bytes ? size_bytes : 1);
	long result;

	assert_non_null(copy);
	memcpy(copy, bytes, size_bytes);
	result = cpa_http_request_parse(copy, size_bytes, ret_request);
	free(copy);
	return result;
}

/* What is read of a good one. */
struct good {
	const char *text;
	enum cpa_http_method method;
	const char *path;
	const char *query;
	const char *host;
	bool is_1_0;
	bool keep_alive;
};

static const struct good good_rows[] = {
	{LINE HOST END, CPA_HTTP_GET, "/", "", "localhost", false, true},
	{"GET / HTTP/1.1\nHost: localhost\n\n", CPA_HTTP_GET, "/", "", "localhost", false, true},
	{"HEAD /a/b HTTP/1.1\r\n" HOST END, CPA_HTTP_HEAD, "/a/b", "", "localhost", false, true},
	{"POST /a?b=c?d HTTP/1.1\r\n" HOST END, CPA_HTTP_POST, "/a", "b=c?d", "localhost", false,
		true},
	{"BREW / HTTP/1.1\r\n" HOST END, CPA_HTTP_OTHER, "/", "", "localhost", false, true},
	{"GET /%41%2f%2F+%7e?%41+b HTTP/1.1\r\n" HOST END, CPA_HTTP_GET, "/A//+~", "%41+b",
		"localhost", false, true},
	{"GET /? HTTP/1.1\r\n" HOST END, CPA_HTTP_GET, "/", "", "localhost", false, true},
	{LINE "host:localhost:6060\r\n" END, CPA_HTTP_GET, "/", "", "localhost:6060", false, true},
	{LINE "Host: \t[::1]:80 \t\r\n" END, CPA_HTTP_GET, "/", "", "[::1]:80", false, true},
	{LINE "Host:\r\n" END, CPA_HTTP_GET, "/", "", "", false, true},
	{LINE HOST "Connection: close\r\n" END, CPA_HTTP_GET, "/", "", "localhost", false, false},
	{LINE HOST "connection: Keep-Alive\r\n" END, CPA_HTTP_GET, "/", "", "localhost", false,
		true},
	{LINE HOST "Connection: keep-alive, CLOSE\r\n" END, CPA_HTTP_GET, "/", "", "localhost",
		false, false},
	/* HTTP/1.0 needs no Host, and closes unless it asks for more. */
	{"GET / HTTP/1.0\r\n" END, CPA_HTTP_GET, "/", "", "", true, false},
	{"GET / HTTP/1.0\r\n" HOST END, CPA_HTTP_GET, "/", "", "localhost", true, false},
	{"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n" END, CPA_HTTP_GET, "/", "", "", true, true},
	{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n" HOST END, CPA_HTTP_GET, "/", "",
		"localhost", true, true},
	{"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n" END, CPA_HTTP_GET, "/", "", "", true,
		false},
	/* The host in the target counts, and not the header's. */
	{"GET http://evil.example/a?b HTTP/1.1\r\n" HOST END, CPA_HTTP_GET, "/a", "b",
		"evil.example", false, true},
	{"GET HTTP://[::1]:80/a/http://b HTTP/1.0\r\n" END, CPA_HTTP_GET, "/a/http://b", "",
		"[::1]:80", true, false},
};

static void test_good(void **state)
{
	static struct cpa_http_request request;

	for (size_t i = 0; i < CPA_ARRAY_LEN(good_rows); i++) {
		const struct good *row = &good_rows[i];
		long head_bytes = parse(row->text, strlen(row->text), &request);

		if (head_bytes != (long)strlen(row->text))
			fail_msg("%ld: %s", head_bytes, row->text);
		assert_int_equal(request.method, row->method);
		assert_string_equal(request.path, row->path);
		assert_int_equal(request.path_bytes, strlen(row->path));
		assert_string_equal(request.query, row->query);
		assert_string_equal(request.host, row->host);
		assert_int_equal(request.is_1_0, row->is_1_0);
		assert_int_equal(request.keep_alive, row->keep_alive);
		assert_int_equal(request.body_bytes, 0);
	}
}

struct bad {
	const char *text;
	size_t size_bytes;
	int status;
};

static const struct bad bad_rows[] = {
	ROW("\r\n\r\n", 400),
	ROW("GET\r\n\r\n", 400),
	ROW("GET /\r\n\r\n", 400), /* HTTP/0.9 */
	ROW("GET / \r\n\r\n", 400),
	ROW("GET  / HTTP/1.1\r\n" HOST END, 400),
	ROW("GET / HTTP/1.1 \r\n" HOST END, 400),
	ROW("GET / x HTTP/1.1\r\n" HOST END, 400),
	ROW(" GET / HTTP/1.1\r\n" HOST END, 400),
	ROW("get / HTTP/1.1\r\n" HOST END, 400),
	ROW("G\xc3\x89T / HTTP/1.1\r\n" HOST END, 400),
	ROW("GET * HTTP/1.1\r\n" HOST END, 400),
	ROW("GET a HTTP/1.1\r\n" HOST END, 400),
	ROW("GET https://localhost/ HTTP/1.1\r\n" HOST END, 400),
	ROW("GET http://localhost HTTP/1.1\r\n" HOST END, 400),
	ROW("GET http:/// HTTP/1.1\r\n" HOST END, 400),
	ROW("GET http://localhost?a/b HTTP/1.1\r\n" HOST END, 400),
	ROW("GET http://me@localhost/ HTTP/1.1\r\n" HOST END, 400),
	ROW("CONNECT localhost:80 HTTP/1.1\r\n" HOST END, 400),
	ROW("GET / http/1.1\r\n" HOST END, 400),
	ROW("GET / HTTP/1.10\r\n" HOST END, 400),
	ROW("GET / HTTP/1.2\r\n" HOST END, 505),
	ROW("GET / HTTP/2.0\r\n" HOST END, 505),
	ROW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
	ROW("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n", 400), /* TLS */
	/* Percent signs, NULs, control characters. */
	ROW("GET /% HTTP/1.1\r\n" HOST END, 400),
	ROW("GET /%4 HTTP/1.1\r\n" HOST END, 400),
	ROW("GET /%zz HTTP/1.1\r\n" HOST END, 400),
	ROW("GET /a\0b HTTP/1.1\r\n" HOST END, 400),
	ROW("GET /\0", 400),
	ROW(LINE HOST "A: b\0c\r\n" END, 400),
	ROW("GET /a\rb HTTP/1.1\r\n" HOST END, 400),
	ROW("GET /a\tb HTTP/1.1\r\n" HOST END, 400),
	ROW("GET /a\x7f HTTP/1.1\r\n" HOST END, 400),
	ROW("GET / HTTP/1.1\r\r\n" HOST END, 400),
	ROW(LINE HOST "A: b\rc\r\n" END, 400),
	ROW(LINE HOST "A: b\x01\r\n" END, 400),
	/* Headers. */
	ROW(LINE END, 400),
	ROW(LINE "Connection: close\r\n" END, 400),
	ROW(LINE HOST HOST END, 400),
	ROW(LINE "Host: a\r\nhost: b\r\n" END, 400),
	ROW("GET http://a/ HTTP/1.1\r\n" END, 400),
	ROW("GET http://a/ HTTP/1.1\r\n" HOST HOST END, 400),
	ROW(LINE HOST "no colon\r\n" END, 400),
	ROW(LINE HOST ": no name\r\n" END, 400),
	ROW(LINE HOST "A : b\r\n" END, 400),
	ROW(LINE HOST "A\xc3\xa4: b\r\n" END, 400),
	ROW(LINE HOST " folded: x\r\n" END, 400),
	ROW(LINE HOST "A: b\r\n\tfolded\r\n" END, 400),
	/* Where does a request end? What another reader could see otherwise is refused. */
	ROW(LINE HOST "Transfer-Encoding: chunked\r\n" END, 411),
	ROW(LINE HOST "Transfer-Encoding: identity\r\n" END, 411),
	ROW(LINE HOST "Content-Length: 1\r\ntransfer-encoding: chunked\r\n" END, 411),
	ROW(LINE HOST "Transfer-Encoding : chunked\r\n" END, 400),
	ROW(LINE HOST "Transfer-Encoding\x0b: chunked\r\n" END, 400),
	ROW(LINE HOST " \r\nTransfer-Encoding: chunked\r\n" END, 400),
	ROW(LINE HOST "\r\r\nTransfer-Encoding: chunked\r\n" END, 400),
	ROW(LINE HOST "A: b\rTransfer-Encoding: chunked\r\n" END, 400),
	ROW(LINE HOST "Content-Length: 1\r\nContent-Length: 1\r\n" END, 400),
	ROW(LINE HOST "Content-Length: 1\r\ncontent-length: 2\r\n" END, 400),
	ROW(LINE HOST "Content-Length: 1, 1\r\n" END, 400),
	ROW(LINE HOST "Content-Length:\r\n" END, 400),
	ROW(LINE HOST "Content-Length: +1\r\n" END, 400),
	ROW(LINE HOST "Content-Length: -1\r\n" END, 400),
	ROW(LINE HOST "Content-Length: 0x1\r\n" END, 400),
	ROW(LINE HOST "Content-Length: 1 1\r\n" END, 400),
	ROW(LINE HOST "Content-Length: 1048577\r\n" END, 413),
	ROW(LINE HOST "Content-Length: 18446744073709551617\r\n" END, 413),
};

static void test_bad(void **state)
{
	static struct cpa_http_request request;

	for (size_t i = 0; i < CPA_ARRAY_LEN(bad_rows); i++) {
		long result = parse(bad_rows[i].text, bad_rows[i].size_bytes, &request);

		if (result != -bad_rows[i].status)
			fail_msg("%ld, wanted %d: %s", result, bad_rows[i].status,
				bad_rows[i].text);
	}
}

static void test_body(void **state)
{
	static const char head[] = "POST / HTTP/1.1\r\n" HOST
				   "Content-Length: 0012\r\nExpect: 100-Continue\r\n"
				   "Content-Type: application/x-www-form-urlencoded; a=b\r\n" END;
	static const char old_head[] = "POST / HTTP/1.0\r\nContent-Length: 1048576\r\n"
				       "Expect: 100-continue\r\nAuthorization: Bearer x\r\n" END;
	static struct cpa_http_request request;

	assert_int_equal(parse(head, strlen(head), &request), strlen(head));
	assert_int_equal(request.body_bytes, 12);
	assert_true(request.has_form && request.expects_continue);
	assert_string_equal(request.authorization, "");
	/* HTTP/1.0 knows no 100. */
	assert_int_equal(parse(old_head, strlen(old_head), &request), strlen(old_head));
	assert_int_equal(request.body_bytes, CPA_HTTP_BODY_BYTES_MAX);
	assert_false(request.has_form || request.expects_continue);
	assert_string_equal(request.authorization, "Bearer x");
}

/* A head comes in pieces: only the last byte completes it, and what follows is not looked at. */
static void test_pieces(void **state)
{
	static const char text[] = "GET /a?b HTTP/1.1\r\n" HOST "A: b\r\n" END "\0POST \r\n\r\n";
	const size_t head_bytes = (size_t)(strchr(text, '\0') - text);
	static struct cpa_http_request request;

	for (size_t i = 0; i < head_bytes; i++)
		assert_int_equal(parse(text, i, &request), 0);
	for (size_t i = head_bytes; i < sizeof(text); i++)
		assert_int_equal(parse(text, i, &request), head_bytes);
}

/* What was there before is not there any more. */
static void test_again(void **state)
{
	static const char first[] = "POST /a?b HTTP/1.0\r\nHost: c\r\nContent-Length: 7\r\n"
				    "Authorization: d\r\nExpect: 100-continue\r\n" END;
	static const char second[] = LINE "Host:\r\n" END;
	static struct cpa_http_request request;

	assert_true(parse(first, strlen(first), &request) > 0);
	assert_true(parse(second, strlen(second), &request) > 0);
	assert_string_equal(request.query, "");
	assert_string_equal(request.host, "");
	assert_string_equal(request.authorization, "");
	assert_int_equal(request.body_bytes, 0);
	assert_false(request.is_1_0);
}

/* FRONT, so many 'x', BACK. */
static long parse_long(const char *front, size_t fill_bytes, const char *back)
{
	static struct cpa_http_request request;
	size_t size_bytes = strlen(front) + fill_bytes + strlen(back);
	char *text = malloc(size_bytes + 1);
	long result;

	assert_non_null(text);
	(void)sprintf(text, "%s%*s%s", front, (int)fill_bytes, "", back);
	memset(text + strlen(front), 'x', fill_bytes);
	result = parse(text, size_bytes, &request);
	free(text);
	return result;
}

static void test_limits(void **state)
{
	static const char line_end[] = " HTTP/1.1\r\n" HOST END;
	const size_t most_bytes = CPA_HTTP_LINE_BYTES_MAX - strlen("GET / HTTP/1.1");
	const size_t fill_bytes = CPA_HTTP_HEAD_BYTES_MAX - strlen(LINE HOST "A: \r\n" END);

	/* The request line. */
	assert_true(parse_long("GET /", most_bytes, line_end) > 0);
	assert_true(parse_long("GET /?", most_bytes - 1, line_end) > 0);
	assert_int_equal(parse_long("GET /", most_bytes + 1, line_end), -414);
	assert_int_equal(parse_long("GET /", CPA_HTTP_LINE_BYTES_MAX, ""), -414);
	/* The head; what is over the limit is not waited for. */
	assert_int_equal(parse_long(LINE HOST "A: ", fill_bytes, "\r\n" END),
		CPA_HTTP_HEAD_BYTES_MAX);
	assert_int_equal(parse_long(LINE HOST "A: ", fill_bytes + 1, "\r\n" END), -431);
	assert_int_equal(parse_long(LINE HOST "A: ", CPA_HTTP_HEAD_BYTES_MAX, ""), -431);
	assert_int_equal(parse_long(LINE HOST "A: ", fill_bytes, ""), 0);
	/* What has a field of its own. */
	assert_true(parse_long(LINE "Host: ", 255, "\r\n" END) > 0);
	assert_int_equal(parse_long(LINE "Host: ", 256, "\r\n" END), -400);
	assert_true(parse_long("GET http://", 255, "/ HTTP/1.0\r\n" END) > 0);
	assert_int_equal(parse_long("GET http://", 256, "/ HTTP/1.0\r\n" END), -400);
	assert_int_equal(parse_long("GET http://a/ HTTP/1.1\r\nHost: ", 256, "\r\n" END), -400);
	assert_true(parse_long(LINE HOST "Authorization: ", 599, "\r\n" END) > 0);
	assert_int_equal(parse_long(LINE HOST "Authorization: ", 600, "\r\n" END), -431);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
