/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Call sites as one line of a table, such that people find them in their program and can tell
 * them apart.
 * Not here: which frames those are (report/profile/own.h, apart.h), all frames (--json).
 */
#ifndef CPA_CLI_SITES_H
#define CPA_CLI_SITES_H

#include "report/cli/out.h"
#include "report/profile/apart.h"
#include "report/profile/nodes.h"

struct cpa_cli_site {
	const uint32_t *frames; /* leaf first */
	size_t depth;
	size_t shown_from;    /* see cpa_own_shown_from */
	const int64_t *lines; /* of frames[shown_from ..]; 0 unknown, -1 several */
	size_t line_count;
};

/* The sites of one table. */
struct cpa_cli_sites {
	const struct cpa_nodes *nodes;
	struct cpa_cli_site *items;
	struct cpa_apart_stack *stacks; /* from shown_from on */
	struct cpa_apart_stack *own;    /* without what the program called in a library */
	size_t count, capacity;
};

/*
 * Add a site; sites begin zeroed but for their nodes, which stay the caller's, as frames and lines
 * do. Freed with cpa_cli_sites_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_sites_add(struct cpa_cli_sites *sites, const struct cpa_cli_site *site);
void cpa_cli_sites_done(struct cpa_cli_sites *sites);

/*
 * "session_new session.c:88 < conn_accept conn.c:140": three frames, or as many more as tell the
 * site from the others. Where that does not fit in room columns (0: no limit) it begins with the
 * first frame that tells it, as "…conn_accept conn.c:140", and is not cut yet. Returns to.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_cli_sites_text(
	char *to, size_t to_bytes, const struct cpa_cli_sites *sites, size_t at, size_t room);

/*
 * The same with as few frames as tell the site from the others, to speak of it; returns to.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_cli_sites_name(char *to, size_t to_bytes, const struct cpa_cli_sites *sites, size_t at);

/*
 * Its text as the end of a row of which used columns are taken, with the end of the line; where
 * little room is left on a line of its own.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_sites_print(
	struct cpa_cli_out *out, const struct cpa_cli_sites *sites, size_t at, size_t used);

/*
 * The innermost function of the program itself that tells the site from the others, for the
 * commands that a report suggests; NULL without frames.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_node *cpa_cli_sites_telling(const struct cpa_cli_sites *sites, size_t at);

#endif
