/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cprof run says when the program has ended.
 * Not here: running it (launch.h).
 */
#ifndef CPA_CLI_SUMMARY_H
#define CPA_CLI_SUMMARY_H

#include <stdbool.h>

#include "report/cli/launch.h"

struct cpa_cli_summary {
	const char *program; /* as the user typed it */
	const char *dir;     /* as the user typed it */
	const char *dir_absolute;
	int64_t since_ns; /* since 1970: older files are not ours */
	bool final_off;   /* --final=0 */
	bool has_interval;
	bool has_children;
};

/*
 * A few lines on stderr: how it ended, how many snapshots there are, what was live in the last
 * one, what it cost, what to do next. Says why when there is none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_summary_print(
	const struct cpa_cli_summary *summary, const struct cpa_cli_launch *launch);

#endif
