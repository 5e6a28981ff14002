/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof push: snapshots to a Pyroscope server, or to what speaks as one, each once.
 * Not here: what is sent (ingest.c), until when (deliver.c), what was sent before (pushed.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/quantity.h"
#include "report/cli/deliver.h"
#include "report/cli/options.h"
#include "report/cli/pushed.h"
#include "report/cli/say.h"

/* So many failures in a row, and it is the server and not what it was sent. */
#define FAILURES_MAX 3

struct push {
	struct cpa_cli_ingest_options ingest;
	struct cpa_cli_deliver_options deliver;
	struct cpa_cli_upload_server server;
	struct cpa_cli_upload *upload;
	struct cpa_cli_texts labels, headers;
	const char *state;      /* NULL: in the directory */
	uint64_t since_ns;      /* older ones stay; 0: none does */
	const char *secrets[2]; /* token, USER:PASSWORD */
	unsigned failure_count; /* in a row */
	size_t pushed_count, left_count;
	bool is_over; /* the rest is left */
};

static int usage_error(const char *what)
{
	cpa_cli_say("push: %s; see cprof help push", what);
	return CPA_CLI_USAGE;
}

/* "NAME: VALUE", which makes no other header. */
static bool is_header(const char *text)
{
	const char *colon = strchr(text, ':');
	const char *at;

	for (at = text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	return colon != NULL && colon > text && strcspn(text, " \t;") > (size_t)(colon - text);
}

static const char *secret(const char *variable)
{
	const char *text = getenv(variable);

	return text != NULL && text[0] != '\0' ? text : NULL;
}

static int check(struct push *push, int argument_count)
{
	size_t i;

	if (push->server.url == NULL || argument_count == 0)
		return usage_error("want --to URL and a directory or snapshots");
	if (push->ingest.app != NULL && !cpa_cli_ingest_is_app(push->ingest.app))
		return usage_error("--name: want letters, digits and any of _ - . /");
	for (i = 0; i < push->labels.count; i++)
		if (!cpa_cli_ingest_is_label(push->labels.items[i]))
			return usage_error("--label: want KEY=VALUE, KEY of letters, digits and _, "
					   "VALUE without , { and }");
	for (i = 0; i < push->headers.count; i++)
		if (!is_header(push->headers.items[i]))
			return usage_error("--header: want 'NAME: VALUE'");
	for (i = 0; i < push->deliver.secret_count; i++)
		if (push->secrets[i][strcspn(push->secrets[i], "\r\n")] != '\0')
			return usage_error("CPROF_PUSH_TOKEN, CPROF_PUSH_USER: more than one line");
	if (push->server.token != NULL && push->server.user != NULL)
		return usage_error("CPROF_PUSH_TOKEN and CPROF_PUSH_USER: give one of them");
	return CPA_CLI_OK;
}

static void take_secrets(struct push *push)
{
	push->server.token = secret("CPROF_PUSH_TOKEN");
	push->server.user = secret("CPROF_PUSH_USER");
	if (push->server.token != NULL)
		push->secrets[push->deliver.secret_count++] = push->server.token;
	if (push->server.user != NULL)
		push->secrets[push->deliver.secret_count++] = push->server.user;
	push->deliver.secrets = push->secrets;
}

/* Of the header that names the tenant, "" where none does: another tenant, another state. */
static const char *tenant(const struct push *push)
{
	static const char name[] = "X-Scope-OrgID:";
	size_t i;

	for (i = 0; i < push->headers.count; i++)
		if (strncasecmp(push->headers.items[i], name, strlen(name)) == 0)
			return push->headers.items[i] + strlen(name);
	return "";
}

/* pushed: where it is remembered, NULL: nowhere */
static void push_one(struct push *push, const struct cpa_cli_snapshots *snapshots,
	const struct cpa_cli_snapshot *snapshot, struct cpa_cli_pushed *pushed)
{
	enum cpa_cli_delivered result;
	struct cpa_cli_ingest ingest;
	struct cpa_error error = {""};

	if (!cpa_cli_snapshots_is_there(snapshots, snapshot))
		return;
	if (push->is_over || !cpa_cli_ingest_init(&ingest, snapshots, snapshot, &push->ingest)) {
		push->left_count++;
		return;
	}
	if (ingest.lacks_begin)
		cpa_cli_say("%s: without its counters: the snapshot before it is not there",
			snapshot->name);
	result = cpa_cli_deliver(push->upload, &ingest, snapshot->name, &push->deliver);
	cpa_cli_ingest_done(&ingest);
	push->failure_count = result == CPA_CLI_FAILED ? push->failure_count + 1 : 0;
	push->is_over = result == CPA_CLI_CUT_OFF || push->failure_count >= FAILURES_MAX;
	if (result != CPA_CLI_DELIVERED) {
		push->left_count++;
		return;
	}
	push->pushed_count++;
	if (pushed != NULL &&
		cpa_cli_pushed_add(pushed, snapshot->name, snapshot->time_ns, &error) != 0) {
		cpa_cli_say("%s", error.text);
		push->is_over = true;
	}
}

static void push_wanted(
	struct push *push, const struct cpa_cli_snapshots *snapshots, struct cpa_cli_pushed *pushed)
{
	size_t i;

	for (i = 0; i < snapshots->count; i++)
		if (snapshots->items[i].is_wanted)
			push_one(push, snapshots, &snapshots->items[i], pushed);
}

/* What is left to be wanted: what was not pushed before, and is not too old. */
static size_t leave_out(
	const struct push *push, struct cpa_cli_snapshots *snapshots, struct cpa_cli_pushed *pushed)
{
	size_t i, wanted_count = 0;

	for (i = 0; i < snapshots->count; i++) {
		struct cpa_cli_snapshot *snapshot = &snapshots->items[i];

		if ((pushed != NULL &&
			    cpa_cli_pushed_has(pushed, snapshot->name, snapshot->time_ns)) ||
			snapshot->time_ns < (int64_t)push->since_ns)
			snapshot->is_wanted = false;
		wanted_count += snapshot->is_wanted;
	}
	return wanted_count;
}

static bool push_dir(struct push *push, struct cpa_cli_snapshots *snapshots)
{
	const char *url = cpa_cli_upload_url(push->upload);
	char *path = push->state != NULL
			     ? cpa_memory_text(push->state, strlen(push->state))
			     : cpa_cli_pushed_path(snapshots->dir_path, url, tenant(push));
	struct cpa_error error = {""};
	struct cpa_cli_pushed pushed;
	int result = cpa_cli_pushed_open(&pushed, path, url, &error);

	if (result == -EBUSY)
		cpa_cli_say("another cprof pushes %s there: left to it", snapshots->dir_path);
	else if (result == 0 && leave_out(push, snapshots, &pushed) > 0)
		result = cpa_cli_pushed_save(&pushed, &error);
	if (result == 0)
		push_wanted(push, snapshots, &pushed);
	else if (result != -EBUSY)
		cpa_cli_say("%s", error.text);
	cpa_cli_pushed_close(&pushed);
	free(path);
	return result == 0 || result == -EBUSY;
}

static bool push_path(struct push *push, const char *path)
{
	struct cpa_cli_snapshots snapshots;
	struct cpa_error error = {""};
	bool is_good = true;

	if (!cpa_cli_snapshots_init(&snapshots, path, &error)) {
		cpa_cli_say("%s", error.text);
		return false;
	}
	if (snapshots.is_dir) {
		is_good = push_dir(push, &snapshots);
	} else if (leave_out(push, &snapshots, NULL) > 0) {
		push_wanted(push, &snapshots, NULL);
	}
	cpa_cli_snapshots_done(&snapshots);
	return is_good;
}

static int push_all(struct push *push, char *const *paths, int path_count)
{
	struct cpa_error error = {""};
	bool is_good = true;
	int i;

	push->upload = cpa_cli_upload_open(&push->server, &error);
	if (push->upload == NULL)
		return usage_error(error.text);
	for (i = 0; i < path_count; i++)
		is_good &= push_path(push, paths[i]);
	printf("%zu pushed to %s, %zu left\n", push->pushed_count, cpa_cli_upload_url(push->upload),
		push->left_count);
	cpa_cli_upload_close(push->upload);
	return is_good && push->left_count == 0 && !push->is_over ? CPA_CLI_OK : CPA_CLI_LEFT;
}

/* The options check that it is a time. */
static uint64_t time_of(const char *text)
{
	uint64_t time_ns = 0;

	(void)cpa_quantity_parse(CPA_QUANTITY_TIME, text, &time_ns);
	return time_ns;
}

int cpa_cli_push(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct push push = {.ingest.symbolize = "local"};
	const char *timeout = "30s", *backoff = "1s", *since = NULL;
	int64_t retries = 5;
	const struct cpa_cli_option options[] = {
		{"to", CPA_CLI_TEXT, &push.server.url, 0},
		{"name", CPA_CLI_TEXT, &push.ingest.app, 0},
		{"label", CPA_CLI_TEXTS, &push.labels, 0},
		{"header", CPA_CLI_TEXTS, &push.headers, 0},
		{"since", CPA_CLI_TIME, &since, 0},
		{"timeout", CPA_CLI_TIME, &timeout, 0},
		{"retries", CPA_CLI_COUNT, &retries, 0},
		{"backoff", CPA_CLI_TIME, &backoff, 0},
		{"state", CPA_CLI_TEXT, &push.state, 0},
		{"symbolize", CPA_CLI_SYMBOLS, &push.ingest.symbolize, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	int path_count, status;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &path_count);

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	take_secrets(&push);
	push.ingest.labels = push.labels.items;
	push.ingest.label_count = push.labels.count;
	push.server.headers = push.headers.items;
	push.server.header_count = push.headers.count;
	push.server.timeout_ns = time_of(timeout);
	push.deliver.backoff_ns = time_of(backoff);
	push.deliver.retry_count = retries > 0 ? (uint64_t)retries : 0;
	if (since != NULL)
		push.since_ns = cpa_clock_wall_ns() - time_of(since);
	status = check(&push, path_count);
	return status == CPA_CLI_OK ? push_all(&push, argv, path_count) : status;
}
