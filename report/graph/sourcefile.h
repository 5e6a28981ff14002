/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Source files that a profile names: found by the rules of Go's client, read once, cut into lines.
 * Not here: which lines are wanted (listing.h).
 */
#ifndef CPA_GRAPH_SOURCEFILE_H
#define CPA_GRAPH_SOURCEFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/profile/intern.h"

struct cpa_sourcefile {
	char *found; /* where; NULL: not found or not readable, trouble says why */
	char *text;
	size_t *begins;    /* of each line in text, and one more behind the last */
	size_t line_count; /* a last line without a newline counts */
	int64_t changed_ns;
	struct cpa_error trouble;
};

/* All files of one report; each is read when it is first asked for. */
struct cpa_sourcefile_set {
	const char *source_path; /* "a:b", searched upwards from each; NULL or "": here */
	const char *trim_path;   /* "a:b": taken off the front of paths; NULL or "": by a guess */
	struct cpa_intern names;
	struct cpa_sourcefile *items; /* as many as names */
	size_t capacity;
};

/*
 * The file that a profile calls name. Valid until the next call; freed with the set.
 *
 * With neither path set, an absolute name is looked for as it is first. Then as Go's client does:
 * prefixes of trim_path go; without one, all up to the last part of a directory of source_path
 * goes; what is absolute still must be there, what is relative is looked for in each directory and
 * all those above. Then, which Go's does not, every tail of name under each directory of
 * source_path, and name as it is.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
const struct cpa_sourcefile *cpa_sourcefile_get(struct cpa_sourcefile_set *set, const char *name);

/*
 * Free all; fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_sourcefile_done(struct cpa_sourcefile_set *set);

/*
 * Line number line (the first is 1) as it stands in the file, without its end: a copy to be freed
 * with free(), or NULL when the file has no such line.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_sourcefile_line(const struct cpa_sourcefile *file, int64_t line);

/*
 * The same, fit for a terminal: tabs become spaces, '?' stands for control characters, bytes that
 * are no UTF-8 and marks that turn the direction of writing.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_sourcefile_shown(const struct cpa_sourcefile *file, int64_t line);

#endif
