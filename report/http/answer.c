/* SPDX-License-Identifier: BSD-2-Clause */
/* The head of an answer. */
#include "report/http/answer.h"

#include <stdio.h>

/* "Thu, 26 Nov 2026 11:32:00 GMT". Not by strftime: its names are in the program's language. */
static void say_date(time_t now, char *ret_text, size_t room_bytes)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm parts = {0};

	(void)gmtime_r(&now, &parts);
	(void)snprintf(ret_text, room_bytes, "%s, %02d %s %d %02d:%02d:%02d GMT",
		days[parts.tm_wday % 7], parts.tm_mday, months[parts.tm_mon % 12],
		parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/* HTTP/1.1 keeps a connection unless it is told otherwise, HTTP/1.0 the other way round. */
static const char *say_connection(bool is_1_0, bool keeps_alive)
{
	if (!keeps_alive)
		return "Connection: close\r\n";
	return is_1_0 ? "Connection: keep-alive\r\n" : "";
}

size_t cpa_http_answer_head(const struct cpa_http_exchange *exchange, time_t now, bool keeps_alive,
	char ret_head[CPA_HTTP_ANSWER_HEAD_MAX])
{
	bool is_1_0 = exchange->request->is_1_0;
	char date[80];
	int head_bytes;

	say_date(now, date, sizeof(date));
	head_bytes = snprintf(ret_head, CPA_HTTP_ANSWER_HEAD_MAX,
		"HTTP/1.%d %d %s\r\nDate: %s\r\nContent-Type: %s\r\n"
		"X-Content-Type-Options: nosniff\r\nContent-Length: %zu\r\n%s%s\r\n",
		!is_1_0, exchange->status, cpa_http_exchange_reason(exchange->status), date,
		exchange->type, exchange->content.used_bytes, exchange->headers,
		say_connection(is_1_0, keeps_alive));
	return head_bytes > 0 && head_bytes < (int)CPA_HTTP_ANSWER_HEAD_MAX ? (size_t)head_bytes
									    : 0;
}
