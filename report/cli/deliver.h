/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One snapshot to the server, again until it is accepted or there is no use in it; with a line on
 * stderr for each attempt that failed.
 * Not here: one attempt (upload.h), how long to wait (backoff.h).
 */
#ifndef CPA_CLI_DELIVER_H
#define CPA_CLI_DELIVER_H

#include "report/cli/ingest.h"
#include "report/cli/upload.h"

struct cpa_cli_deliver_options {
	uint64_t retry_count; /* attempts after the first */
	uint64_t backoff_ns;
	/* What must not be shown, should the server say it back to us. */
	const char *const *secrets;
	size_t secret_count;
};

enum cpa_cli_delivered {
	CPA_CLI_DELIVERED,
	CPA_CLI_REFUSED, /* this one: others may be accepted */
	CPA_CLI_FAILED,  /* the server has trouble, perhaps with this one alone */
	CPA_CLI_CUT_OFF, /* nobody there, or nobody who will take anything */
};

/*
 * @name  of the snapshot, for people
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
enum cpa_cli_delivered cpa_cli_deliver(struct cpa_cli_upload *upload,
	const struct cpa_cli_ingest *ingest, const char *name,
	const struct cpa_cli_deliver_options *options);

#endif
