/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growing arrays, with every size checked, and the one line that a refusal is told in.
 * Not here: what is stored (profile.h).
 *
 * The cprof command has one thread and uses the C library's own malloc.
 */
#ifndef CPA_PROFILE_MEMORY_H
#define CPA_PROFILE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include "base/compiler.h"

/* Why something was refused: one complete line without newline, empty when nothing was. */
struct cpa_error {
	char text[512];
};

/*
 * Set the line, unless one is set already: the first cause is the one to tell. Control characters
 * become '?'. Always returns -EINVAL.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_PRINTF(2, 3) int cpa_error_set(struct cpa_error *error, const char *format, ...);

/*
 * Room for need elements in an array of *capacity: the array, perhaps moved. Grows by half at
 * least; new elements are zero. Does not return when there is no memory: a line on stderr and
 * exit status 2.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void *cpa_memory_grow(void *array, size_t *capacity, size_t need, size_t elem_bytes);

/*
 * The same, with new elements that hold anything: what is not used costs no memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void *cpa_memory_room(void *array, size_t *capacity, size_t need, size_t elem_bytes);

/*
 * count zeroed elements; freed with free(). Does not return when there is no memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void *cpa_memory_new(size_t count, size_t elem_bytes);

/*
 * A copy of text as a string; freed with free(). Does not return when there is no memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_memory_text(const char *text, size_t length_bytes);

#endif
