/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a report goes: standard output or a file, how wide, in which form; and profiles
 * fetched for it.
 * Not here: numbers (report/profile/units.h).
 */
#ifndef CPA_CLI_OUT_H
#define CPA_CLI_OUT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/profile/profile.h"

struct cpa_cli_out {
	FILE *file;
	const char *path; /* NULL: standard output */
	size_t columns;   /* of the terminal, 100 where there is none; 0: no limit */
	bool bold;        /* a terminal that can, and NO_COLOR is not set */
};

/*
 * Begin a report; path NULL or "-": on standard output. False, with a line on stderr, when path
 * cannot be written.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_out_begin(struct cpa_cli_out *ret_out, const char *path, bool wide);

/*
 * End it: status, or CPA_CLI_USAGE with a line on stderr when not all could be written.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_cli_out_end(struct cpa_cli_out *out, int status);

/*
 * Text from a profile, cut to so many columns with "…" (0: whole): see cpa_cli_say_text.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_out_text(struct cpa_cli_out *out, const char *text, size_t columns);

/*
 * A line in bold where that can be shown.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_PRINTF(2, 3) void cpa_cli_out_title(struct cpa_cli_out *out, const char *format, ...);

/*
 * The head of a report, in bold where that can be shown: its parts, with ", " between them, on one
 * line where they fit and else broken between parts, never inside one that is narrower than a line.
 * Empty parts are left out.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_out_head(struct cpa_cli_out *out, const char *const *parts, size_t part_count);

/*
 * Text right-aligned in so many columns; UTF-8 counts as it shows.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_out_right(struct cpa_cli_out *out, const char *text, size_t columns);

/*
 * The columns that are left of a line for its last text, which begins at column used: 0, no limit,
 * or at least so many that a name can be told.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_cli_out_room(const struct cpa_cli_out *out, size_t used);

/*
 * Read a profile. False, with a line on stderr, when it cannot be read.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_out_load(struct cpa_profile *ret_profile, const char *path);

/*
 * "server (pid 4242)", as far as it is known; returns to.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
char *cpa_cli_out_program(char *to, size_t to_bytes, const struct cpa_profile *profile);

/*
 * "2026-11-22 10:14:31" in local time, or "10:14:31"; "" for 0.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_cli_out_time(char *to, size_t to_bytes, int64_t time_ns, bool with_day);

#endif
