/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does each endpoint ask the library for, how long does it wait, and how is it refused? In
 * front of a library that only takes notes, so that no test waits.
 * Not here: real profiles (tests/integration/http.bats), any bytes (tests/fuzz/fuzz_http.c).
 */
#include "tests/unit/cmocka_all.h"

#include "report/http/convert.h"
#include "report/http/endpoints.h"
#include "report/http/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

#define P         CPA_HTTP_ENDPOINTS_PREFIX
#define SECOND_NS 1000000000ull
#define TEXT      "text/plain; charset=utf-8"
#define OCTETS    "application/octet-stream"
#define CPU_END   "cpu stop;write cpu 0 1;lines;"

struct cpa_delta_copy {
	int unused;
};

/* What was asked for, in order. */
static char notes[400];
static int fails_with; /* all that can */
static int fraction;
static int64_t rate_ns;

static void note(const char *format, ...) CPA_PRINTF(1, 2);

static void note(const char *format, ...)
{
	size_t used_bytes = strlen(notes);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(notes + used_bytes, sizeof(notes) - used_bytes, format, args);
	va_end(args);
}

static size_t list(struct cpa_service_profile *ret_profiles, size_t room)
{
	static const char *const names[] = {"allocs", "block", "goroutine", "heap", "mutex",
		"threadcreate", "mylib/sessions"};

	assert_in_range(room, CPA_ARRAY_LEN(names), 1000);
	for (size_t i = 0; i < CPA_ARRAY_LEN(names); i++)
		ret_profiles[i] = (struct cpa_service_profile){.name = names[i]};
	return CPA_ARRAY_LEN(names);
}

static int write_profile(
	const char *name, int debug, bool names, const char *labels, struct cpa_fd_sink sink)
{
	note("write %s %d %d%s;", name, debug, names, labels ? " labels" : "");
	(void)sink.write(sink.context, "half", 4);
	return fails_with;
}

static int copy(const char *name, struct cpa_delta_copy **ret_copy)
{
	note("copy %s;", name);
	*ret_copy = malloc(sizeof(**ret_copy));
	assert_non_null(*ret_copy);
	return 0;
}

static int write_since(const char *name, const struct cpa_delta_copy *earlier, bool keeps_inuse,
	bool names, const char *labels, struct cpa_fd_sink sink)
{
	note("since %s %d %d%s;", name, keeps_inuse, names, labels ? " labels" : "");
	(void)sink.write(sink.context, "half", 4);
	return fails_with;
}

static void forget(struct cpa_delta_copy *old)
{
	if (old)
		note("forget;");
	free(old);
}

static void purge(void)
{
	note("purge;");
}

static int cpu_start(uint32_t hz)
{
	note("cpu %u;", hz);
	return fails_with;
}

static int cpu_stop(void)
{
	note("cpu stop;");
	return 0;
}

static int trace_start(int fd)
{
	note("trace;");
	return fails_with;
}

static int trace_stop(void)
{
	note("trace stop;");
	return 0;
}

static int mutex_fraction(int new_fraction)
{
	int old_fraction = fraction;

	fraction = new_fraction < 0 ? fraction : new_fraction;
	return old_fraction;
}

static int64_t block_rate(int64_t new_rate_ns)
{
	int64_t old_rate_ns = rate_ns;

	rate_ns = new_rate_ns < 0 ? rate_ns : new_rate_ns;
	return old_rate_ns;
}

/* What shows the heap as it is now, and cprof beside it, are others' tests. */
bool cpa_http_live_has_page(void)
{
	return false;
}

void cpa_http_live_answer(struct cpa_http_exchange *exchange)
{
	fail();
}

void cpa_http_live_answer_page(struct cpa_http_exchange *exchange)
{
	fail();
}

bool cpa_http_convert_can(struct cpa_http_exchange *exchange)
{
	return exchange->wanted == CPA_HTTP_WANTS_PAGE;
}

void cpa_http_convert_begin(struct cpa_http_exchange *exchange, uint64_t limit_ns)
{
	assert_in_range(limit_ns, 1, 30 * SECOND_NS);
	if (exchange->wanted != CPA_HTTP_WANTS_PROFILE)
		note("%s;", exchange->wanted == CPA_HTTP_WANTS_PAGE ? "page" : "lines");
}

void cpa_http_convert_end(struct cpa_http_exchange *exchange)
{
	fail();
}

void cpa_http_convert_drop(struct cpa_http_exchange *exchange)
{
	fail();
}

static const struct cpa_service service = {
	.version = CPA_SERVICE_VERSION,
	.list = list,
	.write = write_profile,
	.copy = copy,
	.write_since = write_since,
	.forget = forget,
	.purge = purge,
	.cpu_start = cpu_start,
	.cpu_stop = cpu_stop,
	.trace_start = trace_start,
	.trace_stop = trace_stop,
	.mutex_fraction = mutex_fraction,
	.block_rate = block_rate,
	.names = true,
};

static const struct cpa_service_order order;

static void begin(struct cpa_http_exchange *exchange, struct cpa_http_request *request,
	const char *target)
{
	const char *question = strchr(target, '?');
	size_t path_bytes = question ? (size_t)(question - target) : strlen(target);

	*request = (struct cpa_http_request){.path_bytes = path_bytes};
	memcpy(request->path, target, path_bytes);
	(void)snprintf(request->query, sizeof(request->query), "%s", question ? question + 1 : "");
	*exchange = (struct cpa_http_exchange){
		.service = &service, .order = &order, .request = request, .form = "", .body = ""};
	notes[0] = '\0';
	cpa_http_endpoints_begin(exchange);
}

/* What is waited for, and is in the name of the file; what was asked for before and after. */
static void test_waits(void **state)
{
	static const struct {
		const char *target;
		uint64_t wait_ns;
		const char *before, *after;
		const char *file;
	} rows[] = {
		{P "profile", 30 * SECOND_NS, "cpu 100;", CPU_END, "profile"},
		{P "profile?seconds=5", 5 * SECOND_NS, "cpu 100;", CPU_END, "profile"},
		/* No number of seconds: Go's 30. */
		{P "profile?seconds=x", 30 * SECOND_NS, "cpu 100;", CPU_END, "profile"},
		{P "profile?seconds=0", 30 * SECOND_NS, "cpu 100;", CPU_END, "profile"},
		{P "profile?seconds=-5", 30 * SECOND_NS, "cpu 100;", CPU_END, "profile"},
		{P "profile?seconds=1.5", 30 * SECOND_NS, "cpu 100;", CPU_END, "profile"},
		{P "profile?hz=1000&seconds=1", SECOND_NS, "cpu 1000;", CPU_END, "profile"},
		{P "profile?symbolize=none&seconds=1&debug=1", SECOND_NS, "cpu 100;",
			"cpu stop;write cpu 0 0;", "profile"},
		{P "trace", SECOND_NS, "trace;", "trace stop;", "trace"},
		{P "trace?seconds=0.25", SECOND_NS / 4, "trace;", "trace stop;", "trace"},
		{P "trace?seconds=1e-1", SECOND_NS / 10, "trace;", "trace stop;", "trace"},
		{P "trace?seconds=0,25", SECOND_NS, "trace;", "trace stop;", "trace"},
		{P "trace?seconds=0", SECOND_NS, "trace;", "trace stop;", "trace"},
		{P "trace?seconds=-1", SECOND_NS, "trace;", "trace stop;", "trace"},
		{P "trace?seconds=1e99", 3600 * SECOND_NS, "trace;", "trace stop;", "trace"},
		{P "heap?seconds=2&gc=1", 2 * SECOND_NS, "copy heap;",
			"since heap 0 1;forget;lines;", "heap-delta"},
		{P "heap?seconds=2&delta=alloc&symbolize=none", 2 * SECOND_NS, "copy heap;",
			"since heap 1 0;forget;", "heap-delta"},
		{P "allocs?seconds=1&debug=0", SECOND_NS, "copy allocs;",
			"since allocs 0 1;forget;lines;", "allocs-delta"},
		{P "block?seconds=1", SECOND_NS, "copy block;",
			"since block 0 1;forget;lines;", "block-delta"},
		{P "goroutine?seconds=1", SECOND_NS, "copy goroutine;",
			"since goroutine 0 1;forget;lines;", "goroutine-delta"},
		{P "mutex?seconds=1", SECOND_NS, "copy mutex;",
			"since mutex 0 1;forget;lines;", "mutex-delta"},
		{P "threadcreate?seconds=1", SECOND_NS, "copy threadcreate;",
			"since threadcreate 0 1;forget;lines;", "threadcreate-delta"},
	};
	static struct cpa_http_request request;
	static struct cpa_http_exchange exchange;
	char want[200];

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		begin(&exchange, &request, rows[i].target);
		if (!exchange.waits || exchange.wait_ns != rows[i].wait_ns)
			fail_msg("%s: %llu ns", rows[i].target,
				(unsigned long long)exchange.wait_ns);
		assert_string_equal(notes, rows[i].before);
		notes[0] = '\0';
		cpa_http_endpoints_end(&exchange);
		assert_int_equal(exchange.waits, CPA_HTTP_WAITS_NOT);
		assert_string_equal(notes, rows[i].after);
		assert_int_equal(exchange.status, 200);
		assert_string_equal(exchange.type, OCTETS);
		(void)snprintf(want, sizeof(want),
			"Content-Disposition: attachment; filename=\"%s\"\r\n", rows[i].file);
		assert_string_equal(exchange.headers, want);
		cpa_http_buffer_done(&exchange.content);
		/* Who goes away meanwhile leaves nothing on. */
		begin(&exchange, &request, rows[i].target);
		cpa_http_endpoints_drop(&exchange);
		assert_int_equal(exchange.waits, CPA_HTTP_WAITS_NOT);
		assert_non_null(strstr(notes, rows[i].file[strlen(rows[i].file) - 1] == 'a'
						      ? "forget;"
						      : " stop;"));
	}
}

/* What is answered at once. */
static void test_now(void **state)
{
	static const struct {
		const char *target;
		const char *notes;
		const char *type;
	} rows[] = {
		{P "heap", "write heap 0 1;lines;", OCTETS},
		{P "heap?debug=0", "write heap 0 1;lines;", OCTETS},
		{P "heap?debug=x", "write heap 0 1;lines;", OCTETS},
		{P "heap?debug=1", "write heap 1 1;", TEXT},
		{P "goroutine?debug=2", "write goroutine 2 1;", TEXT},
		{P "heap?debug=-1", "write heap 1 1;", TEXT},
		{P "heap?debug=9223372036854775807", "write heap 1 1;", TEXT},
		{P "heap?symbolize=none", "write heap 0 0;", OCTETS},
		{P "heap?symbolize=names", "write heap 0 1;", OCTETS},
		{P "heap?symbolize=lines", "write heap 0 1;lines;", OCTETS},
		{"/debug/cprof/flame/heap", "write heap 0 1;page;", OCTETS},
		{P "heap?seconds=", "write heap 0 1;lines;", OCTETS},
		/* Pages are given back for heap alone, and only when that is asked for. */
		{P "heap?gc=1", "purge;write heap 0 1;lines;", OCTETS},
		{P "heap?gc=0", "write heap 0 1;lines;", OCTETS},
		{P "heap?gc=x", "write heap 0 1;lines;", OCTETS},
		{P "heap?gc=-1", "write heap 0 1;lines;", OCTETS},
		{P "allocs?gc=1", "write allocs 0 1;lines;", OCTETS},
		{P "heap?labels=a=b", "write heap 0 1 labels;lines;", OCTETS},
		{P "mylib/sessions", "write mylib/sessions 0 1;lines;", OCTETS},
	};
	static struct cpa_http_request request;
	static struct cpa_http_exchange exchange;

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		begin(&exchange, &request, rows[i].target);
		if (exchange.waits || strcmp(notes, rows[i].notes) != 0)
			fail_msg("%s: %s", rows[i].target, notes);
		assert_int_equal(exchange.status, 200);
		assert_string_equal(exchange.type, rows[i].type);
		assert_int_equal(strncmp(exchange.headers, "Content-Disposition: ", 21) == 0,
			rows[i].type[0] == 'a');
		cpa_http_buffer_done(&exchange.content);
	}
}

static void assert_refused(struct cpa_http_exchange *exchange, int status, const char *text)
{
	assert_int_equal(exchange->waits, CPA_HTTP_WAITS_NOT);
	assert_int_equal(exchange->status, status);
	assert_string_equal(exchange->type, TEXT);
	assert_string_equal(exchange->headers, "X-Go-Pprof: 1\r\n");
	assert_int_equal(exchange->content.used_bytes, strlen(text) + 1);
	assert_memory_equal(exchange->content.bytes, text, strlen(text));
	assert_int_equal(exchange->content.bytes[strlen(text)], '\n');
	cpa_http_buffer_done(&exchange->content);
}

/* The library cannot: nothing of a half answer is sent, and nothing stays on. */
static void test_failures(void **state)
{
	static const struct {
		const char *target;
		int error;
		const char *text;
	} rows[] = {
		{P "heap", -ENOMEM, "failed to collect profile"},
		{P "heap?debug=1", -EIO, "failed to collect profile"},
		{P "heap?seconds=1", -ENOMEM, "failed to compute delta"},
		{P "mutex?seconds=1&fraction=7", -ENOMEM, "failed to compute delta"},
		{P "profile", -EBUSY,
			"Could not enable CPU profiling: cpu profiling already in use"},
		{P "profile", -EPERM, "Could not enable CPU profiling: Operation not permitted"},
		{P "trace", -EBUSY,
			"Could not enable tracing: runtime error: tracing is already enabled"},
		{P "trace", -ENOMEM, "Could not enable tracing: Cannot allocate memory"},
	};
	static struct cpa_http_request request;
	static struct cpa_http_exchange exchange;

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		fails_with = rows[i].error;
		begin(&exchange, &request, rows[i].target);
		if (exchange.waits)
			cpa_http_endpoints_end(&exchange);
		assert_refused(&exchange, 500, rows[i].text);
		assert_null(strstr(notes, "stop"));
		assert_int_equal(fraction, 0);
	}
	fails_with = 0;
}

/* Several at a time: the last one's value counts, and the first one's is given back. */
static void test_switches(void **state)
{
	static struct cpa_http_request requests[3];
	static struct cpa_http_exchange one, two, three;

	fraction = 5;
	rate_ns = 6;
	begin(&one, &requests[0], P "mutex?seconds=1&fraction=7");
	assert_int_equal(fraction, 7);
	begin(&two, &requests[1], P "mutex?seconds=1&fraction=8");
	begin(&three, &requests[2], P "block?seconds=1&rate=9");
	assert_int_equal(fraction, 8);
	assert_int_equal(rate_ns, 9);
	cpa_http_endpoints_drop(&one);
	assert_int_equal(fraction, 8);
	cpa_http_endpoints_end(&two);
	assert_int_equal(fraction, 5);
	/* The program has changed it meanwhile: that stays. */
	rate_ns = 10;
	cpa_http_endpoints_end(&three);
	assert_int_equal(rate_ns, 10);
	cpa_http_buffer_done(&two.content);
	cpa_http_buffer_done(&three.content);
	/* For one request, never for longer. */
	begin(&one, &requests[0], P "mutex?fraction=7");
	assert_refused(&one, 400, "\"fraction\" needs \"seconds\": it holds for one request");
	begin(&one, &requests[0], P "block?rate=0&seconds=1");
	assert_refused(&one, 400, "invalid value for \"rate\" - must be a positive integer");
	begin(&one, &requests[0], P "mutex?fraction=2147483648&seconds=1");
	assert_refused(&one, 400, "invalid value for \"fraction\" - must be a positive integer");
	assert_int_equal(fraction, 5);
	fraction = 0;
	rate_ns = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_now),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_switches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
