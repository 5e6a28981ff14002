/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which snapshots, of every kind, lie in a directory, and which one is before which; told from the
 * files' names: EXE.PID.SEQ.KIND.pb.gz, as report/outfile.h makes them.
 * Not here: those of the heap alone (found.h; report/trend/files.h).
 */
#ifndef CPA_CLI_SNAPSHOTS_H
#define CPA_CLI_SNAPSHOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/profile/memory.h"

struct cpa_cli_snapshot {
	char *name;       /* of the file */
	char *series;     /* "EXE.PID KIND"; NULL: the name is of another form */
	int64_t sequence; /* from 1 on */
	int64_t time_ns;  /* when it was written, since 1970 */
	bool is_wanted;   /* the directory was given, or this file */
};

struct cpa_cli_snapshots {
	char *dir_path;
	bool is_dir;                    /* the directory was given, and not a file in it */
	struct cpa_cli_snapshot *items; /* in the order of time */
	size_t count, capacity;
};

/*
 * Look at path, a directory or a file in one. Freed with cpa_cli_snapshots_done. False with the
 * cause in error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_snapshots_init(
	struct cpa_cli_snapshots *ret_snapshots, const char *path, struct cpa_error *error);
void cpa_cli_snapshots_done(struct cpa_cli_snapshots *snapshots);

/*
 * The one before it in its series: the one with the highest of the lower numbers. NULL: none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_cli_snapshot *cpa_cli_snapshots_before(
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot);

/*
 * Is it still there? The program that writes snapshots may take old ones away at any time.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
bool cpa_cli_snapshots_is_there(
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot);

/*
 * "DIR/NAME"; freed with free().
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_cli_snapshots_path(
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot);

#endif
