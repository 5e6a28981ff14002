/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as people read them: at most three significant digits, sizes in powers of 1024
 * called kB, MB, GB, TB.
 * Not here: tables and JSON (cli/).
 */
#ifndef CPA_PROFILE_UNITS_H
#define CPA_PROFILE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPA_UNITS_BYTES 32 /* room that any text below fits in */

/* How a quantity is shown: with which steps of units. */
enum cpa_units_kind {
	CPA_UNITS_SIZE,     /* bytes */
	CPA_UNITS_COUNT,    /* 1,204 */
	CPA_UNITS_DURATION, /* nanoseconds */
};

/*
 * How values of the unit named in a profile ("bytes", "nanoseconds", anything else) are shown.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
enum cpa_units_kind cpa_units_kind(const char *unit);

/*
 * 1204 -> "1,204"; returns to.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_units_grouped(char *to, size_t to_bytes, int64_t number);

/*
 * "61.2 MB". With its interval beside it both have the unit that suits the larger of the two.
 *
 * @half_width  in the unit of value; negative: not known, then ret_half becomes ""
 * @plus        "+4.7 MB" where positive
 * @ret_half    "5.6": two significant digits, without unit (it is the value's); may be NULL
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_units_value(enum cpa_units_kind kind, double value, double half_width, bool plus,
	char ret_value[CPA_UNITS_BYTES], char ret_half[CPA_UNITS_BYTES]);

/*
 * "118 MB ±3.4", or "118 MB" where half_width is negative (not known) or 0 (exact).
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_units_interval(char *to, size_t to_bytes, enum cpa_units_kind kind, double value,
	double half_width, bool plus);

/*
 * 512 KiB, 1 MiB, 1000 bytes: a rate, told without rounding.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_units_rate(char *to, size_t to_bytes, int64_t rate_bytes);

/*
 * 751000000000 -> "12 min 31 s"; the two largest units.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_units_elapsed(char *to, size_t to_bytes, int64_t elapsed_ns);

/*
 * The same of seconds, without a second unit that is 0: "5 min", not "5 min 0 s".
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_units_time(char *to, size_t to_bytes, double seconds);

/*
 * The columns a string takes on a terminal: its UTF-8 characters, each counted as one.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_units_columns(const char *text);

#endif
