/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing on a thread of the program's without its noticing: no SIGPIPE, no SIGXFSZ, no
 * cancellation half way. Not here: the writing.
 */
#ifndef CPA_REPORT_QUIET_H
#define CPA_REPORT_QUIET_H

#include <signal.h>

struct cpa_quiet {
	sigset_t kept_mask;
	sigset_t was_pending;
	int kept_cancel;
	int kept_errno;
};

/*
 * Begin and end; nests. What our writes raised is taken away before the signals are let through
 * again.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_quiet_begin(struct cpa_quiet *quiet);
void cpa_quiet_end(const struct cpa_quiet *quiet);

#endif
