/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of this process's snapshots are still kept.
 * Not here: making them (outfile.c, snapshot.c).
 */
#ifndef CPA_REPORT_RETENTION_H
#define CPA_REPORT_RETENTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "report/outfile.h"

struct cpa_retention_file {
	uint64_t sequence; /* several files may have one: of a snapshot with several kinds */
	const char *kind;
	struct cpa_outfile_identity identity;
};

/* A ring of the files written and not yet removed, oldest first. Zero-filled: empty. */
struct cpa_retention {
	struct cpa_arena arena;
	struct cpa_retention_file *files; /* [room], power of two */
	size_t room;
	size_t first;
	size_t count;
	size_t sequence_count; /* different ones */
	uint64_t total_bytes;
};

/*
 * A file was written; kind is valid for ever. Without memory it is forgotten, and so kept.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_retention_add(struct cpa_retention *retention, uint64_t sequence, const char *kind,
	const struct cpa_outfile_identity *identity);

/*
 * Remove the oldest snapshots until at most keep_count (0: any number) with keep_bytes in sum (0:
 * any) are left; the newest stays in any case. A name that has come to mean another file is left
 * alone.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_retention_trim(struct cpa_retention *retention, int dir_fd,
	const struct cpa_outfile_prefix *prefix, uint64_t keep_count, uint64_t keep_bytes);

/*
 * Forget all files; they stay on disk.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_retention_done(struct cpa_retention *retention);

#endif
