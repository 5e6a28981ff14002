/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bar on the terminal for work that takes more than a second; nothing when stderr is none.
 * Not here: the work.
 */
#ifndef CPA_CLI_PROGRESS_H
#define CPA_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpa_cli_progress {
	bool is_terminal;
	bool is_shown;
	uint64_t start_ns, drawn_ns;
};

/*
 * Begin; and wipe the bar away.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_progress_init(struct cpa_cli_progress *ret_progress);
void cpa_cli_progress_done(struct cpa_cli_progress *progress);

/*
 * So much is done, of what: drawn ten times a second at most. context: a struct
 * cpa_cli_progress.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_progress_show(void *context, const char *what, size_t done, size_t total);

#endif
