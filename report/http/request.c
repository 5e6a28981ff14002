/* SPDX-License-Identifier: BSD-2-Clause */
/* The head of an HTTP request. */
#include "report/http/request.h"

#include <string.h>
#include <strings.h>

#include "report/http/query.h"

/* A part of the head. */
struct span {
	const char *bytes;
	size_t size_bytes;
};

static bool is(struct span span, const char *text)
{
	return span.size_bytes == strlen(text) &&
	       strncasecmp(span.bytes, text, span.size_bytes) == 0;
}

static bool has(struct span span, const char *word)
{
	size_t word_bytes = strlen(word);

	for (size_t i = 0; i + word_bytes <= span.size_bytes; i++)
		if (strncasecmp(span.bytes + i, word, word_bytes) == 0)
			return true;
	return false;
}

static struct span trim(struct span span)
{
	while (span.size_bytes && strchr(" \t", span.bytes[0]))
		span.bytes++, span.size_bytes--;
	while (span.size_bytes && strchr(" \t", span.bytes[span.size_bytes - 1]))
		span.size_bytes--;
	return span;
}

/* Control characters are in no line: others might take one for its end. */
static bool is_clean(struct span span)
{
	for (size_t i = 0; i < span.size_bytes; i++) {
		unsigned char byte = (unsigned char)span.bytes[i];

		if ((byte < ' ' && byte != '\t') || byte == 127)
			return false;
	}
	return true;
}

/* False: it does not fit. */
static bool copy(struct span span, char *ret_text, size_t room_bytes)
{
	if (span.size_bytes >= room_bytes)
		return false;
	memcpy(ret_text, span.bytes, span.size_bytes);
	ret_text[span.size_bytes] = '\0';
	return true;
}

/* The part before a separator; *rest is what comes after it. False: there is none. */
static bool split(struct span *rest, char separator, struct span *ret_part)
{
	const char *at = memchr(rest->bytes, separator, rest->size_bytes);

	if (!at)
		return false;
	ret_part->bytes = rest->bytes;
	ret_part->size_bytes = (size_t)(at - rest->bytes);
	rest->bytes = at + 1;
	rest->size_bytes -= ret_part->size_bytes + 1;
	return true;
}

/* The next line, without its end: CRLF or LF. False: there is none. */
static bool split_line(struct span *rest, struct span *ret_line)
{
	if (!split(rest, '\n', ret_line))
		return false;
	if (ret_line->size_bytes && ret_line->bytes[ret_line->size_bytes - 1] == '\r')
		ret_line->size_bytes--;
	return true;
}

/* A request line "METHOD TARGET HTTP/1.x". 0 or minus a status. */
static long read_method(struct span method, struct cpa_http_request *request)
{
	if (!method.size_bytes)
		return -400;
	for (size_t i = 0; i < method.size_bytes; i++)
		if (method.bytes[i] < 'A' || method.bytes[i] > 'Z')
			return -400;
	if (is(method, "GET"))
		request->method = CPA_HTTP_GET;
	else if (is(method, "HEAD"))
		request->method = CPA_HTTP_HEAD;
	else if (is(method, "POST"))
		request->method = CPA_HTTP_POST;
	else
		request->method = CPA_HTTP_OTHER;
	return 0;
}

/* "http://HOST/PATH?QUERY", as proxies get it: the host counts, and no header. Leaves the rest. */
static long read_scheme(struct span *target, struct cpa_http_request *request)
{
	static const char scheme[] = "http://";
	struct span host = *target;
	size_t host_bytes = 0;

	if (host.size_bytes < sizeof(scheme) || strncasecmp(host.bytes, scheme, sizeof(scheme) - 1))
		return 0;
	host.bytes += sizeof(scheme) - 1;
	host.size_bytes -= sizeof(scheme) - 1;
	while (host_bytes < host.size_bytes && !strchr("/?#@", host.bytes[host_bytes]))
		host_bytes++;
	target->bytes = host.bytes + host_bytes;
	target->size_bytes = host.size_bytes - host_bytes;
	host.size_bytes = host_bytes;
	return host_bytes && copy(host, request->host, sizeof(request->host)) ? 0 : -400;
}

/* "/PATH?QUERY" */
static long read_target(struct span target, struct cpa_http_request *request)
{
	struct span path;

	if (read_scheme(&target, request) || !target.size_bytes || target.bytes[0] != '/' ||
		memchr(target.bytes, '\t', target.size_bytes))
		return -400;
	if (split(&target, '?', &path)) {
		if (!copy(target, request->query, sizeof(request->query)))
			return -414;
	} else {
		path = target;
	}
	return cpa_http_query_decode(path.bytes, path.size_bytes, false, request->path,
		       sizeof(request->path), &request->path_bytes)
		       ? 0
		       : -400;
}

static long read_line(struct span line, struct cpa_http_request *request)
{
	struct span method, target;
	long refusal;

	if (line.size_bytes > CPA_HTTP_LINE_BYTES_MAX)
		return -414;
	if (!is_clean(line) || !split(&line, ' ', &method) || !split(&line, ' ', &target))
		return -400;
	if (line.size_bytes != 8 || strncmp(line.bytes, "HTTP/", 5) != 0)
		return -400;
	request->is_1_0 = is(line, "HTTP/1.0");
	if (!request->is_1_0 && !is(line, "HTTP/1.1"))
		return -505;
	request->keep_alive = !request->is_1_0;
	refusal = read_method(method, request);
	return refusal ? refusal : read_target(target, request);
}

static long read_length(struct span value, struct cpa_http_request *request)
{
	uint64_t number = 0;

	if (!value.size_bytes)
		return -400;
	for (size_t i = 0; i < value.size_bytes; i++) {
		if (value.bytes[i] < '0' || value.bytes[i] > '9')
			return -400;
		number = number * 10 + (uint64_t)(value.bytes[i] - '0');
		if (number > CPA_HTTP_BODY_BYTES_MAX)
			return -413;
	}
	request->body_bytes = number;
	return 0;
}

/* What was seen once may not come again. */
struct seen {
	bool host, length;
};

static long read_header(
	struct span name, struct span value, struct cpa_http_request *request, struct seen *seen)
{
	if (is(name, "Host")) {
		if (seen->host || value.size_bytes >= sizeof(request->host))
			return -400;
		seen->host = true;
		if (!request->host[0])
			return copy(value, request->host, sizeof(request->host)) ? 0 : -400;
	} else if (is(name, "Content-Length")) {
		if (seen->length)
			return -400;
		seen->length = true;
		return read_length(value, request);
	} else if (is(name, "Transfer-Encoding")) {
		return -411;
	} else if (is(name, "Authorization")) {
		return copy(value, request->authorization, sizeof(request->authorization)) ? 0
											   : -431;
	} else if (is(name, "Content-Type")) {
		request->has_form = has(value, "application/x-www-form-urlencoded");
	} else if (is(name, "Connection")) {
		if (has(value, "close"))
			request->keep_alive = false;
		else if (has(value, "keep-alive"))
			request->keep_alive = true;
	} else if (is(name, "Expect")) {
		request->expects_continue = !request->is_1_0 && is(value, "100-continue");
	}
	return 0;
}

static bool is_name(struct span name)
{
	for (size_t i = 0; i < name.size_bytes; i++)
		if (name.bytes[i] <= ' ' || name.bytes[i] >= 127 ||
			strchr("()<>@,;:\\\"/[]?={}", name.bytes[i]))
			return false;
	return name.size_bytes > 0;
}

/* The lines up to the empty one, which is there. */
static long read_head(struct span head, struct cpa_http_request *request)
{
	struct seen seen = {0};
	struct span line, name;
	long refusal;

	if (!split_line(&head, &line))
		return -400;
	refusal = read_line(line, request);
	while (!refusal && split_line(&head, &line) && line.size_bytes) {
		if (!split(&line, ':', &name) || !is_name(name) || !is_clean(line))
			return -400;
		refusal = read_header(name, trim(line), request, &seen);
	}
	if (!refusal && !seen.host && !request->is_1_0)
		return -400; /* HTTP/1.1 demands one */
	return refusal;
}

/* The length of the head with its empty line; 0: not all of it is there. */
static size_t find_end(const char *bytes, size_t size_bytes)
{
	const char *at = bytes, *end = bytes + size_bytes;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		if (at < end && *at == '\n')
			return (size_t)(at - bytes) + 1;
		if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
			return (size_t)(at - bytes) + 2;
	}
	return 0;
}

long cpa_http_request_parse(
	const char *bytes, size_t size_bytes, struct cpa_http_request *ret_request)
{
	size_t seen_bytes =
		size_bytes < CPA_HTTP_HEAD_BYTES_MAX ? size_bytes : CPA_HTTP_HEAD_BYTES_MAX;
	size_t head_bytes = find_end(bytes, seen_bytes);
	long refusal;

	if (!head_bytes) {
		/* Wait for no rest of what is refused already. */
		if (seen_bytes > CPA_HTTP_LINE_BYTES_MAX &&
			!memchr(bytes, '\n', CPA_HTTP_LINE_BYTES_MAX))
			return -414;
		if (memchr(bytes, '\0', seen_bytes))
			return -400;
		return seen_bytes == CPA_HTTP_HEAD_BYTES_MAX ? -431 : 0;
	}
	if (memchr(bytes, '\0', head_bytes))
		return -400;
	memset(ret_request, 0, sizeof(*ret_request));
	refusal = read_head((struct span){bytes, head_bytes}, ret_request);
	return refusal ? refusal : (long)head_bytes;
}
