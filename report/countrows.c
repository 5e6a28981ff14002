/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in a report on one of the program's own profiles. */
#include "report/countrows.h"

#include <errno.h>
#include <stdio.h>

#include "report/sort.h"
#include "sampling/entries.h"

int cpa_countrows_begin(struct cpa_countrows *rows, const struct cpa_custom_profile *profile)
{
	struct cpa_entries_row *entries;
	struct cpa_sort_item *items;
	int error;

	*rows = (struct cpa_countrows){.name = cpa_custom_name(profile)};
	cpa_arena_init(&rows->arena, 0);
	error = cpa_entries_copy(profile, &rows->arena, &entries, &rows->entry_count);
	if (error)
		return error;
	items = cpa_arena_alloc(&rows->arena, (rows->entry_count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < rows->entry_count; i++)
		items[i].key = (uint64_t)entries[i].stack << 32 | entries[i].label_set;
	rows->entries = items;
	return cpa_sort(&rows->arena, items, rows->entry_count);
}

void cpa_countrows_done(struct cpa_countrows *rows)
{
	cpa_arena_done(&rows->arena);
}

/* How many entries the next place has; 0 at the end. */
static uint64_t next_place(struct cpa_countrows *rows, cpa_stack_id *ret_stack, uint32_t *ret_set)
{
	size_t first = rows->at;
	uint64_t key;

	if (first == rows->entry_count)
		return 0;
	key = rows->entries[first].key;
	while (rows->at < rows->entry_count && rows->entries[rows->at].key == key)
		rows->at++;
	*ret_stack = (cpa_stack_id)(key >> 32);
	*ret_set = (uint32_t)key;
	return rows->at - first;
}

static bool next_row(void *context, struct cpa_pprof_row *ret_row)
{
	*ret_row = (struct cpa_pprof_row){0};
	ret_row->values[0] = (int64_t)next_place(context, &ret_row->stack, &ret_row->label_set);
	return ret_row->values[0] != 0;
}

struct cpa_pprof_content cpa_countrows_pprof(struct cpa_countrows *rows)
{
	return (struct cpa_pprof_content){
		.types = {{rows->name, "count"}},
		.type_count = 1,
		.period_type = {rows->name, "count"},
		.period = 1,
		.next = next_row,
		.context = rows,
	};
}

static bool next_line(void *context, struct cpa_text_row *ret_row)
{
	*ret_row = (struct cpa_text_row){0};
	ret_row->numbers[0] = next_place(context, &ret_row->stack, &ret_row->label_set);
	ret_row->weight = ret_row->numbers[0];
	return ret_row->weight != 0;
}

static void say_head(void *context, const uint64_t *sums, char *ret_text, size_t room_bytes)
{
	const struct cpa_countrows *rows = context;

	(void)snprintf(ret_text, room_bytes, "%s profile: total %llu", rows->name,
		(unsigned long long)sums[0]);
}

static void say_numbers(const uint64_t *numbers, char *ret_text, size_t room_bytes)
{
	(void)snprintf(ret_text, room_bytes, "%llu", (unsigned long long)numbers[0]);
}

struct cpa_text_content cpa_countrows_text(struct cpa_countrows *rows)
{
	return (struct cpa_text_content){
		.row_room = rows->entry_count + 1,
		.next = next_line,
		.say_head = say_head,
		.say_numbers = say_numbers,
		.context = rows,
	};
}
