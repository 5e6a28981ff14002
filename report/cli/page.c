/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An HTML page as a report: where it goes, and its frame around the data.
 * Not here: the pages themselves (report/web/).
 */
#include "report/cli/page.h"

#include <string.h>
#include <unistd.h>

#include "report/cli/verbs.h"

bool cpa_cli_page_check(const char *verb, const char *name, const char *path)
{
	if (cpa_pages_find(name) == NULL) {
		fprintf(stderr,
			"cprof %s: this cprof was built without HTML pages (configure found no "
			"node, or was told --without-web)\n",
			verb);
		return false;
	}
	if ((path == NULL || strcmp(path, "-") == 0) && isatty(STDOUT_FILENO)) {
		fprintf(stderr,
			"cprof %s: a page is not for the terminal; say where it goes: -o "
			"%s.html\n",
			verb, name);
		return false;
	}
	return true;
}

bool cpa_cli_page_begin(struct cpa_cli_page *ret_page, const char *name, const char *path)
{
	ret_page->frame = cpa_pages_find(name);
	if (ret_page->frame == NULL || !cpa_cli_out_begin(&ret_page->out, path, true))
		return false;
	ret_page->json = (struct cpa_cli_json){.file = ret_page->out.file, .for_html = true};
	fputs(ret_page->frame->head, ret_page->out.file);
	return true;
}

int cpa_cli_page_end(struct cpa_cli_page *page)
{
	fputs(page->frame->tail, page->out.file);
	return cpa_cli_out_end(&page->out, CPA_CLI_OK);
}
