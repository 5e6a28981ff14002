/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A snapshot's file: there whole or not at all, and never in the place of something else.
 * Not here: when, and how many are kept (snapshot.c, retention.c).
 *
 * Written under a temporary name that begins with a dot, in the same directory, then renamed. Not
 * flushed to the disk with fsync: a crash of the program cannot hurt the file, only one of the
 * machine, and the program must not wait for the disk.
 */
#ifndef CPA_REPORT_OUTFILE_H
#define CPA_REPORT_OUTFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_OUTFILE_NAME_MAX 256u /* bytes, with the final NUL; any of the names below */

/* "EXE.PID.": what all names of one process begin with. */
struct cpa_outfile_prefix {
	uint32_t exe_bytes; /* "EXE." */
	char text[CPA_OUTFILE_NAME_MAX];
};

/* One file being written. */
struct cpa_outfile {
	int dir_fd; /* the caller's */
	int fd;     /* -1: not open */
	char temp_name[CPA_OUTFILE_NAME_MAX];
};

/* Which file it is, however it may be called later. */
struct cpa_outfile_identity {
	uint64_t device;
	uint64_t inode;
	uint64_t size_bytes;
};

/*
 * The prefix for a program, as cpa_program_name calls it, and a pid.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_outfile_make_prefix(
	const char *program, int64_t pid, struct cpa_outfile_prefix *ret_prefix);

/*
 * "EXE.PID.SEQ.KIND.pb.gz", SEQ with four digits at least. A '/' in KIND becomes '+', which no kind
 * has.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_outfile_make_name(const struct cpa_outfile_prefix *prefix, uint64_t sequence,
	const char *kind, char ret_name[CPA_OUTFILE_NAME_MAX]);

/*
 * Open a directory, above descriptor 2. The descriptor or -errno.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_outfile_open_dir(const char *path);

/*
 * Is the name taken, be it by a dangling symbolic link?
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_outfile_is_taken(int dir_fd, const char *name);

/*
 * Begin a file with mode 0600 under a temporary name. 0 or -errno.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_outfile_begin(
	struct cpa_outfile *file, int dir_fd, const struct cpa_outfile_prefix *prefix);

/*
 * Give the file its name and close it. 0, -EEXIST when the name is taken, or another -errno; then
 * nothing is left behind.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_outfile_commit(
	struct cpa_outfile *file, const char *name, struct cpa_outfile_identity *ret_identity);

/*
 * Close the file and remove it. After a commit: nothing.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_outfile_abort(struct cpa_outfile *file);

/*
 * Remove temporary files that processes of the same program left when they died: ours by owner, not
 * written to for a minute, and no such process.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_outfile_clean(int dir_fd, const struct cpa_outfile_prefix *prefix);

#endif
