/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings: CPROFALLOC="key=value,key=value" into a struct.
 * Not here: acting on them (alloc/init.c, report/snapshot.c).
 */
#ifndef CPA_BASE_CONF_H
#define CPA_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPA_CONF_DIR_MAX  4096 /* bytes, with the final NUL */
#define CPA_CONF_TEXT_MAX 256  /* the same, of other texts */

/*
 * Filled with defaults by cpa_conf_defaults; read-only after start-up. The rate in force later is
 * sampling/gate.h's.
 */
struct cpa_conf {
	uint64_t rate_bytes;        /* mean bytes between samples; 0 off, 1 exact */
	uint32_t depth;             /* frames kept of each stack, 1..1024 */
	char dir[CPA_CONF_DIR_MAX]; /* where snapshots go; "" means none are written */
	uint64_t interval_ns;       /* between snapshots; 0: no timer */
	uint64_t growth_bytes;      /* a snapshot each time the heap grew so much; 0: never */
	int signal_number;          /* asks for a snapshot; 0: none */
	bool final;                 /* a snapshot at exit */
	uint64_t keep_count;        /* newest snapshots of this process kept; 0: all */
	uint64_t keep_bytes;        /* and at most so many bytes of them; 0: no limit */
	bool names;                 /* function names into the profile */
	uint32_t cpu_hz;            /* ticks of CPU time per second and thread; 0: no CPU profile */
	uint32_t mutex_fraction;    /* one in so many contended unlocks; 0: no mutex profile */
	uint64_t block_rate_ns;     /* waits of so long are all recorded; 0: no block profile */
	bool goroutine;             /* snapshots have a file of the threads' stacks too */
	bool threadcreate;          /* snapshots have a file of created threads too */
	bool children;              /* forked children write snapshots too */
	int64_t only_pid;           /* write snapshots only in this process; 0: in any */
	uint64_t store_max_bytes;   /* limit of the sampler's own memory */
	char http[CPA_CONF_TEXT_MAX];       /* where the HTTP server listens; "": nowhere */
	char http_token[CPA_CONF_TEXT_MAX]; /* what a client must know; "": nothing */
	bool http_off;                      /* a token was not understood: no server without it */
	bool http_cmdline;                  /* it may be asked for the program's arguments */
	bool verbose;                       /* a line at start and for each snapshot */
};

/* Told once for each setting that was not understood; the text is complete and has no newline. */
typedef void cpa_conf_complaint(const char *text);

/*
 * Every setting at its default: rate 512k, depth 128, final, names and children on, store_max
 * 256m, all else 0 or empty.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_conf_defaults(struct cpa_conf *ret_conf);

/*
 * Read text (NULL: nothing to read) over the settings already in conf. A key that is unknown or
 * whose value is not understood is complained of and leaves its setting as it was; the rest is
 * read. A key given twice: the last one counts. Empty items (a comma too many) are nothing. In a
 * value "\," is a comma; any other backslash is itself. A relative dir is made absolute with the
 * working directory of this moment, so that a later chdir changes nothing.
 *
 * @complain  called once for each item not understood, with the key, what it accepts and what is
 *            used instead: "CPROFALLOC: rate=12q: want a size such as 1, 64k, ...; using 512k"
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_conf_parse(struct cpa_conf *conf, const char *text, cpa_conf_complaint *complain);

#endif
