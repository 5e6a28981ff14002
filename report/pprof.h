/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pprof file: gzipped protobuf, as profile.proto describes. The only file that knows protobuf-c.
 * Not here: what is counted (heaprows.c, countrows.c), the text for people (text.c), names and
 * modules (frames.c), compression (gzip.c).
 *
 *   sample types  heap, allocs: alloc_objects/count alloc_space/bytes inuse_objects/count
 *                 inuse_space/bytes; values are estimates of the whole heap (a reader scales
 *                 nothing). Of the program's own profile NAME: NAME/count
 *   default       heap: unset, which means inuse_space; allocs: alloc_space
 *   period        heap: space/bytes, the rate in force; others: NAME/count, 1
 *   label         heap: bytes = requested size of the first sample of this row, which stays; no
 *                 unit. All: the program's own labels, as strings; goroutine: thread and
 *                 state too, and tid, a number
 *   mapping       the main program first, at bias 0: its addresses are those of its own symbol
 *                 table. Of the others those that occur in a stack, at their run-time addresses
 *   location      the address of the call: return address - 1. The pseudo frames "[truncated]",
 *                 "[stack table full]", "[unwind failed]", "[all frames skipped]", "[not asked]"
 *                 (a thread that would have noticed), "[no answer]" (one that did not tell), and
 *                 "[anon]" (code outside any file) have no mapping
 *   function      name = system_name = the linker's symbol, mangled for C++; "FILE+0xADDRESS", the
 *                 first byte of the function, where the file has none. Each location has one, and
 *                 mappings say has_functions, so that readers keep these names. With names=0 only
 *                 pseudo frames have one
 *   comments      listed in report/facts.h
 *
 * Written front to back in small pieces: samples first, what they refer to after them. Memory
 * depends on the number of distinct frames, not on that of samples.
 */
#ifndef CPA_REPORT_PPROF_H
#define CPA_REPORT_PPROF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "report/facts.h"
#include "report/fd.h"
#include "sampling/stacks.h"

#define CPA_PPROF_VALUES_MAX 4

struct cpa_pprof_type {
	const char *type;
	const char *unit;
};

struct cpa_pprof_row {
	cpa_stack_id stack;
	uint32_t label_set; /* 0: no labels */
	bool has_bytes;     /* with the label bytes */
	uint64_t bytes;
	uint32_t tid; /* with the labels tid, thread and state; 0: of no thread */
	const char *thread_name;
	const char *thread_state;
	int64_t values[CPA_PPROF_VALUES_MAX];
};

/* What is in the profile: from heaprows.c or countrows.c. */
struct cpa_pprof_content {
	struct cpa_pprof_type types[CPA_PPROF_VALUES_MAX];
	uint32_t type_count;
	const char *default_type; /* one of them, or NULL: the last */
	struct cpa_pprof_type period_type;
	int64_t period;
	uint64_t duration_ns; /* that the values are of; 0: since start */
	bool (*next)(void *context, struct cpa_pprof_row *ret_row); /* false: no more */
	void *context;
};

/*
 * Write the profile that facts (measured) describe. 0, -ENOMEM, or the sink's error.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_pprof_write(const struct cpa_facts *facts,
	const struct cpa_pprof_content *content, bool names, struct cpa_fd_sink sink);

#endif
