/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTML pages inside the command.
 * Not here: how they are made (build.mjs).
 */
#include "report/web/pages.h"

#include <stddef.h>
#include <string.h>

#include "base/compiler.h"

#ifdef CPA_WITH_WEB
static const struct {
	const char *name;
	struct cpa_pages_page page;
} pages[] = {
	{"flame",
		{
#include "report/web/flame.inc"
		}},
	{"leaks",
		{
#include "report/web/leaks.inc"
		}},
};

const struct cpa_pages_page *cpa_pages_find(const char *name)
{
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(pages); i++)
		if (strcmp(pages[i].name, name) == 0)
			return &pages[i].page;
	return NULL;
}
#else
const struct cpa_pages_page *cpa_pages_find(const char *name)
{
	return NULL;
}
#endif
