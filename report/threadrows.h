/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in a dump of the program's threads: profile "goroutine", which is what readers of Go
 * profiles ask for.
 * Not here: finding the stacks (sampling/threads.h), the forms (pprof.c, text.c, threadtext.c).
 *
 *   protobuf  goroutine/count; a row for each thread, with the labels "thread" (its name), "state"
 *             (a word) and "tid" (a number) beside the program's own
 *   text      as Go's debug=1: threads with equal stacks and labels are one row
 */
#ifndef CPA_REPORT_THREADROWS_H
#define CPA_REPORT_THREADROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/line.h"
#include "report/pprof.h"
#include "report/sort.h"
#include "report/text.h"
#include "sampling/threads.h"

struct cpa_threadrows {
	struct cpa_arena arena;
	struct cpa_threads_dump dump;
	struct cpa_sort_item *groups; /* [dump.count], by stack and labels */
	size_t at;
};

/*
 * Dump the threads now. 0 or -errno. done gives it back either way.
 *
 * @calling_tid  the program's thread that waits for this dump; 0: none
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_threadrows_begin(struct cpa_threadrows *rows, uint32_t calling_tid);
void cpa_threadrows_done(struct cpa_threadrows *rows);

/*
 * The content for cpa_pprof_write, or for cpa_text_write; each walks the rows once. rows must stay
 * until then.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
struct cpa_pprof_content cpa_threadrows_pprof(struct cpa_threadrows *rows);
struct cpa_text_content cpa_threadrows_text(struct cpa_threadrows *rows);

/*
 * The dump's own line of the comments.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_threadrows_describe(const struct cpa_threadrows *rows, struct cpa_line *line);

/*
 * The kernel's letter for what a thread does as a word: "running", "sleep", "uninterruptible",
 * "stopped", "traced", "idle", else "unknown".
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_threadrows_state(char state);

#endif
