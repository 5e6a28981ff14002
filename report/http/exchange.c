/* SPDX-License-Identifier: BSD-2-Clause */
/* One request and its answer, whatever carries them. */
#include "report/http/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"

const char *cpa_http_exchange_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{301, "Moved Permanently"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{408, "Request Timeout"},
		{411, "Length Required"},
		{413, "Request Entity Too Large"},
		{414, "Request URI Too Long"},
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{503, "Service Unavailable"},
		{505, "HTTP Version Not Supported"},
	};

	for (size_t i = 0; i < CPA_ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

void cpa_http_exchange_header(
	struct cpa_http_exchange *exchange, const char *name, const char *format, ...)
{
	size_t used_bytes = strlen(exchange->headers);
	char value[512];
	va_list args;
	int value_bytes;

	va_start(args, format);
	value_bytes = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	if (value_bytes < 0 || value_bytes >= (int)sizeof(value) ||
		used_bytes + strlen(name) + (size_t)value_bytes + sizeof(": \r\n") >
			sizeof(exchange->headers))
		return;
	(void)snprintf(exchange->headers + used_bytes, sizeof(exchange->headers) - used_bytes,
		"%s: %s\r\n", name, value);
}

void cpa_http_exchange_refuse(struct cpa_http_exchange *exchange, int status, const char *text)
{
	cpa_http_buffer_done(&exchange->content);
	exchange->headers[0] = '\0';
	exchange->status = status;
	exchange->type = "text/plain; charset=utf-8";
	cpa_http_exchange_header(exchange, "X-Go-Pprof", "1");
	cpa_http_buffer_say(&exchange->content, "%s\n", text);
}

bool cpa_http_exchange_get(const struct cpa_http_exchange *exchange, const char *key,
	char ret_value[CPA_HTTP_QUERY_VALUE_MAX])
{
	return cpa_http_query_get(exchange->form, key, ret_value) ||
	       cpa_http_query_get(exchange->request->query, key, ret_value);
}

bool cpa_http_exchange_has(const struct cpa_http_exchange *exchange, const char *key)
{
	return cpa_http_query_has(exchange->form, key) ||
	       cpa_http_query_has(exchange->request->query, key);
}

int64_t cpa_http_exchange_number(const struct cpa_http_exchange *exchange, const char *key)
{
	char value[CPA_HTTP_QUERY_VALUE_MAX];
	int64_t number = 0;

	if (cpa_http_exchange_get(exchange, key, value))
		(void)cpa_http_query_number(value, &number);
	return number;
}
