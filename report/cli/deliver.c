/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One snapshot to the server, again until it is accepted or there is no use in it.
 * Not here: one attempt (upload.c), how long to wait (backoff.c).
 */
#include "report/cli/deliver.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "report/cli/backoff.h"
#include "report/cli/say.h"

#define NS_PER_S 1000000000

static void post(struct cpa_cli_upload *upload, const struct cpa_cli_ingest *ingest,
	struct cpa_cli_upload_answer *ret_answer)
{
	/*
	 * The server reads those fields of a form that have a file's name, no others. There must be
	 * no format=pprof: under that it takes the whole form for a profile.
	 */
	const struct cpa_cli_upload_part parts[] = {
		{"profile", "profile.pb.gz", "application/octet-stream", ingest->profile,
			ingest->profile_bytes},
		{"sample_type_config", "sample_type_config.json", "application/json", ingest->types,
			ingest->types_bytes},
	};
	size_t name_bytes = strlen(ingest->name) + sizeof("name=");
	char *name = cpa_memory_new(name_bytes, 1), from[32], until[32];
	const char *const query[] = {name, from, until, "spyName=cprofalloc", NULL};

	snprintf(name, name_bytes, "name=%s", ingest->name);
	snprintf(from, sizeof(from), "from=%" PRId64, ingest->from_s);
	snprintf(until, sizeof(until), "until=%" PRId64, ingest->until_s);
	cpa_cli_upload_post(upload, query, parts, sizeof(parts) / sizeof(*parts), ret_answer);
	free(name);
}

/* "503: the first line of what the server said", or why there is no answer. */
static void tell_cause(char *to, size_t to_bytes, struct cpa_cli_upload_answer *answer,
	const struct cpa_cli_deliver_options *options)
{
	size_t i;

	for (i = 0; i < options->secret_count; i++)
		if (answer->status != 0 && strstr(answer->why, options->secrets[i]) != NULL)
			answer->why[0] = '\0';
	answer->why[strcspn(answer->why, "\r\n")] = '\0';
	if (answer->status == 0)
		snprintf(to, to_bytes, "%s", answer->why);
	else if (answer->status >= 300 && answer->status <= 399)
		snprintf(to, to_bytes,
			"%ld, a redirect, which is not followed: push where it leads",
			answer->status);
	else
		snprintf(to, to_bytes, "%ld%s%s", answer->status, answer->why[0] ? ": " : "",
			answer->why);
}

static uint64_t draw(void)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) == (ssize_t)sizeof(number))
		return number;
	return cpa_clock_mono_ns();
}

static void wait_ns(uint64_t time_ns)
{
	struct timespec left = {
		.tv_sec = (time_t)(time_ns / NS_PER_S), .tv_nsec = (long)(time_ns % NS_PER_S)};

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

static enum cpa_cli_delivered give_up(const struct cpa_cli_upload_answer *answer)
{
	/* Of this profile: not valid, too large, too old. */
	if (answer->status == 400 || answer->status == 413 || answer->status == 422)
		return CPA_CLI_REFUSED;
	return answer->status >= 500 ? CPA_CLI_FAILED : CPA_CLI_CUT_OFF;
}

enum cpa_cli_delivered cpa_cli_deliver(struct cpa_cli_upload *upload,
	const struct cpa_cli_ingest *ingest, const char *name,
	const struct cpa_cli_deliver_options *options)
{
	struct cpa_cli_upload_answer answer;
	char cause[384];
	uint64_t attempt;

	for (attempt = 0;; attempt++) {
		uint64_t pause_ns = cpa_cli_backoff_ns(
			options->backoff_ns, attempt < 64 ? (unsigned)attempt : 64, draw());

		post(upload, ingest, &answer);
		if (answer.status >= 200 && answer.status <= 299)
			return CPA_CLI_DELIVERED;
		tell_cause(cause, sizeof(cause), &answer, options);
		if (pause_ns < answer.retry_after_ns)
			pause_ns = answer.retry_after_ns;
		if (answer.is_hopeless || attempt >= options->retry_count ||
			(answer.status != 0 && !cpa_cli_backoff_is_worth(answer.status))) {
			cpa_cli_say("%s: %s", name, cause);
			return give_up(&answer);
		}
		if (pause_ns > CPA_CLI_BACKOFF_MAX_NS) {
			cpa_cli_say("%s: %s; not before %" PRIu64 " s", name, cause,
				pause_ns / NS_PER_S);
			return CPA_CLI_CUT_OFF;
		}
		cpa_cli_say("%s: %s; again in %.3f s (%" PRIu64 " of %" PRIu64 ")", name, cause,
			(double)pause_ns / NS_PER_S, attempt + 1, options->retry_count);
		wait_ns(pause_ns);
	}
}
