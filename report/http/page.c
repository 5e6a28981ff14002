/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index page: Go's texts and links first, so that what reads Go's page reads this one; below
 * them what Go has not. No script: all of it is links.
 */
#include "report/http/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "report/http/live.h"

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

static const char style[] =
	"body{font-family:sans-serif;margin:1rem;line-height:1.45;max-width:60rem}"
	"td:first-child{text-align:right;padding-right:1em}"
	":focus-visible{outline:2px solid;outline-offset:2px}"
	"section{border-top:1px solid #8886;margin-top:1.5rem}"
	"h2{font-size:1.1rem;margin:1rem 0 .4rem}h2+p,h2+ul{margin-top:0}"
	".row a{display:inline-block;margin:0 1em .3em 0}li{margin:.3em 0}";

/* What can be off: where it is told how to get it for one request, and for good. */
enum { HEAP, CPU, MUTEX, BLOCK };
static const struct {
	const char *what;
	const char *name; /* NULL: not by a request */
	const char *query;
	const char *setting;
	const char *call;
} switches[] = {
	[HEAP] = {"heap and allocs", NULL, NULL, "rate=512k", "cprof_heap_rate(524288)"},
	[CPU] = {"CPU time", "profile", "seconds=10", "cpu=100", "cprof_cpu_start(100)"},
	[MUTEX] = {"mutex", "mutex", "fraction=1&amp;seconds=10", "mutex=10",
		"cprof_mutex_fraction(10)"},
	[BLOCK] = {"block", "block", "rate=10000&amp;seconds=10", "block=10us",
		"cprof_block_rate(10000)"},
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

/* The beginning of a link to FOLDER NAME ? QUERY, "": none; the client's token goes along. */
static void put_link_in(
	struct cpa_http_exchange *exchange, const char *folder, const char *name, const char *query)
{
	struct cpa_http_buffer *content = &exchange->content;
	char token[CPA_HTTP_QUERY_VALUE_MAX];
	bool has_token = cpa_http_exchange_get(exchange, "token", token);

	cpa_http_buffer_say(content, "<a href=\"%s", folder);
	cpa_http_buffer_escape(content, name);
	cpa_http_buffer_say(content, "%s%s", *query || has_token ? "?" : "", query);
	if (has_token) {
		cpa_http_buffer_say(content, "%stoken=", *query ? "&amp;" : "");
		cpa_http_buffer_escape(content, token);
	}
	cpa_http_buffer_say(content, "\">");
}

/* A name may look like a scheme, "session:open". */
static void put_link(struct cpa_http_exchange *exchange, const char *name, const char *query)
{
	put_link_in(exchange, strchr(name, ':') ? "./" : "", name, query);
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

static void put_live(struct cpa_http_exchange *exchange)
{
	struct cpa_http_buffer *content = &exchange->content;

	cpa_http_buffer_say(content, "<section>\n<h2>Now</h2>\n<p>");
	if (cpa_http_live_has_page()) {
		put_link_in(exchange, "../cprof/", "live", "");
		cpa_http_buffer_say(content, "Live page</a>: the heap, its growth and where it "
					     "grows, every second; ");
	}
	put_link_in(exchange, "../cprof/", "live.json", "sites=20&amp;names=1");
	cpa_http_buffer_say(content, "the same as JSON</a>.</p>\n</section>\n");
}

static void put_flames(
	struct cpa_http_exchange *exchange, const struct entry *entries, size_t count)
{
	struct cpa_http_buffer *content = &exchange->content;

	cpa_http_buffer_say(content, "<section>\n<h2>Flame graphs</h2>\n<p class=\"row\">\n");
	for (size_t i = 0; i < count; i++) {
		bool is_cpu = !strcmp(entries[i].name, "profile");

		if (!strcmp(entries[i].name, "cmdline") || !strcmp(entries[i].name, "trace"))
			continue;
		put_link_in(
			exchange, "../cprof/flame/", entries[i].name, is_cpu ? "seconds=10" : "");
		cpa_http_buffer_escape(content, entries[i].name);
		cpa_http_buffer_say(content, is_cpu ? ", 10 s</a>\n" : "</a>\n");
	}
	cpa_http_buffer_say(content, "</p>\n</section>\n");
}

static void put_off(struct cpa_http_exchange *exchange)
{
	const struct cpa_service *service = exchange->service;
	const struct cpa_gauges_order nothing_more = {0};
	struct cpa_http_buffer *content = &exchange->content;
	struct cpa_gauges gauges;
	bool is_on[CPA_ARRAY_LEN(switches)];

	(void)!service->gauges(&nothing_more, &gauges);
	is_on[HEAP] = gauges.facts.rate_bytes != 0;
	is_on[CPU] = gauges.cpu_is_on;
	is_on[MUTEX] = service->mutex_fraction(-1) > 0;
	is_on[BLOCK] = service->block_rate(-1) > 0;
	if (is_on[HEAP] && is_on[CPU] && is_on[MUTEX] && is_on[BLOCK])
		return;
	cpa_http_buffer_say(content, "<section>\n<h2>Switched off</h2>\n<ul>\n");
	for (size_t i = 0; i < CPA_ARRAY_LEN(switches); i++) {
		if (is_on[i])
			continue;
		cpa_http_buffer_say(content, "<li><b>%s</b>: ", switches[i].what);
		if (switches[i].name) {
			put_link(exchange, switches[i].name, switches[i].query);
			cpa_http_buffer_say(content, "record 10 seconds</a>; ");
		}
		cpa_http_buffer_say(content,
			"on with <code>CPROFALLOC=%s</code>, or <code>%s</code> in the "
			"program</li>\n",
			switches[i].setting, switches[i].call);
	}
	cpa_http_buffer_say(content, "</ul>\n</section>\n");
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
	cpa_http_exchange_header(exchange, "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
	cpa_http_buffer_say(content,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n"
		"<title>/debug/pprof/</title>\n<style>");
	cpa_http_buffer_add(content, style, sizeof(style) - 1);
	cpa_http_buffer_say(content, "</style>\n</head>\n<body>\n"
				     "/debug/pprof/\n<p>Set debug=1 as a query parameter to export "
				     "in legacy text format</p>\n"
				     "<p>Types of profiles available:</p>\n");
	put_table(exchange, entries, count);
	cpa_http_buffer_say(content, "<p>");
	put_link(exchange, "goroutine", "debug=2");
	cpa_http_buffer_say(content, "full goroutine stack dump</a></p>\n");
	put_descriptions(content);
	put_live(exchange);
	put_flames(exchange, entries, count);
	put_off(exchange);
	cpa_http_buffer_say(content, "</body>\n</html>\n");
	free(entries);
}
