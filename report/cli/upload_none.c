/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in the place of upload.c in a cprof that was built without libcurl.
 * Not here: the form with libcurl (upload.c).
 */
#include "report/cli/upload.h"

struct cpa_cli_upload *cpa_cli_upload_open(
	const struct cpa_cli_upload_server *server, struct cpa_error *error)
{
	(void)cpa_error_set(error, "it was built without libcurl (Debian: libcurl4-openssl-dev)");
	return NULL;
}

void cpa_cli_upload_close(struct cpa_cli_upload *upload)
{
}

const char *cpa_cli_upload_url(const struct cpa_cli_upload *upload)
{
	return "";
}

void cpa_cli_upload_post(struct cpa_cli_upload *upload, const char *const *query,
	const struct cpa_cli_upload_part *parts, size_t part_count,
	struct cpa_cli_upload_answer *ret_answer)
{
	*ret_answer = (struct cpa_cli_upload_answer){.is_hopeless = true};
}
