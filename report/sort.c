/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorting without malloc: least significant byte first, skipping bytes that are equal in all keys.
 */
#include "report/sort.h"

#include <errno.h>
#include <string.h>

#define BYTE_VALUES 256u

int cpa_sort(struct cpa_arena *arena, struct cpa_sort_item *items, size_t count)
{
	struct cpa_sort_item *scratch, *from = items, *to;

	if (count < 2)
		return 0;
	scratch = cpa_arena_alloc(arena, count * sizeof(*scratch));
	if (!scratch)
		return -ENOMEM;
	to = scratch;
	for (unsigned int shift = 0; shift < 64; shift += 8) {
		size_t starts[BYTE_VALUES] = {0};
		struct cpa_sort_item *swap;
		size_t start = 0;

		for (size_t i = 0; i < count; i++)
			starts[from[i].key >> shift & 0xff]++;
		if (starts[from[0].key >> shift & 0xff] == count)
			continue;
		for (unsigned int value = 0; value < BYTE_VALUES; value++) {
			size_t value_count = starts[value];

			starts[value] = start;
			start += value_count;
		}
		for (size_t i = 0; i < count; i++)
			to[starts[from[i].key >> shift & 0xff]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
	return 0;
}
