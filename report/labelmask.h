/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sets of labels a report is asked for: those that have all of some labels.
 * Not here: the sets (sampling/labels.h), reading what is asked for (report/http/labels.c).
 *
 * Wanted labels are one text, "key\0value\0key\0value\0\0"; the empty key is the end.
 */
#ifndef CPA_REPORT_LABELMASK_H
#define CPA_REPORT_LABELMASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "sampling/labels.h"

/* Each set is looked at once, when the first row of it comes. */
struct cpa_labelmask {
	const char *wanted;
	uint8_t verdicts[CPA_LABELS_SETS_MAX + 1];
};

/*
 * A mask in the arena, for wanted labels that stay; wanted NULL: *ret_mask is NULL, which keeps
 * all. 0 or -ENOMEM.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_labelmask_new(
	struct cpa_arena *arena, const char *wanted, struct cpa_labelmask **ret_mask);

/*
 * Has this set, 0 for no labels, all that is wanted?
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_labelmask_keeps(struct cpa_labelmask *mask, uint32_t set);

/*
 * The wanted labels for people: "key=value, key=value", cut where the room ends.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_labelmask_say(const char *wanted, char *ret_text, size_t room_bytes);

#endif
