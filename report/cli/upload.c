/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One HTTP POST of a form with files, by libcurl.
 * Not here: trying again (deliver.c), what is in the form (ingest.c).
 *
 * The library is opened at run time: linked, it would cost every cprof 4 ms of its start.
 */
#include "report/cli/upload.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of an answer, more is not read: neither its headers nor its body are of use at that size. */
#define ANSWER_MAX_BYTES 65536

#define EACH_CALL(X)                                                                               \
	X(global_init)                                                                             \
	X(easy_init)                                                                               \
	X(easy_reset)                                                                              \
	X(easy_setopt)                                                                             \
	X(easy_perform)                                                                            \
	X(easy_getinfo)                                                                            \
	X(easy_strerror)                                                                           \
	X(easy_cleanup)                                                                            \
	X(mime_init)                                                                               \
	X(mime_addpart)                                                                            \
	X(mime_name)                                                                               \
	X(mime_filename)                                                                           \
	X(mime_type)                                                                               \
	X(mime_data)                                                                               \
	X(mime_free)                                                                               \
	X(slist_append)                                                                            \
	X(slist_free_all)                                                                          \
	X(url)                                                                                     \
	X(url_dup)                                                                                 \
	X(url_set)                                                                                 \
	X(url_get)                                                                                 \
	X(url_cleanup)                                                                             \
	X(free)

/* The names below stand for calls, not for curl's macros that check argument types. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#define MEMBER(name) __typeof__(curl_##name) *name;

static struct {
	EACH_CALL(MEMBER)
} curl;

struct cpa_cli_upload {
	const struct cpa_cli_upload_server *server;
	CURL *handle;
	CURLU *url;
	char *shown; /* the URL */
	struct curl_slist *headers;
	/* Of the answer at hand. */
	struct cpa_cli_upload_answer *answer;
	size_t why_bytes, body_bytes, header_bytes;
	char error[CURL_ERROR_SIZE];
};

static bool find_call(void *library, const char *name, void *ret_call)
{
	void *object = dlsym(library, name);

	memcpy(ret_call, &object, sizeof(object));
	return object != NULL;
}

static bool open_library(void)
{
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	bool is_whole;

	if (library == NULL)
		library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return false;
#define FIND(name) &&find_call(library, "curl_" #name, &curl.name)
	is_whole = true EACH_CALL(FIND);
	return is_whole && curl.global_init(CURL_GLOBAL_DEFAULT) == 0;
}

static bool has_part(CURLU *url, CURLUPart what)
{
	char *part = NULL;
	bool is_there = curl.url_get(url, what, &part, 0) == CURLUE_OK;

	curl.free(part);
	return is_there;
}

/* "/ingest" behind the path, as the server's own clients do. */
static bool add_ingest(CURLU *url)
{
	static const char ingest[] = "/ingest";
	char *path = NULL, *whole;
	size_t path_bytes;
	bool is_good;

	if (curl.url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK)
		return false;
	path_bytes = strlen(path);
	while (path_bytes > 0 && path[path_bytes - 1] == '/')
		path_bytes--;
	if (path_bytes >= strlen(ingest) &&
		strncmp(path + path_bytes - strlen(ingest), ingest, strlen(ingest)) == 0)
		path_bytes -= strlen(ingest);
	whole = cpa_memory_new(path_bytes + sizeof(ingest), 1);
	memcpy(whole, path, path_bytes);
	memcpy(whole + path_bytes, ingest, sizeof(ingest));
	is_good = curl.url_set(url, CURLUPART_PATH, whole, 0) == CURLUE_OK;
	free(whole);
	curl.free(path);
	return is_good;
}

/* What is shown is the URL without a query, in which there may be secrets. */
static bool read_url(struct cpa_cli_upload *upload, struct cpa_error *error)
{
	const char *text = upload->server->url;
	CURLU *shown;

	if ((strncasecmp(text, "http://", 7) != 0 && strncasecmp(text, "https://", 8) != 0) ||
		curl.url_set(upload->url, CURLUPART_URL, text, 0) != CURLUE_OK ||
		!add_ingest(upload->url)) {
		(void)cpa_error_set(error, "--to: want a URL such as http://localhost:4040");
		return false;
	}
	if (has_part(upload->url, CURLUPART_USER) || has_part(upload->url, CURLUPART_PASSWORD)) {
		(void)cpa_error_set(error,
			"--to: a password in a URL is seen by all: put USER:PASSWORD into the "
			"environment variable CPROF_PUSH_USER");
		return false;
	}
	shown = curl.url_dup(upload->url);
	(void)curl.url_set(shown, CURLUPART_QUERY, NULL, 0);
	(void)curl.url_get(shown, CURLUPART_URL, &upload->shown, 0);
	curl.url_cleanup(shown);
	return upload->shown != NULL;
}

static void add_headers(struct cpa_cli_upload *upload)
{
	const struct cpa_cli_upload_server *server = upload->server;
	size_t i;

	for (i = 0; i < server->header_count; i++)
		upload->headers = curl.slist_append(upload->headers, server->headers[i]);
	if (server->token != NULL) {
		static const char begin[] = "Authorization: Bearer ";
		size_t line_bytes = sizeof(begin) + strlen(server->token);
		char *line = cpa_memory_new(line_bytes, 1);

		snprintf(line, line_bytes, "%s%s", begin, server->token);
		upload->headers = curl.slist_append(upload->headers, line);
		free(line);
	}
}

struct cpa_cli_upload *cpa_cli_upload_open(
	const struct cpa_cli_upload_server *server, struct cpa_error *error)
{
	struct cpa_cli_upload *upload;

	if (!open_library()) {
		(void)cpa_error_set(error, "libcurl cannot be opened (Debian: libcurl4)");
		return NULL;
	}
	/* A server that closes while we write: an error of that attempt. */
	(void)signal(SIGPIPE, SIG_IGN);
	upload = cpa_memory_new(1, sizeof(*upload));
	upload->server = server;
	upload->handle = curl.easy_init();
	upload->url = curl.url();
	if (upload->handle == NULL || upload->url == NULL)
		(void)cpa_error_set(error, "libcurl has no memory");
	else if (read_url(upload, error)) {
		add_headers(upload);
		return upload;
	}
	cpa_cli_upload_close(upload);
	return NULL;
}

void cpa_cli_upload_close(struct cpa_cli_upload *upload)
{
	if (upload == NULL)
		return;
	curl.slist_free_all(upload->headers);
	curl.free(upload->shown);
	curl.url_cleanup(upload->url);
	curl.easy_cleanup(upload->handle);
	free(upload);
}

const char *cpa_cli_upload_url(const struct cpa_cli_upload *upload)
{
	return upload->shown;
}

/* 0 ends the transfer. */
static size_t take_body(char *data, size_t unit, size_t size_bytes, void *context)
{
	struct cpa_cli_upload *upload = context;
	struct cpa_cli_upload_answer *answer = upload->answer;
	size_t room = sizeof(answer->why) - 1 - upload->why_bytes,
	       taken = size_bytes < room ? size_bytes : room;

	memcpy(answer->why + upload->why_bytes, data, taken);
	upload->why_bytes += taken;
	upload->body_bytes += size_bytes;
	return upload->body_bytes <= ANSWER_MAX_BYTES ? size_bytes : 0;
}

static size_t take_header(char *data, size_t unit, size_t size_bytes, void *context)
{
	struct cpa_cli_upload *upload = context;

	upload->header_bytes += size_bytes;
	return upload->header_bytes <= ANSWER_MAX_BYTES ? size_bytes : 0;
}

static void set_options(struct cpa_cli_upload *upload)
{
	long timeout_ms = (long)(upload->server->timeout_ns / 1000000);
	CURL *handle = upload->handle;

	curl.easy_reset(handle);
	curl.easy_setopt(handle, CURLOPT_ERRORBUFFER, upload->error);
	curl.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(handle, CURLOPT_USERAGENT, "cprof/" PACKAGE_VERSION);
	curl.easy_setopt(handle, CURLOPT_HTTPHEADER, upload->headers);
	curl.easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms > 0 ? timeout_ms : 1L);
	curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
	curl.easy_setopt(handle, CURLOPT_WRITEDATA, upload);
	curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
	curl.easy_setopt(handle, CURLOPT_HEADERDATA, upload);
	if (upload->server->user != NULL) {
		curl.easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl.easy_setopt(handle, CURLOPT_USERPWD, upload->server->user);
	}
}

/* What another attempt cannot cure. */
static bool is_hopeless(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
	       code == CURLE_OUT_OF_MEMORY;
}

static void take_answer(struct cpa_cli_upload *upload, CURLcode code)
{
	struct cpa_cli_upload_answer *answer = upload->answer;
	bool is_cut = code == CURLE_WRITE_ERROR && upload->body_bytes > ANSWER_MAX_BYTES;
	curl_off_t retry_after_s = 0;
	long status = 0;

	curl.easy_getinfo(upload->handle, CURLINFO_RESPONSE_CODE, &status);
	/* Who said that it has it does, though the rest is lost: again would be twice. */
	if (code != CURLE_OK && !is_cut && (status < 200 || status > 299)) {
		answer->is_hopeless = is_hopeless(code);
		snprintf(answer->why, sizeof(answer->why), "%s",
			upload->error[0] != '\0' ? upload->error : curl.easy_strerror(code));
		return;
	}
	answer->status = status;
	curl.easy_getinfo(upload->handle, CURLINFO_RETRY_AFTER, &retry_after_s);
	if (retry_after_s > 0)
		answer->retry_after_ns = (uint64_t)retry_after_s > UINT64_MAX / 1000000000
						 ? UINT64_MAX
						 : (uint64_t)retry_after_s * 1000000000;
}

static curl_mime *make_form(
	CURL *handle, const struct cpa_cli_upload_part *parts, size_t part_count)
{
	curl_mime *form = curl.mime_init(handle);
	size_t i;

	for (i = 0; form != NULL && i < part_count; i++) {
		curl_mimepart *part = curl.mime_addpart(form);

		curl.mime_name(part, parts[i].name);
		curl.mime_filename(part, parts[i].filename);
		curl.mime_type(part, parts[i].type);
		curl.mime_data(part, parts[i].data, parts[i].size_bytes);
	}
	return form;
}

void cpa_cli_upload_post(struct cpa_cli_upload *upload, const char *const *query,
	const struct cpa_cli_upload_part *parts, size_t part_count,
	struct cpa_cli_upload_answer *ret_answer)
{
	CURLU *url = curl.url_dup(upload->url);
	curl_mime *form = make_form(upload->handle, parts, part_count);

	*ret_answer = (struct cpa_cli_upload_answer){0};
	upload->answer = ret_answer;
	upload->why_bytes = upload->body_bytes = upload->header_bytes = 0;
	upload->error[0] = '\0';
	for (; *query != NULL; query++)
		(void)curl.url_set(
			url, CURLUPART_QUERY, *query, CURLU_APPENDQUERY | CURLU_URLENCODE);
	set_options(upload);
	curl.easy_setopt(upload->handle, CURLOPT_CURLU, url);
	curl.easy_setopt(upload->handle, CURLOPT_MIMEPOST, form);
	take_answer(upload, curl.easy_perform(upload->handle));
	curl.mime_free(form);
	curl.url_cleanup(url);
}
