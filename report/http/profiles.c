/* SPDX-License-Identifier: BSD-2-Clause */
/* The endpoints that give profiles. Texts of errors are Go's where Go has the error. */
#include "report/http/profiles.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "report/http/convert.h"
#include "report/http/labels.h"
#include "report/http/switches.h"

#define CPU_SECONDS  30
#define PAGE_SECONDS 5 /* of CPU time, for people */
#define CPU_HZ       100u
#define SECONDS_MAX  (10ull * 366 * 24 * 3600) /* longer waits are no longer */
#define SECOND_NS    1000000000ull
#define LIMIT_NS     (20 * SECOND_NS) /* for cprof; go tool pprof waits a minute */

static void begin_file(struct cpa_http_exchange *exchange, const char *suffix)
{
	exchange->status = 200;
	exchange->type = "application/octet-stream";
	cpa_http_exchange_header(exchange, "Content-Disposition", "attachment; filename=\"%s%s\"",
		exchange->name, suffix);
}

static uint64_t wait_ns(uint64_t seconds)
{
	return (seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * SECOND_NS;
}

/* False, and refused: not a value of symbolize=. */
static bool read_names(struct cpa_http_exchange *exchange)
{
	char value[CPA_HTTP_QUERY_VALUE_MAX];

	if (!cpa_http_exchange_get(exchange, "symbolize", value))
		(void)strcpy(value, exchange->service->names ? "lines" : "none");
	exchange->names = strcmp(value, "none") != 0;
	if (strcmp(value, "lines") == 0 && exchange->wanted == CPA_HTTP_WANTS_PROFILE)
		exchange->wanted = CPA_HTTP_WANTS_LINES;
	if (!exchange->names || strcmp(value, "names") == 0 || strcmp(value, "lines") == 0)
		return true;
	cpa_http_exchange_refuse(
		exchange, 400, "invalid value for \"symbolize\" - must be none, names or lines");
	return false;
}

/* Of one that took seconds, go tool pprof waits half as long again, and then has nothing. */
static void convert(struct cpa_http_exchange *exchange, uint64_t taken_ns)
{
	uint64_t limit_ns = LIMIT_NS;

	if (exchange->wanted == CPA_HTTP_WANTS_LINES && taken_ns && taken_ns * 2 / 5 < LIMIT_NS)
		limit_ns = taken_ns * 2 / 5;
	cpa_http_convert_begin(exchange, limit_ns);
}

/* Go's list: of the program's own profiles there is no difference. */
static bool has_delta(const char *name)
{
	static const char *const names[] = {
		"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"};

	for (size_t i = 0; i < CPA_ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* ?fraction= of mutex and ?rate= of block: the number, 0 for none; -1, and refused: no such one. */
static int64_t read_switch(struct cpa_http_exchange *exchange, const char *key, int64_t max)
{
	char value[CPA_HTTP_QUERY_VALUE_MAX], text[96];
	int64_t number;

	if (!cpa_http_exchange_get(exchange, key, value))
		return 0;
	if (cpa_http_query_number(value, &number) && number > 0 && number <= max)
		return number;
	(void)snprintf(
		text, sizeof(text), "invalid value for \"%s\" - must be a positive integer", key);
	cpa_http_exchange_refuse(exchange, 400, text);
	return -1;
}

/* Switch the sampler on, where that is asked for. False: refused. */
static bool switch_on(struct cpa_http_exchange *exchange, bool has_seconds)
{
	bool is_mutex = !strcmp(exchange->name, "mutex");
	const char *key = is_mutex ? "fraction" : "rate";
	int64_t number;

	if (!is_mutex && strcmp(exchange->name, "block") != 0)
		return true;
	number = read_switch(exchange, key, is_mutex ? INT_MAX : INT64_MAX);
	if (number > 0 && !has_seconds) {
		cpa_http_exchange_refuse(exchange, 400,
			is_mutex ? "\"fraction\" needs \"seconds\": it holds for one request"
				 : "\"rate\" needs \"seconds\": it holds for one request");
		return false;
	}
	exchange->has_mutex = is_mutex && number > 0;
	exchange->has_block = !is_mutex && number > 0;
	if (exchange->has_mutex)
		cpa_http_switches_mutex_on(exchange->service, (int)number);
	if (exchange->has_block)
		cpa_http_switches_block_on(exchange->service, number);
	return number >= 0;
}

static void switch_off(struct cpa_http_exchange *exchange)
{
	if (exchange->has_mutex)
		cpa_http_switches_mutex_off(exchange->service);
	if (exchange->has_block)
		cpa_http_switches_block_off(exchange->service);
	exchange->has_mutex = exchange->has_block = false;
}

/* In Go's order of errors. */
static void begin_delta(struct cpa_http_exchange *exchange, const char *seconds_text)
{
	char delta[CPA_HTTP_QUERY_VALUE_MAX];
	int64_t seconds;

	if (!cpa_http_query_number(seconds_text, &seconds) || seconds <= 0) {
		cpa_http_exchange_refuse(exchange, 400,
			"invalid value for \"seconds\" - must be a positive integer");
		return;
	}
	if (!has_delta(exchange->name)) {
		cpa_http_exchange_refuse(exchange, 400,
			"\"seconds\" parameter is not supported for this profile type");
		return;
	}
	if (cpa_http_exchange_number(exchange, "debug") != 0) {
		cpa_http_exchange_refuse(
			exchange, 400, "seconds and debug params are incompatible");
		return;
	}
	exchange->keeps_inuse =
		cpa_http_exchange_get(exchange, "delta", delta) && !strcmp(delta, "alloc");
	if (!switch_on(exchange, true))
		return;
	if (exchange->service->copy(exchange->name, &exchange->earlier) < 0) {
		switch_off(exchange);
		cpa_http_exchange_refuse(exchange, 500, "failed to collect profile");
		return;
	}
	exchange->waits = CPA_HTTP_WAITS_DELTA;
	exchange->wait_ns = wait_ns((uint64_t)seconds);
}

static void answer_now(struct cpa_http_exchange *exchange)
{
	bool is_page = exchange->wanted == CPA_HTTP_WANTS_PAGE;
	int64_t debug = is_page ? 0 : cpa_http_exchange_number(exchange, "debug");
	int error;

	if (cpa_http_exchange_number(exchange, "gc") > 0 && !strcmp(exchange->name, "heap"))
		exchange->service->purge();
	if (debug) {
		exchange->status = 200;
		exchange->type = "text/plain; charset=utf-8";
	} else {
		begin_file(exchange, "");
	}
	error = exchange->service->write(exchange->name,
		debug == 0                     ? 0
		: debug > 0 && debug < INT_MAX ? (int)debug
					       : 1,
		exchange->names, cpa_http_labels_wanted(exchange),
		cpa_http_buffer_sink(&exchange->content));
	if (error)
		cpa_http_exchange_refuse(exchange, 500, "failed to collect profile");
	else if (!debug)
		convert(exchange, 0);
}

static bool is_known(const struct cpa_service *service, const char *name)
{
	enum { ROOM = 264 };
	struct cpa_service_profile *profiles = calloc(ROOM, sizeof(*profiles));
	size_t count = profiles ? service->list(profiles, ROOM) : 0;
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found |= !strcmp(profiles[i].name, name);
	free(profiles);
	return found;
}

void cpa_http_profiles_begin(struct cpa_http_exchange *exchange, const char *name)
{
	char seconds[CPA_HTTP_QUERY_VALUE_MAX];

	if (strlen(name) >= sizeof(exchange->name) || !is_known(exchange->service, name)) {
		cpa_http_exchange_refuse(exchange, 404, "Unknown profile");
		return;
	}
	(void)strcpy(exchange->name, name);
	if (!read_names(exchange) || !cpa_http_labels_read(exchange))
		return;
	if (cpa_http_exchange_get(exchange, "seconds", seconds) && *seconds)
		begin_delta(exchange, seconds);
	else if (switch_on(exchange, false))
		answer_now(exchange);
}

void cpa_http_profiles_begin_cpu(struct cpa_http_exchange *exchange)
{
	int64_t seconds = cpa_http_exchange_number(exchange, "seconds");
	char hz_text[CPA_HTTP_QUERY_VALUE_MAX], text[160];
	int64_t hz = CPU_HZ;
	int error;

	if (!read_names(exchange) || !cpa_http_labels_read(exchange))
		return;
	if (cpa_http_exchange_get(exchange, "hz", hz_text) &&
		(!cpa_http_query_number(hz_text, &hz) || hz < 1 || hz > 1000)) {
		cpa_http_exchange_refuse(exchange, 400,
			"invalid value for \"hz\" - must be an integer from 1 to 1000");
		return;
	}
	if (seconds <= 0)
		seconds = exchange->wanted == CPA_HTTP_WANTS_PAGE ? PAGE_SECONDS : CPU_SECONDS;
	error = exchange->service->cpu_start((uint32_t)hz);
	if (error) {
		(void)snprintf(text, sizeof(text), "Could not enable CPU profiling: %s",
			error == -EBUSY ? "cpu profiling already in use" : strerrordesc_np(-error));
		cpa_http_exchange_refuse(exchange, 500, text);
		return;
	}
	(void)strcpy(exchange->name, "profile");
	exchange->waits = CPA_HTTP_WAITS_CPU;
	exchange->wait_ns = wait_ns((uint64_t)seconds);
}

static int write_cpu(struct cpa_http_exchange *exchange, struct cpa_fd_sink sink)
{
	int error;

	(void)exchange->service->cpu_stop();
	begin_file(exchange, "");
	error = exchange->service->write(
		"cpu", 0, exchange->names, cpa_http_labels_wanted(exchange), sink);
	if (error)
		cpa_http_exchange_refuse(exchange, 500, "failed to collect profile");
	return error;
}

static int write_delta(struct cpa_http_exchange *exchange, struct cpa_fd_sink sink)
{
	const struct cpa_service *service = exchange->service;
	int error;

	begin_file(exchange, "-delta");
	error = service->write_since(exchange->name, exchange->earlier, exchange->keeps_inuse,
		exchange->names, cpa_http_labels_wanted(exchange), sink);
	if (error)
		cpa_http_exchange_refuse(exchange, 500, "failed to compute delta");
	switch_off(exchange);
	service->forget(exchange->earlier);
	exchange->earlier = NULL;
	return error;
}

void cpa_http_profiles_end(struct cpa_http_exchange *exchange)
{
	bool is_cpu = exchange->waits == CPA_HTTP_WAITS_CPU;
	int error = (is_cpu ? write_cpu : write_delta)(
		exchange, cpa_http_buffer_sink(&exchange->content));

	exchange->waits = CPA_HTTP_WAITS_NOT;
	if (!error)
		convert(exchange, exchange->wait_ns);
}

void cpa_http_profiles_drop(struct cpa_http_exchange *exchange)
{
	if (exchange->waits == CPA_HTTP_WAITS_CPU)
		(void)exchange->service->cpu_stop();
	switch_off(exchange);
	exchange->service->forget(exchange->earlier);
	exchange->earlier = NULL;
	exchange->waits = CPA_HTTP_WAITS_NOT;
}
