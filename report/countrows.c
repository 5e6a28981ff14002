/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in a report that counts things. */
#include "report/countrows.h"

#include <errno.h>
#include <stdio.h>

#include "report/sort.h"
#include "sampling/entries.h"

#define LATE_ROWS 256u /* room for places that are new while we count */

int cpa_countrows_begin(struct cpa_countrows *rows, const struct cpa_custom_profile *profile)
{
	struct cpa_entries_row *entries;
	struct cpa_sort_item *items;
	int error;

	*rows = (struct cpa_countrows){
		.name = cpa_custom_name(profile),
		.of_threads = cpa_custom_is_builtin(profile),
	};
	cpa_arena_init(&rows->arena, 0);
	if (rows->of_threads)
		return 0;
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

/* A row: so many there now, and of threads so many created. */
struct place {
	cpa_stack_id stack;
	uint32_t label_set;
	uint64_t count;
	uint64_t live;
};

static bool next_entries(struct cpa_countrows *rows, struct place *ret_place)
{
	size_t first = rows->at;
	uint64_t key;

	if (first == rows->entry_count)
		return false;
	key = rows->entries[first].key;
	while (rows->at < rows->entry_count && rows->entries[rows->at].key == key)
		rows->at++;
	*ret_place = (struct place){
		.stack = (cpa_stack_id)(key >> 32),
		.label_set = (uint32_t)key,
		.count = rows->at - first,
	};
	return true;
}

static bool next_place(struct cpa_countrows *rows, struct place *ret_place)
{
	struct cpa_threadcreate_row row;

	if (!rows->of_threads)
		return next_entries(rows, ret_place);
	if (!cpa_threadcreate_next(&rows->walk, &row))
		return false;
	*ret_place = (struct place){
		.stack = row.stack,
		.label_set = row.label_set,
		.count = row.created,
		.live = row.live,
	};
	return true;
}

static bool next_row(void *context, struct cpa_pprof_row *ret_row)
{
	struct place place;

	if (!next_place(context, &place))
		return false;
	*ret_row = (struct cpa_pprof_row){
		.stack = place.stack,
		.label_set = place.label_set,
		.values = {(int64_t)place.count, (int64_t)place.live},
	};
	return true;
}

struct cpa_pprof_content cpa_countrows_pprof(struct cpa_countrows *rows)
{
	return (struct cpa_pprof_content){
		.types = {{rows->name, "count"}, {"live", "count"}},
		.type_count = rows->of_threads ? 2 : 1,
		/* As in Go, where it is the only one. */
		.default_type = rows->of_threads ? rows->name : NULL,
		.period_type = {rows->name, "count"},
		.period = 1,
		.next = next_row,
		.context = rows,
	};
}

static bool next_line(void *context, struct cpa_text_row *ret_row)
{
	struct place place;

	if (!next_place(context, &place))
		return false;
	*ret_row = (struct cpa_text_row){
		.stack = place.stack,
		.label_set = place.label_set,
		.weight = place.count,
		.numbers = {place.count},
	};
	return true;
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

static uint64_t thread_places(void)
{
	struct cpa_threadcreate_walk walk = {0};
	struct cpa_threadcreate_row row;
	uint64_t count = 0;

	while (cpa_threadcreate_next(&walk, &row))
		count++;
	return count;
}

struct cpa_text_content cpa_countrows_text(struct cpa_countrows *rows)
{
	return (struct cpa_text_content){
		.row_room = rows->of_threads ? thread_places() + LATE_ROWS : rows->entry_count + 1,
		.next = next_line,
		.say_head = say_head,
		.say_numbers = say_numbers,
		.context = rows,
	};
}
