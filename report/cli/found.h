/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which snapshots a program and its children left in a directory, told from the files' names.
 * Not here: what is in them (summary.h), series that are read as a whole (report/trend/collect.h).
 */
#ifndef CPA_CLI_FOUND_H
#define CPA_CLI_FOUND_H

#include <limits.h>
#include <stdint.h>

#include "report/profile/memory.h"

/* What the names of the files of the heap end in: one in each snapshot. */
#define CPA_CLI_FOUND_END ".heap.pb.gz"

struct cpa_cli_found_file {
	char *name; /* NULL: none */
	int64_t time_ns;
	int64_t size_bytes;
	long sequence;
};

/* The snapshots of one process and one program: after exec() it is another one. */
struct cpa_cli_found_process {
	char *key; /* EXE.PID */
	long pid;
	size_t count;
	/* In the order of time; before is the last but one. */
	struct cpa_cli_found_file first, before, last;
};

struct cpa_cli_found {
	struct cpa_cli_found_process *items;
	size_t count, capacity;
	size_t snapshot_count;
};

/*
 * Looks into a directory, which need not be there; the largest last snapshot comes first.
 *
 * @since_ns  since 1970: older files belong to others
 * @pid       of this process alone; 0: of all
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_found_init(
	struct cpa_cli_found *ret_found, const char *dir_path, int64_t since_ns, long pid);

/*
 * What the process ran when its newest snapshot was written; NULL when it has none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_cli_found_process *cpa_cli_found_newest(
	const struct cpa_cli_found *found, long pid);

/*
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_cli_found_done(struct cpa_cli_found *found);

#endif
