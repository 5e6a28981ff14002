/* SPDX-License-Identifier: BSD-2-Clause */
/* Which endpoint a request is for, and whether it may be answered. */
#include "report/http/endpoints.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/compiler.h"
#include "report/http/convert.h"
#include "report/http/flame.h"
#include "report/http/guard.h"
#include "report/http/live.h"
#include "report/http/page.h"
#include "report/http/profiles.h"
#include "report/http/symbol.h"
#include "report/http/trace.h"

/* In ?token= or "Authorization: Bearer TOKEN". */
static bool has_token(const struct cpa_http_exchange *exchange)
{
	static const char scheme[] = "Bearer ";
	const char *authorization = exchange->request->authorization;
	char given[CPA_HTTP_QUERY_VALUE_MAX];

	if (!exchange->order->token[0])
		return true;
	if (strncasecmp(authorization, scheme, sizeof(scheme) - 1) == 0)
		return cpa_http_guard_token(
			exchange->order->token, authorization + sizeof(scheme) - 1);
	return cpa_http_exchange_get(exchange, "token", given) &&
	       cpa_http_guard_token(exchange->order->token, given);
}

bool cpa_http_endpoints_admit(struct cpa_http_exchange *exchange)
{
	if (exchange->checks_host &&
		!cpa_http_guard_host(exchange->request->host, exchange->host)) {
		cpa_http_exchange_refuse(exchange, 403,
			"this host name is not served: ask for localhost, 127.0.0.1 or [::1]");
		return false;
	}
	if (!has_token(exchange)) {
		cpa_http_exchange_refuse(exchange, 401,
			"a token is needed: ?token=TOKEN or Authorization: Bearer TOKEN");
		cpa_http_exchange_header(exchange, "WWW-Authenticate", "Bearer");
		return false;
	}
	if (exchange->request->method == CPA_HTTP_OTHER) {
		cpa_http_exchange_refuse(exchange, 405, "Method Not Allowed");
		cpa_http_exchange_header(exchange, "Allow", "GET, HEAD, POST");
		return false;
	}
	return true;
}

/* What no endpoint is at: Go's own text, and not pprof's. */
static void refuse_path(struct cpa_http_exchange *exchange)
{
	cpa_http_exchange_refuse(exchange, 404, "404 page not found");
	exchange->headers[0] = '\0';
}

/* As Go's mux: "//", "/./" and "/../" go, a '/' at the end stays. */
static void clean_path(const char *path, char ret_clean[CPA_HTTP_LINE_BYTES_MAX])
{
	size_t used_bytes = 0;
	const char *part = path;

	while (*part) {
		size_t part_bytes;

		part += strspn(part, "/");
		part_bytes = strcspn(part, "/");
		if (part_bytes == 2 && !strncmp(part, "..", 2)) {
			while (used_bytes && ret_clean[--used_bytes] != '/')
				continue;
		} else if (part_bytes && !(part_bytes == 1 && *part == '.')) {
			ret_clean[used_bytes++] = '/';
			memcpy(ret_clean + used_bytes, part, part_bytes);
			used_bytes += part_bytes;
		}
		part += part_bytes;
	}
	if (!used_bytes || part[-1] == '/')
		ret_clean[used_bytes++] = '/';
	ret_clean[used_bytes] = '\0';
}

/* For a header, as %XX: of a path all but the plainest characters, of a query, which is encoded
 * already, what is not ASCII. False: no room. */
static bool encode(const char *text, bool is_query, char *ret_text, size_t room_bytes)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t used_bytes = 0;

	for (; *text && used_bytes + 4 < room_bytes; text++) {
		unsigned char byte = (unsigned char)*text;

		if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
			(byte >= 'A' && byte <= 'Z') || strchr("/-._~:", byte) ||
			(is_query && byte < 128)) {
			ret_text[used_bytes++] = (char)byte;
		} else {
			ret_text[used_bytes++] = '%';
			ret_text[used_bytes++] = digits[byte >> 4];
			ret_text[used_bytes++] = digits[byte & 15];
		}
	}
	ret_text[used_bytes] = '\0';
	return !*text;
}

static void redirect(struct cpa_http_exchange *exchange, const char *path)
{
	char encoded[256], query[220];

	if (!encode(path, false, encoded, sizeof(encoded)) ||
		!encode(exchange->request->query, true, query, sizeof(query))) {
		refuse_path(exchange);
		return;
	}
	exchange->status = 301;
	exchange->type = "text/html; charset=utf-8";
	cpa_http_exchange_header(exchange, "Location", "%s%s%s", encoded, *query ? "?" : "", query);
	if (exchange->request->method == CPA_HTTP_POST)
		return;
	cpa_http_buffer_say(&exchange->content, "<a href=\"%s%s", encoded, *query ? "?" : "");
	cpa_http_buffer_escape(&exchange->content, query);
	cpa_http_buffer_say(&exchange->content, "\">Moved Permanently</a>.\n\n");
}

static void answer_cmdline(struct cpa_http_exchange *exchange)
{
	char part[4096];
	long part_bytes;
	int fd;

	if (!exchange->order->shows_cmdline) {
		cpa_http_exchange_refuse(
			exchange, 404, "cmdline is off: the setting http_cmdline=1 allows it");
		return;
	}
	fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (part_bytes = read(fd, part, sizeof(part))) > 0)
		cpa_http_buffer_add(&exchange->content, part, (size_t)part_bytes);
	if (fd >= 0)
		(void)close(fd);
	/* A NUL between arguments, none at the end. */
	if (exchange->content.used_bytes &&
		exchange->content.bytes[exchange->content.used_bytes - 1] == '\0')
		exchange->content.used_bytes--;
	exchange->status = 200;
	exchange->type = "text/plain; charset=utf-8";
}

static const struct {
	const char *name;
	void (*answer)(struct cpa_http_exchange *exchange);
} endpoints[] = {
	{"", cpa_http_page_answer},
	{"cmdline", answer_cmdline},
	{"profile", cpa_http_profiles_begin_cpu},
	{"symbol", cpa_http_symbol_answer},
	{"trace", cpa_http_trace_begin},
};

/* What Go has not: beside its names, where the program's own profiles have theirs. */
static const struct {
	const char *path;
	void (*answer)(struct cpa_http_exchange *exchange);
} own_endpoints[] = {
	{"/debug/cprof/live", cpa_http_live_answer_page},
	{"/debug/cprof/live.json", cpa_http_live_answer},
};

static bool begin_own(struct cpa_http_exchange *exchange, const char *path)
{
	for (size_t i = 0; i < CPA_ARRAY_LEN(own_endpoints); i++) {
		if (!strcmp(own_endpoints[i].path, path)) {
			own_endpoints[i].answer(exchange);
			return true;
		}
	}
	return false;
}

void cpa_http_endpoints_begin(struct cpa_http_exchange *exchange)
{
	static const char prefix[] = CPA_HTTP_ENDPOINTS_PREFIX, flame[] = CPA_HTTP_FLAME_PREFIX;
	const char *path = exchange->request->path;
	char clean[CPA_HTTP_LINE_BYTES_MAX + 2];
	const char *name = path + sizeof(prefix) - 1;

	if (strlen(path) != exchange->request->path_bytes) {
		cpa_http_exchange_refuse(exchange, 404, "Unknown profile"); /* a NUL in it */
		return;
	}
	clean_path(path, clean);
	if (strcmp(clean, path) != 0) {
		redirect(exchange, clean);
		return;
	}
	if (begin_own(exchange, path))
		return;
	if (!strcmp(path, "/debug/pprof")) {
		redirect(exchange, prefix);
		return;
	}
	if (!strncmp(path, flame, sizeof(flame) - 1)) {
		cpa_http_flame_begin(exchange, path + sizeof(flame) - 1);
		return;
	}
	if (strncmp(path, prefix, sizeof(prefix) - 1) != 0) {
		refuse_path(exchange);
		return;
	}
	for (size_t i = 0; i < CPA_ARRAY_LEN(endpoints); i++) {
		if (!strcmp(endpoints[i].name, name)) {
			endpoints[i].answer(exchange);
			return;
		}
	}
	cpa_http_profiles_begin(exchange, name);
}

void cpa_http_endpoints_end(struct cpa_http_exchange *exchange)
{
	if (exchange->waits == CPA_HTTP_WAITS_TRACE)
		cpa_http_trace_end(exchange);
	else if (exchange->waits == CPA_HTTP_WAITS_JOB)
		cpa_http_convert_end(exchange);
	else
		cpa_http_profiles_end(exchange);
}

void cpa_http_endpoints_drop(struct cpa_http_exchange *exchange)
{
	if (exchange->waits == CPA_HTTP_WAITS_TRACE)
		cpa_http_trace_drop(exchange);
	else if (exchange->waits == CPA_HTTP_WAITS_JOB)
		cpa_http_convert_drop(exchange);
	else
		cpa_http_profiles_drop(exchange);
}
