/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap as it is now. ?sites=N asks for the N largest sites too, &names=1 for their functions:
 * the page asks for these only when it meets a site for the first time, so that a poll opens no
 * file.
 */
#include "report/http/live.h"

#include <errno.h>
#include <string.h>

#include "base/compiler.h"
#include "report/utf8.h"

#define SITES_MAX  1000
#define TEXT_BYTES 1024u /* longer names are cut */

#ifdef CPA_WITH_WEB
static const char *const page[] = {
#include "report/web/live.inc"
};
#else
static const char *const page[2];
#endif

bool cpa_http_live_has_page(void)
{
	return page[0] != NULL;
}

/* A string that may stand inside HTML; what cannot be shown becomes '?'. */
static void put_text(struct cpa_http_buffer *content, const char *text)
{
	char clean[TEXT_BYTES];

	cpa_utf8_clean(text, clean, sizeof(clean));
	cpa_http_buffer_add(content, "\"", 1);
	for (const char *next = clean; *next; next++) {
		/* Of these a page could make markup; the last two would end the string. */
		if (strchr("<>&\"\\", *next))
			cpa_http_buffer_say(content, "\\u%04x", (unsigned)*next);
		else
			cpa_http_buffer_add(content, next, 1);
	}
	cpa_http_buffer_add(content, "\"", 1);
}

static void put_number(struct cpa_http_buffer *content, const char *key, uint64_t number)
{
	cpa_http_buffer_say(content, ",\"%s\":%llu", key, (unsigned long long)number);
}

/* Estimates are no finer than their error: whole ones will do. */
static void put_estimate(struct cpa_http_buffer *content, const char *key, double value)
{
	put_number(content, key, value > 0 ? (uint64_t)(value + 0.5) : 0);
}

static void put_sums(struct cpa_http_buffer *content, const struct cpa_gauges_sums *sums)
{
	put_estimate(content, "inuse_space", sums->inuse_bytes);
	put_estimate(content, "inuse_space_half_width", sums->inuse_half_bytes);
	put_estimate(content, "inuse_objects", sums->inuse_objects);
	put_estimate(content, "alloc_space", sums->alloc_bytes);
	put_estimate(content, "alloc_objects", sums->alloc_objects);
}

static void put_memory(struct cpa_http_buffer *content, const struct cpa_facts *facts)
{
	put_number(content, "rss_bytes", facts->rss_bytes);
	put_number(content, "peak_rss_bytes", facts->peak_rss_bytes);
	put_number(content, "jemalloc_allocated_bytes", facts->totals.allocated_bytes);
	put_number(content, "jemalloc_active_bytes", facts->totals.active_bytes);
	put_number(content, "jemalloc_resident_bytes", facts->totals.resident_bytes);
	put_number(content, "jemalloc_retained_bytes", facts->totals.retained_bytes);
}

static void put_sampling(struct cpa_http_buffer *content, const struct cpa_facts *facts)
{
	const struct cpa_heap_counters *counters = &facts->counters;

	put_number(content, "rate_bytes", facts->rate_bytes);
	put_number(content, "rate_max_bytes", facts->rate_max_bytes);
	put_number(content, "samples", counters->samples);
	put_number(content, "samples_lost",
		counters->dropped_store_full + counters->untracked_region +
			counters->untracked_arena);
	put_number(content, "sampling_ns", counters->sampling_ns);
	put_number(content, "process_cpu_ns", facts->process_cpu_ns);
}

static void put_site(void *context, const struct cpa_gauges_site *site)
{
	struct cpa_http_buffer *sites = context;

	cpa_http_buffer_say(sites, "%s{\"id\":%llu", sites->used_bytes ? "," : "",
		(unsigned long long)site->stack);
	put_sums(sites, &site->sums);
	put_number(sites, "depth", site->depth);
	if (site->functions)
		cpa_http_buffer_say(sites, ",\"functions\":[");
	for (uint32_t i = 0; site->functions && i < site->function_count; i++) {
		cpa_http_buffer_say(sites, i ? "," : "");
		put_text(sites, site->functions[i]);
	}
	cpa_http_buffer_say(sites, site->functions ? "]}" : "}");
}

/* Without memory content->failed tells. */
static void put_gauges(struct cpa_http_exchange *exchange, size_t sites_max, bool names)
{
	struct cpa_http_buffer sites = {0}, *content = &exchange->content;
	const struct cpa_gauges_order order = {
		.sites_max = sites_max, .names = names, .take = put_site, .context = &sites};
	struct cpa_gauges gauges;
	int error = exchange->service->gauges(&order, &gauges);

	cpa_http_buffer_say(content, "{\"schema\":\"cprof-live-1\",\"program\":");
	put_text(content, gauges.facts.program ? gauges.facts.program : "");
	put_number(content, "pid", (uint64_t)gauges.facts.pid);
	put_number(content, "start_ns", gauges.facts.start_ns);
	put_number(content, "time_ns", gauges.facts.time_ns);
	put_number(content, "monotonic_ns", gauges.mono_ns);
	put_number(content, "threads", gauges.thread_count);
	put_sums(content, &gauges.all);
	put_memory(content, &gauges.facts);
	put_sampling(content, &gauges.facts);
	if (sites_max) {
		put_number(content, "site_count", gauges.site_count);
		cpa_http_buffer_say(content, ",\"sites\":[");
		cpa_http_buffer_add(content, sites.bytes, sites.used_bytes);
		cpa_http_buffer_say(content, "]");
	}
	cpa_http_buffer_say(content, "}\n");
	content->failed |= sites.failed || error;
	cpa_http_buffer_done(&sites);
}

/* An old answer says nothing of now, and a token in the address is nobody's business. */
static void put_headers(struct cpa_http_exchange *exchange)
{
	cpa_http_exchange_header(exchange, "Cache-Control", "no-store");
	cpa_http_exchange_header(exchange, "Referrer-Policy", "no-referrer");
}

void cpa_http_live_answer(struct cpa_http_exchange *exchange)
{
	int64_t sites = cpa_http_exchange_number(exchange, "sites");
	bool names = cpa_http_exchange_number(exchange, "names") > 0;

	exchange->status = 200;
	exchange->type = "application/json";
	put_headers(exchange);
	put_gauges(exchange, sites <= 0 ? 0 : sites < SITES_MAX ? (size_t)sites : SITES_MAX, names);
}

void cpa_http_live_answer_page(struct cpa_http_exchange *exchange)
{
	if (!cpa_http_live_has_page()) {
		cpa_http_exchange_refuse(exchange, 501,
			"this library was built without pages (--without-web); the numbers are at "
			"live.json?sites=20&names=1");
		return;
	}
	exchange->status = 200;
	exchange->type = "text/html; charset=utf-8";
	put_headers(exchange);
	/* The page's own policy has the rest; this part of one is heard in a header alone. */
	cpa_http_exchange_header(exchange, "Content-Security-Policy", "frame-ancestors 'none'");
	cpa_http_buffer_add(&exchange->content, page[0], strlen(page[0]));
	put_gauges(exchange, 0, false);
	cpa_http_buffer_add(&exchange->content, page[1], strlen(page[1]));
}
