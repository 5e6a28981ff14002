/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frames tell a stack from the others of a table.
 * Not here: what lies below the program's own code (own.h), printing (report/cli/leaks.c).
 *
 * Every C program has its own xmalloc, or three of them on top of each other, and no list of names
 * knows them all. But the rows of a table show them: where several begin with the same frames and
 * then differ, those frames say nothing, and in a narrow column they are all that one sees.
 */
#ifndef CPA_PROFILE_APART_H
#define CPA_PROFILE_APART_H

#include <stddef.h>
#include <stdint.h>

#define CPA_APART_COMPARED 100 /* stacks: who reads more rows than these has a wide column */

/* Frames, the innermost of those that are shown first. */
struct cpa_apart_stack {
	const uint32_t *frames;
	size_t depth;
};

/*
 * How many frames of stacks[at] to skip, so that the first ones shown tell it apart: those that
 * three or more stacks have in common which differ behind them, and, of fewer, all but the last
 * such frame. Never the last frame of a stack. Only the first CPA_APART_COMPARED are compared.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_apart_skipped(const struct cpa_apart_stack *stacks, size_t count, size_t at);

/*
 * How many frames, from the first on, no other of the stacks has all in common with stacks[at]: at
 * least 1. All of them when another stack goes on where this one ends. Equal ones do not count.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_apart_needed(const struct cpa_apart_stack *stacks, size_t count, size_t at);

#endif
