/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTML pages inside the command: each is one file that needs nothing else, with a place for its
 * data.
 * Not here: how they are made (build.mjs), filling them (report/cli/page.h).
 */
#ifndef CPA_WEB_PAGES_H
#define CPA_WEB_PAGES_H

struct cpa_pages_page {
	const char *head; /* up to where the data goes: JSON, inside a script element */
	const char *tail; /* from there on */
};

/*
 * The page of this name; NULL when cprof was built without pages (or has no such page).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_pages_page *cpa_pages_find(const char *name);

#endif
