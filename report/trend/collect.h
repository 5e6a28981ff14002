/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From files to the history of one process: each file is read once, one after another; those of
 * other processes are counted, those that cannot be used are told of.
 * Not here: names of files (files.h), the table that is made (history.h).
 */
#ifndef CPA_TREND_COLLECT_H
#define CPA_TREND_COLLECT_H

#include "report/analysis/filter.h"
#include "report/trend/files.h"
#include "report/trend/history.h"

/* One process that snapshots came from. */
struct cpa_collect_process {
	char *key; /* pid and start, or what is known of them */
	char *program;
	int64_t pid; /* -1: not said */
	int64_t start_ns;
	int64_t first_ns, last_ns; /* snapshots */
	struct cpa_history history;
};

struct cpa_collect {
	struct cpa_collect_process *processes;
	size_t process_count, process_capacity;
	size_t chosen; /* the one with most snapshots, among equals the one that holds most */
	size_t left_out_count; /* files that were not used */
	/* Lines for people: gaps, restarts, rates. */
	char **notes;
	size_t note_count, note_capacity;
};

struct cpa_collect_options {
	bool counts_objects;
	int64_t pid; /* -1: any */
	/* Names tell the processes apart: of several only the one with most files is read. */
	bool trusts_names;
	/* On labels, which a history does not keep: applied to each profile; NULL: none. */
	const struct cpa_filter *tags;
	/* A file that cannot be used, and why, in one line. */
	void (*complain)(const char *path, const char *why);
	/* Called before each file; NULL: none. */
	void (*progress)(size_t done, size_t total);
};

/*
 * Read all files and choose a process. Freed with cpa_collect_done, also after a failure.
 *
 * Return: 0, or -EINVAL with the cause in error: nothing that can be used.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_collect_files(struct cpa_collect *ret_collect, struct cpa_files *files,
	const struct cpa_collect_options *options, struct cpa_error *error);
void cpa_collect_done(struct cpa_collect *collect);

#endif
