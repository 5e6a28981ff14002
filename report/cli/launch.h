/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start a program, stand beside it, and end as it ends.
 * Not here: what it is started with (settings.h), what is said about it (summary.h).
 */
#ifndef CPA_CLI_LAUNCH_H
#define CPA_CLI_LAUNCH_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/compiler.h"

struct cpa_cli_launch {
	pid_t pid;
	int exec_errno;  /* why it could not be started; 0 when it was */
	int wait_status; /* as of wait(2) */
	int64_t elapsed_ns;
	struct rusage usage;
};

/*
 * Start argv, found as the shell finds it, in this process group. prepare is called in the
 * child before the program is loaded, with the child's pid. SIGTERM, SIGHUP, SIGUSR1 and
 * SIGUSR2 that reach us from now on go on to the program; SIGINT and SIGQUIT come to both from
 * the terminal, and we ignore them. Signals that were ignored when we were started stay
 * ignored, for both.
 *
 * Return: 0, or -errno when not even a process could be made. launch->exec_errno tells of a
 *         program that could not be loaded.
 * Thread: owner, once
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_cli_launch_start(struct cpa_cli_launch *ret_launch, char **argv,
	void (*prepare)(pid_t pid, void *context), void *context);

/*
 * Wait until the program has ended.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_launch_wait(struct cpa_cli_launch *launch);

/*
 * The exit status to end with: the program's own, 127 not found, 126 not executable. Where a
 * signal killed it, we die of the same one, and this does not return.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
int cpa_cli_launch_status(const struct cpa_cli_launch *launch);

#endif
