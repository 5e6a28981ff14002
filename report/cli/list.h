/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What both forms of cprof list print.
 * Not here: text (list.c), JSON (list_json.c).
 */
#ifndef CPA_CLI_LIST_H
#define CPA_CLI_LIST_H

#include <stdio.h>

#include "report/cli/load.h"
#include "report/graph/listing.h"
#include "report/graph/sourcefile.h"

#define CPA_CLI_LIST_NOTE_BYTES 4608 /* a path and some words */

struct cpa_cli_list {
	const struct cpa_cli_select *select;
	struct cpa_cli_loaded loaded;
	struct cpa_listing listing;
	struct cpa_sourcefile_set files;
	struct cpa_pattern wanted;
	const char *wanted_text;
	size_t shown_count; /* functions */
	bool all_lines;
	bool has_interval; /* the columns ± */
	bool has_few;
};

/*
 * Was the source changed since the profile was taken, or since the binary was built?
 *
 * @ret_note   a sentence about it
 * @ret_since  "profile" or "binary"; may be NULL
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
bool cpa_cli_list_changed(const struct cpa_cli_list *list,
	const struct cpa_listing_function *function, const struct cpa_sourcefile *file,
	char ret_note[CPA_CLI_LIST_NOTE_BYTES], const char **ret_since);

/*
 * All of it as JSON, the same lines of source with so many lines around those that hold something.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_list_json(struct cpa_cli_list *list, FILE *file, int64_t context);

#endif
