/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The environment of the processes that we start ourselves: where cprof finds files, and what it
 * keeps where; nothing that would put us, or another library, into it.
 * Not here: the processes (report/http/child.h).
 */
#ifndef CPA_REPORT_CHILDENV_H
#define CPA_REPORT_CHILDENV_H

/*
 * Take it from the program's, as it is now. For execve; valid for ever. Without memory, or in a
 * program whose environment is not to be trusted (secure_getenv(3)), it is smaller.
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
char *const *cpa_childenv_make(void);

#endif
