/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a profile is written to disk, under which name, and what becomes of the old ones.
 * Not here:
 * the bytes of the file (pprof.c, text.c), the allocator's totals (alloc/, through struct
 * cpa_snapshot_source).
 */
#ifndef CPA_REPORT_SNAPSHOT_H
#define CPA_REPORT_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/conf.h"

/* Totals of the allocator, in bytes, for the reconcile block. */
struct cpa_snapshot_totals {
	uint64_t allocated_bytes;
	uint64_t active_bytes;
	uint64_t resident_bytes;
	uint64_t retained_bytes;
	uint64_t mapped_bytes;
	uint64_t dirty_bytes;
	uint64_t metadata_bytes;
};

/* What this folder must ask of the folder above it. */
struct cpa_snapshot_source {
	void (*totals)(struct cpa_snapshot_totals *ret_totals);
	uint64_t (*rate_bytes)(void);     /* in force now */
	void (*thread_is_internal)(void); /* called first on the snapshot thread: never sample it */
	void (*purge)(void);              /* give free pages back to the system */
	int (*mutex_fraction)(int fraction); /* as cprof_mutex_fraction */
	int64_t (*block_rate)(int64_t rate_ns);
};

/*
 * Remember the settings and start what they ask for: the snapshot thread (interval, growth,
 * signal), the signal's handler. Without a dir nothing starts. Trouble is told in one line and
 * leaves the program alone. conf is copied.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_snapshot_init(const struct cpa_conf *conf, const struct cpa_snapshot_source *source);

struct cpa_facts;

/*
 * What a report made now says about itself, but for what cpa_facts_measure adds.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_snapshot_facts(struct cpa_facts *ret_facts);

/*
 * Write one snapshot now: the heap, and each of the program's own profiles. 0 or -errno (-ENOENT
 * without a dir). Told on stderr when it fails.
 *
 * Thread: any; one writes at a time, others wait
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_snapshot_write(void);

/*
 * Write profile "heap", "allocs", or one of the program's own to a descriptor: debug 0 gzipped
 * protobuf, else text. 0 or -errno (-ENOENT: no such profile).
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_snapshot_write_fd(const char *name, int fd, int debug);

/*
 * The estimated heap is now so large: wake the snapshot thread if it grew by conf.growth_bytes
 * since the last snapshot. Called with each sample: a compare when growth is off or not reached.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_snapshot_notice(double inuse_bytes);

/*
 * The last snapshot, if conf.final, and the end of the snapshot thread's work. From the library's
 * destructor.
 *
 * Thread: any, once
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_snapshot_final(void);

/*
 * Around fork. The child finds no lock held and no loader's lock either; it forgets the thread, its
 * files begin at 0001 under its own pid, and with children=1 it starts a thread of its own. A
 * snapshot that another thread is just writing goes on in the parent and ends there: the fork does
 * not wait for it. postfork_child may also be called alone, when a child notices that it is one;
 * then no thread is started.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_snapshot_prefork(void);
void cpa_snapshot_postfork_parent(void);
void cpa_snapshot_postfork_child(void);

/*
 * The program is about to dlclose: remember the modules that are loaded now, so that stacks
 * through a closed one keep their names.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_snapshot_before_dlclose(void);

#endif
