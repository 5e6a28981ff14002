/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of an answer, byte for byte, and the parts that an exchange puts into it.
 * Not here: which answer it is (tests/integration/http.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/http/answer.h"

#include <locale.h>
#include <string.h>

#define DATE "Date: Thu, 26 Nov 2026 11:32:00 GMT\r\n"
#define AT   1795692720 /* that date */

static const struct cpa_http_request new_request, old_request = {.is_1_0 = true};

static void assert_head(
	const struct cpa_http_exchange *exchange, bool keeps_alive, const char *want)
{
	char head[CPA_HTTP_ANSWER_HEAD_MAX];
	size_t head_bytes = cpa_http_answer_head(exchange, AT, keeps_alive, head);

	assert_string_equal(head, want);
	assert_int_equal(head_bytes, strlen(want));
}

static void test_head(void **state)
{
	struct cpa_http_exchange exchange = {
		.request = &new_request, .status = 200, .type = "text/html; charset=utf-8"};

	(void)setlocale(LC_ALL, ""); /* no name of a day is in the program's language */
	cpa_http_exchange_header(&exchange, "X-A", "%d", 7);
	exchange.content.used_bytes = 12;
	assert_head(&exchange, true,
		"HTTP/1.1 200 OK\r\n" DATE "Content-Type: text/html; charset=utf-8\r\n"
		"X-Content-Type-Options: nosniff\r\nContent-Length: 12\r\nX-A: 7\r\n\r\n");
	assert_head(&exchange, false,
		"HTTP/1.1 200 OK\r\n" DATE "Content-Type: text/html; charset=utf-8\r\n"
		"X-Content-Type-Options: nosniff\r\nContent-Length: 12\r\nX-A: 7\r\n"
		"Connection: close\r\n\r\n");
	exchange.request = &old_request;
	assert_head(&exchange, true,
		"HTTP/1.0 200 OK\r\n" DATE "Content-Type: text/html; charset=utf-8\r\n"
		"X-Content-Type-Options: nosniff\r\nContent-Length: 12\r\nX-A: 7\r\n"
		"Connection: keep-alive\r\n\r\n");
	assert_head(&exchange, false,
		"HTTP/1.0 200 OK\r\n" DATE "Content-Type: text/html; charset=utf-8\r\n"
		"X-Content-Type-Options: nosniff\r\nContent-Length: 12\r\nX-A: 7\r\n"
		"Connection: close\r\n\r\n");
}

static void test_refusal(void **state)
{
	struct cpa_http_exchange exchange = {.request = &new_request, .status = 200};

	/* Nothing of what was begun is left. */
	cpa_http_exchange_header(&exchange, "Content-Disposition", "attachment");
	cpa_http_buffer_say(&exchange.content, "half");
	cpa_http_exchange_refuse(&exchange, 404, "Unknown profile");
	assert_head(&exchange, true,
		"HTTP/1.1 404 Not Found\r\n" DATE "Content-Type: text/plain; charset=utf-8\r\n"
		"X-Content-Type-Options: nosniff\r\nContent-Length: 16\r\nX-Go-Pprof: 1\r\n\r\n");
	assert_memory_equal(exchange.content.bytes, "Unknown profile\n", 16);
	cpa_http_buffer_done(&exchange.content);
}

/* The longest head has room; what has none is left out, and no header is cut. */
static void test_longest(void **state)
{
	struct cpa_http_exchange exchange = {.request = &new_request, .status = 431, .type = "a/b"};
	char head[CPA_HTTP_ANSWER_HEAD_MAX], value[600];
	size_t used_bytes;

	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	cpa_http_exchange_header(&exchange, "A", "%s", value);
	assert_string_equal(exchange.headers, "");
	cpa_http_exchange_header(&exchange, "A", "%.511s", value);
	used_bytes = strlen(exchange.headers);
	assert_int_equal(used_bytes, 511 + strlen("A: \r\n"));
	cpa_http_exchange_header(&exchange, "B", "%.300s", value);
	assert_int_equal(strlen(exchange.headers), used_bytes);
	for (int i = 0; i < 50; i++)
		cpa_http_exchange_header(&exchange, "C", "%s", "");
	assert_in_range(strlen(exchange.headers), used_bytes + 1, sizeof(exchange.headers) - 1);
	assert_int_not_equal(cpa_http_answer_head(&exchange, AT, false, head), 0);
	assert_string_equal(head + strlen(head) - 4, "\r\n\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
