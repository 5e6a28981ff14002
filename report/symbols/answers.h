/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of some addresses of one file: for each its frames, innermost first. Texts and
 * functions are stored once.
 * Not here: finding it out (dwarf.h, symtab.h), keeping it on disk (symcache.h).
 */
#ifndef CPA_SYMBOLS_ANSWERS_H
#define CPA_SYMBOLS_ANSWERS_H

#include "report/profile/intern.h"

/* Texts are numbers of texts; 0 is "". */
struct cpa_answers_function {
	uint32_t name; /* as the linker knows it, where it does */
	uint32_t file;
	uint32_t start_line;
	uint32_t reserved; /* 0: keys are compared as bytes */
};

struct cpa_answers_frame {
	uint32_t function;
	uint32_t line; /* 0: unknown */
};

/* frames[frame_begin ..+ frame_count); no frames: nothing is known, and that is known. */
struct cpa_answers_place {
	uint64_t vaddr; /* the file's own address */
	uint32_t frame_begin;
	uint32_t frame_count;
};

struct cpa_answers {
	struct cpa_intern texts;
	struct cpa_intern functions;
	struct cpa_answers_frame *frames;
	size_t frame_count, frame_capacity;
	struct cpa_answers_place *places; /* ascending by vaddr, after cpa_answers_sort */
	size_t place_count, place_capacity;
};

/*
 * Empty; and free all, fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_answers_init(struct cpa_answers *answers);
void cpa_answers_done(struct cpa_answers *answers);

/*
 * The number of a text, of a function.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
uint32_t cpa_answers_text(struct cpa_answers *answers, const char *text);
uint32_t cpa_answers_function(
	struct cpa_answers *answers, uint32_t name, uint32_t file, uint32_t start_line);

/*
 * The text of a number; the function of a number. Valid until the next one is added.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_answers_string(const struct cpa_answers *answers, uint32_t text);
const struct cpa_answers_function *cpa_answers_get(
	const struct cpa_answers *answers, uint32_t function);

/*
 * Begin the answer for an address, then add its frames, innermost first.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_answers_begin(struct cpa_answers *answers, uint64_t vaddr);
void cpa_answers_add(struct cpa_answers *answers, uint32_t function, uint32_t line);

/*
 * Add all places of other, as if they had been begun and added behind those of answers.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_answers_append(struct cpa_answers *answers, const struct cpa_answers *other);

/*
 * Put the places in order, before the first find; of an address answered twice the first answer
 * stays.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_answers_sort(struct cpa_answers *answers);

/*
 * The answer for an address, or NULL: it was never asked for.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_answers_place *cpa_answers_find(const struct cpa_answers *answers, uint64_t vaddr);

#endif
