/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frames tell a stack from the others of a table.
 * Not here: what lies below the program's own code (own.c), printing (report/cli/leaks.c).
 */
#include "report/profile/apart.h"

#include <stdbool.h>

#define MANY 3 /* two callers of a function may be chance, three make it a tool */

static size_t equal_frames(const struct cpa_apart_stack *left, const struct cpa_apart_stack *right)
{
	size_t count = 0;

	while (count < left->depth && count < right->depth &&
		left->frames[count] == right->frames[count])
		count++;
	return count;
}

static size_t bounded(size_t count)
{
	return count < CPA_APART_COMPARED ? count : CPA_APART_COMPARED;
}

/* Whether frame number skipped, and those before it, say nothing. */
static bool is_common(const struct cpa_apart_stack *stacks, size_t count, size_t at, size_t skipped)
{
	size_t sharing = 1, i;

	for (i = 0; i < bounded(count); i++) {
		size_t equal = i != at ? equal_frames(&stacks[i], &stacks[at]) : 0;

		/* Of equal stacks no frame tells. */
		if (equal <= skipped || equal == stacks[at].depth)
			continue;
		if (++sharing >= MANY || equal >= skipped + 2)
			return true;
	}
	return false;
}

size_t cpa_apart_skipped(const struct cpa_apart_stack *stacks, size_t count, size_t at)
{
	size_t skipped = 0;

	while (skipped + 1 < stacks[at].depth && is_common(stacks, count, at, skipped))
		skipped++;
	return skipped;
}

size_t cpa_apart_needed(const struct cpa_apart_stack *stacks, size_t count, size_t at)
{
	size_t needed = 1, i;

	for (i = 0; i < bounded(count); i++) {
		size_t equal = i != at ? equal_frames(&stacks[i], &stacks[at]) : 0;

		if (equal == stacks[at].depth && equal == stacks[i].depth)
			continue;
		if (equal >= needed)
			needed = equal < stacks[at].depth ? equal + 1 : equal;
	}
	return needed;
}
