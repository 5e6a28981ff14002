/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened between two moments: the difference of two copies of a profile's rows. */
#include "report/delta.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/sizeclass.h"
#include "report/sort.h"

#define FIRST_ROOM 1024u

struct cpa_delta_row {
	uint64_t key;
	struct cpa_pprof_row row;
};

/* Label sets are below 2^14 (labels.h), classes of size below 2^10. */
static uint64_t key_of(const struct cpa_pprof_row *row)
{
	uint64_t size = row->has_bytes ? 1u + cpa_sizeclass_of(row->bytes) : 0;

	return (uint64_t)row->stack << 32 | (uint64_t)row->label_set << 16 | size;
}

/* All rows in order of arrival, in an array that doubles. */
static int collect(struct cpa_delta_copy *copy, const struct cpa_pprof_content *content)
{
	size_t room = 0;
	struct cpa_pprof_row row;

	while (content->next(content->context, &row)) {
		if (copy->count == room) {
			struct cpa_delta_row *rows;

			room = room ? 2 * room : FIRST_ROOM;
			rows = cpa_arena_alloc(&copy->arena, room * sizeof(*rows));
			if (!rows)
				return -ENOMEM;
			if (copy->count)
				memcpy(rows, copy->rows, copy->count * sizeof(*rows));
			copy->rows = rows;
		}
		copy->rows[copy->count++] = (struct cpa_delta_row){.key = key_of(&row), .row = row};
	}
	return 0;
}

/* In order of the keys, with one row for each. */
static int arrange(struct cpa_delta_copy *copy)
{
	struct cpa_sort_item *items =
		cpa_arena_alloc(&copy->arena, (copy->count + 1) * sizeof(*items));
	struct cpa_delta_row *rows =
		cpa_arena_alloc(&copy->arena, (copy->count + 1) * sizeof(*rows));
	size_t used = 0;

	if (!items || !rows)
		return -ENOMEM;
	for (size_t i = 0; i < copy->count; i++)
		items[i] = (struct cpa_sort_item){.key = copy->rows[i].key, .value = i};
	if (cpa_sort(&copy->arena, items, copy->count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < copy->count; i++) {
		const struct cpa_delta_row *row = &copy->rows[items[i].value];

		if (!used || rows[used - 1].key != row->key) {
			rows[used++] = *row;
			continue;
		}
		for (size_t j = 0; j < CPA_PPROF_VALUES_MAX; j++)
			rows[used - 1].row.values[j] += row->row.values[j];
	}
	copy->rows = rows;
	copy->count = used;
	return 0;
}

int cpa_delta_copy(struct cpa_delta_copy *ret_copy, const struct cpa_pprof_content *content)
{
	int error;

	*ret_copy = (struct cpa_delta_copy){.content = *content, .time_ns = cpa_clock_mono_ns()};
	ret_copy->content.next = NULL;
	ret_copy->content.context = NULL;
	cpa_arena_init(&ret_copy->arena, 0);
	error = collect(ret_copy, content);
	return error ? error : arrange(ret_copy);
}

void cpa_delta_done(struct cpa_delta_copy *copy)
{
	cpa_arena_done(&copy->arena);
}

static bool is_kept(const struct cpa_delta *delta, size_t value)
{
	const char *type = delta->later->content.types[value].type;

	return delta->keeps_inuse && !strncmp(type, "inuse_", strlen("inuse_"));
}

/* The next place of either copy, with the difference. False: no more. */
static bool step(struct cpa_delta *delta, struct cpa_pprof_row *ret_row)
{
	const struct cpa_delta_row *earlier = NULL, *later = NULL;

	if (delta->earlier_at < delta->earlier->count)
		earlier = &delta->earlier->rows[delta->earlier_at];
	if (delta->later_at < delta->later->count)
		later = &delta->later->rows[delta->later_at];
	if (!earlier && !later)
		return false;
	if (earlier && later && earlier->key != later->key) {
		if (earlier->key < later->key)
			later = NULL;
		else
			earlier = NULL;
	}
	delta->earlier_at += earlier != NULL;
	delta->later_at += later != NULL;
	*ret_row = later ? later->row : earlier->row;
	for (size_t i = 0; i < delta->later->content.type_count; i++)
		ret_row->values[i] = (later ? later->row.values[i] : 0) -
				     (earlier && !is_kept(delta, i) ? earlier->row.values[i] : 0);
	return true;
}

static bool next_row(void *context, struct cpa_pprof_row *ret_row)
{
	struct cpa_delta *delta = context;

	while (step(delta, ret_row))
		for (size_t i = 0; i < delta->later->content.type_count; i++)
			if (ret_row->values[i])
				return true;
	return false;
}

struct cpa_pprof_content cpa_delta_content(struct cpa_delta *delta)
{
	struct cpa_pprof_content content = delta->later->content;

	content.duration_ns = delta->later->time_ns - delta->earlier->time_ns;
	content.next = next_row;
	content.context = delta;
	return content;
}
