/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A dump of the program's threads in the form in which a Go program's panic shows its goroutines:
 * what Go serves for goroutine?debug=2, and what tools that group such dumps read.
 * Not here: equal stacks as one row (threadrows.c), the protobuf form (pprof.c).
 *
 *   goroutine 1234 [sleep (worker)]:          thread id, state, name
 *   wait_for_work(...)
 *   	??:0 +0x1f                              as Go says of C: no file and line are known in
 *   created by start_workers                    the process; offset in the function
 *   	??:0 +0x40
 *
 * State and name are one field: of the parsers in use some take nothing behind a comma there but
 * minutes, and some only letters, blanks, dots and parentheses. So what would end the field in a
 * name is "_". As a file they take one that ends in ".go" or ".c", or "??": so not the module.
 */
#ifndef CPA_REPORT_THREADTEXT_H
#define CPA_REPORT_THREADTEXT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "report/fd.h"
#include "sampling/threads.h"

/*
 * Write the dump in the order it has. 0, -ENOMEM, or the sink's error.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_threadtext_write(
	const struct cpa_threads_dump *dump, bool names, struct cpa_fd_sink sink);

#endif
