/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command cprof of this installation, and whether it may be run.
 * Not here: running it (jobs.h).
 */
#ifndef CPA_HTTP_TOOL_H
#define CPA_HTTP_TOOL_H

/*
 * Find it, once, before requests come: its file is kept open, so that a program that changes its
 * root later runs no other.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_http_tool_find(void);

/*
 * Its file; or -1, and why it is not run.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
int cpa_http_tool_fd(const char **ret_reason);

#endif
