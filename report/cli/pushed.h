/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which snapshots of a directory a server has accepted, kept in a file: so that each is pushed
 * once, whoever asks and however often, and what failed is pushed the next time.
 * Not here: which snapshots there are (snapshots.h).
 *
 * A line for each snapshot that is still there: when it was written, and its name. The file is held
 * with flock() while somebody pushes, and replaced as a whole each time one was accepted.
 */
#ifndef CPA_CLI_PUSHED_H
#define CPA_CLI_PUSHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/profile/memory.h"

struct cpa_cli_pushed_entry {
	int64_t time_ns;
	char *name;
	bool is_there; /* it was asked for; the others are forgotten */
};

struct cpa_cli_pushed {
	char *path;
	const char *url; /* for people */
	int fd;          /* -1: not open */
	struct cpa_cli_pushed_entry *items;
	size_t count, capacity;
};

/*
 * "DIR/.cprof-push.HASH" of a URL and, where one server has several, the tenant ("": none); freed
 * with free().
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_cli_pushed_path(const char *dir_path, const char *url, const char *tenant);

/*
 * Take hold of the file at path and read it. Freed with cpa_cli_pushed_close, also after a failure.
 *
 * Return: 0, or -EBUSY: somebody has it, or -EINVAL with the cause in error.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_cli_pushed_open(struct cpa_cli_pushed *ret_pushed, const char *path,
	const char *url, struct cpa_error *error);
void cpa_cli_pushed_close(struct cpa_cli_pushed *pushed);

/*
 * Was the snapshot of this name, written at that time, accepted? Those that are not asked for
 * before the first save are forgotten.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cli_pushed_has(struct cpa_cli_pushed *pushed, const char *name, int64_t time_ns);

/*
 * Write the file: before anything is pushed, to see that it can be; and with one more that was
 * accepted. 0, or -EINVAL with the cause in error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_cli_pushed_save(struct cpa_cli_pushed *pushed, struct cpa_error *error);
CPA_MUST_CHECK int cpa_cli_pushed_add(
	struct cpa_cli_pushed *pushed, const char *name, int64_t time_ns, struct cpa_error *error);

#endif
