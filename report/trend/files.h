/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which files are the snapshots of one process, told by their names alone: EXE.PID.SEQ.heap.pb.gz,
 * as report/outfile.h makes them.
 * Not here: what is in them (collect.h).
 */
#ifndef CPA_TREND_FILES_H
#define CPA_TREND_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/profile/memory.h"

struct cpa_files_file {
	char *path;
	char *process;    /* "EXE.PID"; "" when the name is of another form */
	int64_t pid;      /* -1: not told */
	int64_t sequence; /* -1: not told */
	int64_t size_bytes;
	int64_t time_ns; /* of the snapshot in it; 0: not looked at */
	size_t order;    /* in which it was added */
};

struct cpa_files {
	struct cpa_files_file *items;
	size_t count, capacity;
};

/* The files of one process, items[begin ..+ count] of sorted ones. */
struct cpa_files_group {
	size_t begin, count;
	int64_t last_bytes; /* size of the file with the highest number */
};

/*
 * Add one file, or all snapshots in a directory.
 *
 * Return: 0, or -EINVAL with the cause in error: no such file, no permission, no snapshots there.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_files_add(
	struct cpa_files *files, const char *path, struct cpa_error *error);

/*
 * Order by process and number; files that tell no number stay in the order they came, at the end.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_files_sort(struct cpa_files *files);

/*
 * The next process among sorted files; begin with a zeroed group. False at the end.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_files_next(const struct cpa_files *files, struct cpa_files_group *group);

/*
 * The process with this pid (-1: any) that has most files, among equal ones the one whose last
 * file is the largest: it has most to say. False when there is none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_files_choose(
	const struct cpa_files *files, int64_t pid, struct cpa_files_group *ret_group);

/*
 * Free all; fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_files_done(struct cpa_files *files);

#endif
