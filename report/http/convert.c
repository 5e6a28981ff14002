/* SPDX-License-Identifier: BSD-2-Clause */
/* The profile that an exchange has, with lines in it, or as a page: made by cprof. */
#include "report/http/convert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/http/jobs.h"
#include "report/http/tool.h"

#define REASON_BYTES 160u

/* Each reason is told when it is another one than before. */
static void say(const struct cpa_http_exchange *exchange, const char *reason)
{
	static char said[REASON_BYTES];
	char text[REASON_BYTES + 64];

	if (!strcmp(said, reason))
		return;
	(void)snprintf(said, sizeof(said), "%s", reason);
	(void)snprintf(
		text, sizeof(text), "profiles over HTTP have names and no lines: %s", reason);
	exchange->service->log(text);
}

static void refuse_page(struct cpa_http_exchange *exchange, const char *reason)
{
	char text[REASON_BYTES + 64];

	(void)snprintf(text, sizeof(text), "no flame graph: %s", reason);
	cpa_http_exchange_refuse(exchange, 501, text);
}

/* Without what was wanted: a profile is one anyhow. */
static void do_without(struct cpa_http_exchange *exchange, const char *reason)
{
	if (exchange->wanted == CPA_HTTP_WANTS_PAGE)
		refuse_page(exchange, reason);
	else
		say(exchange, reason);
}

bool cpa_http_convert_can(struct cpa_http_exchange *exchange)
{
	const char *reason;

	if (exchange->wanted != CPA_HTTP_WANTS_PAGE || cpa_http_tool_fd(&reason) >= 0)
		return true;
	refuse_page(exchange, reason);
	return false;
}

void cpa_http_convert_begin(struct cpa_http_exchange *exchange, uint64_t limit_ns)
{
	static const char *const symbolize[] = {"cprof", "symbolize", "-o", "-", "-", NULL};
	static const char *const flame[] = {"cprof", "flame", "-o", "-", "-", NULL};
	const char *reason = "there is no memory for it";
	struct cpa_http_job *job;
	int fd;

	if (exchange->wanted == CPA_HTTP_WANTS_PROFILE || exchange->content.failed)
		return;
	fd = cpa_http_tool_fd(&reason);
	job = fd < 0 ? NULL : calloc(1, sizeof(*job));
	if (!job) {
		do_without(exchange, reason);
		return;
	}
	job->input = &exchange->content;
	job->arguments = exchange->wanted == CPA_HTTP_WANTS_PAGE ? flame : symbolize;
	job->environment = exchange->order->environment;
	job->program_fd = fd;
	job->waiter = exchange->waiter;
	exchange->job = job;
	exchange->waits = CPA_HTTP_WAITS_JOB;
	exchange->wait_ns = limit_ns;
	cpa_http_jobs_enter(job);
}

static void say_result(int result, char ret_text[REASON_BYTES])
{
	if (result == -ETIMEDOUT)
		(void)snprintf(ret_text, REASON_BYTES, "cprof took too long");
	else if (result < 0)
		(void)snprintf(ret_text, REASON_BYTES, "cprof could not be run: %s",
			strerrordesc_np(-result));
	else
		(void)snprintf(ret_text, REASON_BYTES, "cprof failed (status %d)", result);
}

void cpa_http_convert_end(struct cpa_http_exchange *exchange)
{
	struct cpa_http_buffer output = {0};
	int result = cpa_http_jobs_read(exchange->job, &output);
	char reason[REASON_BYTES];

	cpa_http_convert_drop(exchange);
	if (!result && !output.used_bytes)
		result = -ENODATA;
	if (result) {
		say_result(result, reason);
		cpa_http_buffer_done(&output);
		do_without(exchange, reason);
		return;
	}
	cpa_http_buffer_done(&exchange->content);
	exchange->content = output;
	if (exchange->wanted != CPA_HTTP_WANTS_PAGE)
		return;
	exchange->type = "text/html; charset=utf-8";
	exchange->headers[0] = '\0';
	/* A token in the address must not be told to the sites that links lead to. */
	cpa_http_exchange_header(exchange, "Referrer-Policy", "no-referrer");
}

void cpa_http_convert_drop(struct cpa_http_exchange *exchange)
{
	cpa_http_jobs_leave(exchange->job);
	free(exchange->job);
	exchange->job = NULL;
	exchange->waits = CPA_HTTP_WAITS_NOT;
}
