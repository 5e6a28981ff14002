/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processes are that started this one.
 * Not here: which threads of ours they may have (server.c).
 */
#ifndef CPA_REPORT_ANCESTORS_H
#define CPA_REPORT_ANCESTORS_H

#include <stdbool.h>

/*
 * Has this process's parent a thread of that name, or the parent's parent, and so on? False too
 * where /proc does not show them: another namespace, or a process between that has ended.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_ancestors_have_thread(const char *name);

#endif
