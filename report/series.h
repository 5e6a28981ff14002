/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbered files of one process in one directory: the next one, the old ones, and what is said
 * when there is trouble.
 * Not here: when (snapshot.c), what is in them (pprof.c), the care for a single file (outfile.c).
 */
#ifndef CPA_REPORT_SERIES_H
#define CPA_REPORT_SERIES_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/conf.h"
#include "report/fd.h"
#include "report/outfile.h"
#include "report/retention.h"

#define CPA_SERIES_KINDS_MAX 264u /* the built-in ones and the program's own */

struct cpa_series {
	const struct cpa_conf *conf; /* dir, keep_count, keep_bytes, verbose */
	uint64_t retry_ns;           /* until the next attempt, for people; 0: nobody knows */
	struct cpa_outfile_prefix prefix;
	uint64_t sequence; /* of the newest file; while one is written, its own */
	struct cpa_retention retention;
	int last_error;       /* what was told last; 0 after a success */
	uint64_t error_count; /* failures in a row */
};

/*
 * What is in a snapshot: a file of each kind, all with one number. write gives all of a file to the
 * sink: 0 or -errno.
 */
struct cpa_series_content {
	int (*write)(const char *kind, uint64_t sequence, struct cpa_fd_sink sink);
	const char *kinds[CPA_SERIES_KINDS_MAX]; /* valid for ever */
	size_t kind_count;
};

/*
 * Begin at 0001, at start or in a forked child. The files of the series before, if any, stay.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_series_begin(
	struct cpa_series *series, const struct cpa_conf *conf, const char *program, int64_t pid);

/*
 * Make the directory if it is missing (not its parents), and remove what dead processes left half
 * written in it. Trouble is told in one line, and not again by the first write that meets it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_series_prepare_dir(struct cpa_series *series);

/*
 * Write the next snapshot and remove those that are too old. 0 or -errno: of a file that could not
 * be written nothing is left, and of later kinds there is none. A failure is told in one line, but
 * not again and again.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_series_write(
	struct cpa_series *series, const struct cpa_series_content *content);

#endif
