/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command run beside the program, which never learns of it: no SIGCHLD, nothing that its wait()
 * finds.
 * Not here: which command (tool.h), how many at a time (jobs.h).
 *
 *   this thread --clone--> keeper --vfork--> command
 *
 * The kernel gives back SIGCHLD to who calls execve, so a command that is our child is seen,
 * however it was made. The command's parent is therefore a process that never calls execve: the
 * keeper, with no signal for its own end. It shares the program's memory, as the child of a vfork
 * does, so it costs no copy; but neither descriptors nor signals. Whoever looks at the processes
 * sees it, as a second one of the program, for as long as the command runs.
 *
 * Only wait() with __WALL or __WCLONE finds the keeper. The command ends with it, and both end with
 * the thread that made them. Needs Linux 5.9; where something is missing or forbidden, the command
 * fails, and nothing else.
 */
#ifndef CPA_HTTP_CHILD_H
#define CPA_HTTP_CHILD_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/compiler.h"

#define CPA_HTTP_CHILD_STACK_BYTES 16384u

/* What is run, and on which descriptors; all of it is there until the end. */
struct cpa_http_command {
	int program_fd; /* its file */
	const char *const *arguments;
	char *const *environment;
	int input_fd;
	int output_fd; /* standard error is this thread's */
};

struct cpa_http_child {
	struct cpa_http_command command;
	pid_t parent;
	pid_t keeper;
	int fd;                 /* of the keeper, readable at its end */
	_Atomic uint32_t setup; /* 1 until the command runs; futex */
	_Alignas(16) char keeper_stack[CPA_HTTP_CHILD_STACK_BYTES];
	_Alignas(16) char command_stack[CPA_HTTP_CHILD_STACK_BYTES];
};

/*
 * Run it, at low priority and first in the eyes of the OOM killer. Where child->fd is readable,
 * cpa_http_child_end is to be called. 0 or -errno.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_http_child_start(
	struct cpa_http_child *child, const struct cpa_http_command *command);

/*
 * Kill the command. Its end still comes.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_http_child_kill(struct cpa_http_child *child);

/*
 * Take note of the end: the command's status, 128 and more for a signal, or -errno. Waits for it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
int cpa_http_child_end(struct cpa_http_child *child);

#endif
