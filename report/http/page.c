/* SPDX-License-Identifier: BSD-2-Clause */
/* The index page: Go's texts and links, so that what reads Go's page reads this one. */
#include "report/http/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

#define PROFILES_MAX 264u /* the built-in ones and the program's own (sampling/custom.h) */

struct entry {
	const char *name;
	uint64_t count;
};

static const struct {
	const char *name;
	const char *description;
} descriptions[] = {
	{"allocs", "All allocations since the start, sampled, by where they were made"},
	{"block", "Where threads waited: locks, condition variables, semaphores, joins"},
	{"cmdline", "The arguments of this program, if http_cmdline=1 was set"},
	{"goroutine", "The stack of every thread now. debug=2 shows each thread by itself"},
	{"heap", "What is allocated now, sampled. gc=1 gives free pages back first"},
	{"mutex", "Who held the locks that others waited for"},
	{"profile", "CPU time. seconds= says how long, hz= how often. Read it with go tool pprof "
		    "or cprof top"},
	{"symbol", "The functions of addresses, for go tool pprof"},
	{"threadcreate", "Where threads were created"},
	{"trace", "A trace of what the threads do. seconds= says how long. Open it with go tool "
		  "trace"},
};

static int by_name(const void *one, const void *other)
{
	return strcmp(((const struct entry *)one)->name, ((const struct entry *)other)->name);
}

/* The profiles and the other endpoints, in order; how many. */
static size_t collect(const struct cpa_service *service, struct entry *ret_entries, size_t room)
{
	static const char *const others[] = {"cmdline", "profile", "trace"};
	struct cpa_service_profile *profiles = calloc(PROFILES_MAX, sizeof(*profiles));
	size_t count = profiles ? service->list(profiles, PROFILES_MAX) : 0;

	for (size_t i = 0; i < count && i < room; i++)
		ret_entries[i] = (struct entry){profiles[i].name, profiles[i].count};
	free(profiles);
	for (size_t i = 0; i < CPA_ARRAY_LEN(others) && count < room; i++)
		ret_entries[count++] = (struct entry){others[i], 0};
	qsort(ret_entries, count, sizeof(*ret_entries), by_name);
	return count;
}

/* A name may look like a scheme, "session:open"; the client's token goes along. */
static void put_link(struct cpa_http_exchange *exchange, const char *name, const char *query)
{
	struct cpa_http_buffer *content = &exchange->content;
	char token[CPA_HTTP_QUERY_VALUE_MAX];

	cpa_http_buffer_say(content, "<a href=\"%s", strchr(name, ':') ? "./" : "");
	cpa_http_buffer_escape(content, name);
	cpa_http_buffer_say(content, "?%s", query);
	if (cpa_http_exchange_get(exchange, "token", token)) {
		cpa_http_buffer_say(content, "&amp;token=");
		cpa_http_buffer_escape(content, token);
	}
	cpa_http_buffer_say(content, "\">");
}

static void put_table(struct cpa_http_exchange *exchange, const struct entry *entries, size_t count)
{
	struct cpa_http_buffer *content = &exchange->content;

	cpa_http_buffer_say(content, "<table>\n<thead><tr><td>Count</td><td>Profile</td></tr>"
				     "</thead>\n<tbody>\n");
	for (size_t i = 0; i < count; i++) {
		cpa_http_buffer_say(
			content, "<tr><td>%llu</td><td>", (unsigned long long)entries[i].count);
		put_link(exchange, entries[i].name, "debug=1");
		cpa_http_buffer_escape(content, entries[i].name);
		cpa_http_buffer_say(content, "</a></td></tr>\n");
	}
	cpa_http_buffer_say(content, "</tbody>\n</table>\n");
}

static void put_descriptions(struct cpa_http_buffer *content)
{
	cpa_http_buffer_say(content, "<p>Profile Descriptions:</p>\n<ul>\n");
	for (size_t i = 0; i < CPA_ARRAY_LEN(descriptions); i++)
		cpa_http_buffer_say(content, "<li><b>%s:</b> %s</li>\n", descriptions[i].name,
			descriptions[i].description);
	cpa_http_buffer_say(content, "</ul>\n");
}

void cpa_http_page_answer(struct cpa_http_exchange *exchange)
{
	struct entry *entries = calloc(PROFILES_MAX + 3, sizeof(*entries));
	struct cpa_http_buffer *content = &exchange->content;
	size_t count;

	if (!entries) {
		cpa_http_exchange_refuse(exchange, 500, "no memory");
		return;
	}
	count = collect(exchange->service, entries, PROFILES_MAX + 3);
	exchange->status = 200;
	exchange->type = "text/html; charset=utf-8";
	/* A token in the address must not be told to the sites that links lead to. */
	cpa_http_exchange_header(exchange, "Referrer-Policy", "no-referrer");
	cpa_http_buffer_say(content,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<title>/debug/pprof/</title>\n"
		"<style>body{font-family:sans-serif;margin:1rem}"
		"td:first-child{text-align:right;padding-right:1em}</style>\n"
		"</head>\n<body>\n");
	cpa_http_buffer_say(content, "/debug/pprof/\n<p>Set debug=1 as a query parameter to export "
				     "in legacy text format</p>\n"
				     "<p>Types of profiles available:</p>\n");
	put_table(exchange, entries, count);
	cpa_http_buffer_say(content, "<p>");
	put_link(exchange, "goroutine", "debug=2");
	cpa_http_buffer_say(content, "full goroutine stack dump</a></p>\n");
	put_descriptions(content);
	cpa_http_buffer_say(content, "</body>\n</html>\n");
	free(entries);
}
