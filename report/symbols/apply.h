/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers become functions and lines of a profile.
 * Not here: finding the answers (dwarf.h, symtab.h), which locations want any (symbolize.h).
 */
#ifndef CPA_SYMBOLS_APPLY_H
#define CPA_SYMBOLS_APPLY_H

#include "report/symbols/answers.h"
#include "report/symbols/symbolize.h"

/* New strings and functions of one profile, each once for all its mappings. */
struct cpa_apply {
	struct cpa_profile *profile;
	struct cpa_intern strings;
	uint32_t *string_numbers; /* in the profile, by the number in strings */
	size_t string_capacity;
	struct cpa_intern functions;
	uint32_t *function_numbers;
	size_t function_capacity;
	uint64_t next_id; /* of functions */
	size_t first_new; /* function */
	const struct cpa_answers *answers;
	uint32_t *known; /* by the number in answers: the profile's function + 1; 0: not yet */
};

/*
 * Begin with a profile; and free all.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_apply_init(struct cpa_apply *ret_apply, struct cpa_profile *profile);
void cpa_apply_done(struct cpa_apply *apply);

/*
 * The answers that the next calls of cpa_apply_place are about; they stay as they are meanwhile.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_apply_begin(struct cpa_apply *apply, const struct cpa_answers *answers);

/*
 * Give a location the frames of its answer; counts go to mapping. A location that only its name is
 * found of keeps a better one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_apply_place(struct cpa_apply *apply, const struct cpa_answers_place *place,
	uint32_t location, struct cpa_symbolize_mapping *counts);

/*
 * Name the new functions, and drop those that no location has any more.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_apply_finish(struct cpa_apply *apply);

#endif
