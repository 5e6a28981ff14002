/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of text put together without stdio and without memory: cut at its end, never overrun.
 * Not here: writing it (log.c).
 */
#ifndef CPA_BASE_LINE_H
#define CPA_BASE_LINE_H

#include <stddef.h>
#include <stdint.h>

#define CPA_LINE_SHOWN_MAX 60u /* bytes that cpa_line_add_shown repeats */

/* Zero-filled: the empty line. text always ends in NUL. */
struct cpa_line {
	size_t used_bytes;
	char text[896];
};

/*
 * Add a string; a decimal number; " key=number"; or text from outside, shortened, with control
 * characters replaced by '?'.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_line_add(struct cpa_line *line, const char *text);
void cpa_line_add_number(struct cpa_line *line, uint64_t number);
void cpa_line_add_pair(struct cpa_line *line, const char *key, uint64_t number);
void cpa_line_add_shown(struct cpa_line *line, const char *text, size_t text_bytes);

#endif
