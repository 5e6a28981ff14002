/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An HTML page as a report: where it goes, and its frame around the data.
 * Not here: the pages themselves (report/web/), what data each has (flame_json.c).
 */
#ifndef CPA_CLI_PAGE_H
#define CPA_CLI_PAGE_H

#include "report/cli/json.h"
#include "report/cli/out.h"
#include "report/web/pages.h"

struct cpa_cli_page {
	const struct cpa_pages_page *frame;
	struct cpa_cli_out out;
	struct cpa_cli_json json;
};

/*
 * Whether the page of this name can be written to path (NULL: standard output): cprof has it, and
 * it does not go to a terminal. Asked before any work is done.
 *
 * Return: true, or false with a line on stderr.
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_page_check(const char *verb, const char *name, const char *path);

/*
 * Begin it: the caller writes one JSON value to json, then ends it. Only after cpa_cli_page_check.
 *
 * Return: true, or false with a line on stderr.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_page_begin(
	struct cpa_cli_page *ret_page, const char *name, const char *path);

/*
 * End it: CPA_CLI_OK, or CPA_CLI_USAGE with a line on stderr when not all could be written.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_cli_page_end(struct cpa_cli_page *page);

#endif
