/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A snapshot as Pyroscope's POST /ingest takes it: what happened since the snapshot before, with
 * names and lines, and what is to be made of each of its values.
 * Not here: sending it (upload.h), which snapshots there are (snapshots.h).
 *
 * The server adds up over time what it was sent, so a counter that runs from the program's start,
 * such as alloc_space, goes as its growth since the snapshot before; a value of the moment, such as
 * inuse_space, goes as it is. (A field prev_profile, by which the server once did this itself, is
 * refused by it today.)
 */
#ifndef CPA_CLI_INGEST_H
#define CPA_CLI_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/cli/snapshots.h"

struct cpa_cli_ingest_options {
	const char *app;           /* NULL: what the program was run as */
	const char *const *labels; /* "KEY=VALUE" each */
	size_t label_count;
	const char *symbolize; /* as -symbolize */
};

struct cpa_cli_ingest {
	char *name;              /* "APP{KEY=VALUE,...}" */
	int64_t from_s, until_s; /* of 1970 */
	char *profile;           /* a pprof file, gzipped */
	size_t profile_bytes;
	char *types; /* sample_type_config, JSON */
	size_t types_bytes;
	bool lacks_begin; /* its counters are left out: the snapshot they begin at is gone */
};

/*
 * Freed with cpa_cli_ingest_done. False, with a line on stderr, when it cannot be read.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_ingest_init(struct cpa_cli_ingest *ret_ingest,
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot,
	const struct cpa_cli_ingest_options *options);
void cpa_cli_ingest_done(struct cpa_cli_ingest *ingest);

/*
 * Is text fit for the name of an application, or of a label?
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cli_ingest_is_app(const char *text);
bool cpa_cli_ingest_is_label(const char *text);

#endif
