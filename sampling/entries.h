/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in the program's own profiles: which of its things are open, and where each was opened.
 * Not here: the profiles (custom.c), the stack of that moment (capture.c).
 */
#ifndef CPA_SAMPLING_ENTRIES_H
#define CPA_SAMPLING_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "sampling/custom.h"
#include "sampling/stacks.h"

/* What is open from one place. */
struct cpa_entries_row {
	cpa_stack_id stack;
	uint32_t label_set;
};

/*
 * Make the table of entries, if it is not there yet. 0 or -ENOMEM (store full).
 *
 * Thread: any, one at a time
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_entries_make_table(void);

/*
 * Enter a value. 0; -EEXIST: it is in this profile already (nothing changes); -ENOMEM: the store is
 * full, counted.
 *
 * Thread: any. Takes one shard's lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_entries_add(struct cpa_custom_profile *profile, const void *value,
	cpa_stack_id stack, uint32_t label_set);

/*
 * Take a value out. 0 or -ENOENT.
 *
 * Thread: any. Takes one shard's lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_entries_remove(struct cpa_custom_profile *profile, const void *value);

/*
 * Copy a row for each entry, one shard at a time: what is added or removed meanwhile is in it or
 * not. 0 or -ENOMEM.
 *
 * Thread: any. Takes one shard's lock at a time.
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_entries_copy(const struct cpa_custom_profile *profile,
	struct cpa_arena *arena, struct cpa_entries_row **ret_rows, size_t *ret_count);

/*
 * Around fork: hold every lock, give them back, or free them in the child.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_entries_prefork(void);
void cpa_entries_postfork_parent(void);
void cpa_entries_postfork_child(void);

#endif
