/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a report says about itself: a few lines, the same in the comments of a profile and at the
 * end of a text. Few, because go tool pprof prints each above its table.
 * Not here: the values of the samples (pprof.c, text.c), asking the allocator (through struct
 * cpa_snapshot_source), reading the lines (report/profile/comments.h).
 *
 * A line is either "key: value" or "group: key=value key=value ...". Groups, keys and lines come in
 * this order; a key is in one group only, so that a reader may forget the groups. Numbers are
 * decimal without separators; the unit ends the key, none means events or things.
 *
 * cprofalloc:            who, when
 *   version              of cprofalloc, "0.1.0"
 *   kind                 "heap", "allocs", "cpu", "mutex", "block", "goroutine", "threadcreate", or
 *                        the name of the program's own profile
 *   program              what the program was run as, as in the file's name (report/program.h)
 *   pid
 *   sequence             the number in the file's name; only in snapshots
 *   reason               why it was written: "interval", "growth", "signal", "call" (of
 *                        cprof_snapshot), "final" (at exit); only in snapshots
 *   start_ns             since 1970: when the library started in this process (after a fork: the
 *                        fork). Two profiles with equal exe, pid and start_ns are of one process
 *   rate_bytes           mean bytes between samples, now; the profile's period is the same, but 1
 *                        where sampling is off (0)
 *   rate_max_bytes       the largest rate that was ever in force; only where it is not rate_bytes.
 *                        No object was sampled with less probability than by this one
 * exe: PATH              of the program's file; may hold blanks
 * entries:               only in the program's own profiles: its things, not events
 *   entries              there at about this moment
 *   entries_added        ever
 *   entries_dropped_store_full  not added, the store was full: missing in every number
 *   label_sets, label_overflows, store_used_bytes, store_limit_bytes: as below
 * threads:               only in threadcreate
 *   threads_created      ever, by calls in the profile
 *   threads_live         of these; in a forked child only its own
 *   threads_lost         created too, but missing in every number: no room
 *   label_sets, label_overflows, store_used_bytes, store_limit_bytes: as below
 * goroutine:             only in goroutine: a dump of the program's threads
 *   threads              in it
 *   threads_by_signal    of these, asked by a signal; the others slept, and noticed nothing
 *   threads_not_asked    asleep in a call that a signal may end: "[not asked]"
 *   threads_no_answer    did not answer in time, or could not be asked: "[no answer]"
 *   threads_unlisted     ever created, without labels and place of creation in dumps: no room
 *   pause_max_ns         the longest that a thread was held up to copy its stack
 *   elapsed_ns           from the first look to the last
 *   label_sets and so on: as below
 * cpu:                   only in cpu; ticks are of CPU time, one in 1 / cpu_hz s of a thread
 *   cpu_hz               0: it was never on
 *   cpu_start_ns         since 1970: when it began
 *   cpu_ticks            in the profile, with those that follow
 *   cpu_signals          that brought them with a stack: several ticks may come with one
 *   cpu_ticks_lost       no room for their stacks: "[lost samples]"
 *   cpu_ticks_between    due to a thread that ended, or at the end of the profile, before the
 *                        kernel told them: "[between ticks]"
 *   cpu_ticks_truncated  their stacks were deeper than the copy or the limit
 *   cpu_ticks_broken     their stacks could not be followed to the root
 *   cpu_threads          that have a timer now
 *   cpu_threads_failed   got none: missing in every number
 *   cpu_threads_vanished ended unnoticed: of each, what was due and not told is missing, the time
 *                        between two looks of the kernel
 *   label_sets and so on: as below
 * mutex:                 only in mutex
 *   fraction             one in so many contended unlocks is recorded, now; values are scaled
 *   waits_unfinished     threads that wait now, for whatever
 *   waits_displaced      left by siglongjmp or cancellation, or below the wait of a signal handler:
 *                        from then on no unlock was charged with them
 *   waits_lost           the store was full: no unlock was charged with them
 *   unlocks_refused      failed while others waited: what these had waited until then is charged to
 *                        nobody
 *   label_sets and so on: as below
 * block:                 only in block
 *   rate_ns              waits of so long are all recorded, shorter ones now and then; values are
 *                        scaled
 *   waits_unfinished to waits_lost: as of mutex; those unfinished are in the values too
 *   label_sets and so on: as below
 * sampling:              what was recorded and what not, and what it cost; only of the heap, as
 *                        are the lines that follow
 *   samples              taken and recorded since start
 *   frees                of recorded samples
 *   dropped_store_full   not recorded, the store was full: missing in every number
 *   stacks_full          recorded under "[stack table full]"
 *   untracked_region     not recorded, the sampled address range was full: missing in every number
 *   untracked_arena      not recorded, the program chose the arena itself: missing in every number
 *   truncated_stacks     deeper than the limit
 *   failed_unwinds
 *   sampling_ns          estimated time spent on taking samples, all threads
 *   process_cpu_ns       CPU time of the whole process so far
 *   own_threads_cpu_ns   of it that of the library's own threads
 *   store_used_bytes     the sampler's own memory
 *   store_limit_bytes
 *   label_sets           distinct sets of labels; only where the program uses labels
 *   label_overflows      pushes of labels that got the overflow set: there were too many
 * memory:                where the memory of the process is
 *   live_estimate_bytes  inuse_space of the whole profile, before rounding: to be compared with
 *                        jemalloc_allocated_bytes
 *   jemalloc_allocated_bytes  in use by the program, rounded up to size classes
 *   jemalloc_active_bytes     pages that hold these
 *   jemalloc_dirty_bytes      pages freed and not yet given back
 *   jemalloc_metadata_bytes   the allocator's own
 *   jemalloc_resident_bytes
 *   jemalloc_mapped_bytes
 *   jemalloc_retained_bytes   address space kept without memory
 *   rss_bytes            resident set of the process
 *   peak_rss_bytes
 * note: TEXT             a sentence for people; another one where only samples with some labels
 *                        were asked for
 *
 * Readers skip what they do not know; later versions add keys and change none. The jemalloc_ keys
 * are missing where the report was written without the allocator (unit tests).
 */
#ifndef CPA_REPORT_FACTS_H
#define CPA_REPORT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/line.h"
#include "report/snapshot.h"
#include "sampling/heap.h"
#include "sampling/labels.h"

struct cpa_facts {
	const char *kind; /* the profile's name */
	/* The line of this kind of profile, which gets the keys of the store too; empty: heap or
	 * allocs, with the lines sampling, memory, note. */
	struct cpa_line own;
	const char *wanted_labels; /* only rows with these (labelmask.h); NULL: all */
	uint32_t calling_tid; /* the program's thread that waits for the report; 0: none */
	const char *program;
	const char *exe;
	int64_t pid;
	uint64_t start_ns;  /* since 1970 */
	uint64_t time_ns;   /* since 1970: of this report; in the profile's own field, not a key */
	uint64_t sequence;  /* 0: no snapshot */
	const char *reason; /* NULL: no snapshot */
	uint64_t rate_bytes;
	bool has_totals;
	struct cpa_snapshot_totals totals;
	/* Filled by cpa_facts_measure. */
	struct cpa_heap_counters counters;
	uint64_t rate_max_bytes;
	struct cpa_labels_counters labels;
	double live_bytes;
	uint64_t store_used_bytes;
	uint64_t store_limit_bytes;
	uint64_t process_cpu_ns;
	uint64_t own_threads_cpu_ns;
	uint64_t rss_bytes;
	uint64_t peak_rss_bytes;
};

/* Takes one complete line, without a newline. Not 0 ends the walk. */
typedef int cpa_facts_line(void *context, const char *line);

/*
 * Read the counters, the store's size and the process's own figures.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_facts_measure(struct cpa_facts *facts);

/*
 * Give each line to take_line. 0, or what it returned.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_facts_lines(
	const struct cpa_facts *facts, cpa_facts_line *take_line, void *context);

#endif
