/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One HTTP POST of a form with files, by libcurl: TLS with the certificate checked, no redirect
 * followed (credentials would go with it), answers of any size and kind bounded.
 * Not here: trying again (deliver.h), what is in the form (ingest.h).
 *
 * upload.c is the only file that knows libcurl; without it upload_none.c stands in its place.
 */
#ifndef CPA_CLI_UPLOAD_H
#define CPA_CLI_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "report/profile/memory.h"

struct cpa_cli_upload_server {
	const char *url;            /* http or https; "/ingest" is added where it is not there */
	const char *const *headers; /* "NAME: VALUE" each */
	size_t header_count;
	const char *token;   /* "Authorization: Bearer TOKEN"; NULL: none */
	const char *user;    /* "USER:PASSWORD" of basic authentication; NULL: none */
	uint64_t timeout_ns; /* of one attempt, all told */
};

/* A file of the form. */
struct cpa_cli_upload_part {
	const char *name, *filename, *type;
	const char *data;
	size_t size_bytes;
};

struct cpa_cli_upload_answer {
	long status;             /* 0: none came */
	bool is_hopeless;        /* none came, and none will: a certificate that is not good */
	uint64_t retry_after_ns; /* 0: not said */
	char why[256];           /* no answer: why; else the beginning of its body, as it came */
};

struct cpa_cli_upload;

/*
 * Freed with cpa_cli_upload_close, which takes NULL too. NULL, with the cause in error: the URL is
 * none, or libcurl is not there. server must live as long.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK struct cpa_cli_upload *cpa_cli_upload_open(
	const struct cpa_cli_upload_server *server, struct cpa_error *error);
void cpa_cli_upload_close(struct cpa_cli_upload *upload);

/*
 * The URL that is posted to, without its query.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_cli_upload_url(const struct cpa_cli_upload *upload);

/*
 * Post once.
 *
 * @query  "NAME=VALUE" each, of any characters; NULL at the end
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_upload_post(struct cpa_cli_upload *upload, const char *const *query,
	const struct cpa_cli_upload_part *parts, size_t part_count,
	struct cpa_cli_upload_answer *ret_answer);

#endif
