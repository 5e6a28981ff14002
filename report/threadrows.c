/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in a dump of the program's threads. */
#include "report/threadrows.h"

#include <errno.h>
#include <stdio.h>

#include "sampling/roster.h"

#define NAME "goroutine"

int cpa_threadrows_begin(struct cpa_threadrows *rows, uint32_t calling_tid)
{
	int error;

	*rows = (struct cpa_threadrows){0};
	cpa_arena_init(&rows->arena, 0);
	error = cpa_threads_collect(&rows->arena, calling_tid, &rows->dump);
	if (error)
		return error;
	rows->groups =
		cpa_arena_alloc(&rows->arena, (rows->dump.count + 1) * sizeof(*rows->groups));
	if (!rows->groups)
		return -ENOMEM;
	for (size_t i = 0; i < rows->dump.count; i++)
		rows->groups[i].key =
			(uint64_t)rows->dump.rows[i].stack << 32 | rows->dump.rows[i].label_set;
	return cpa_sort(&rows->arena, rows->groups, rows->dump.count);
}

void cpa_threadrows_done(struct cpa_threadrows *rows)
{
	cpa_arena_done(&rows->arena);
}

const char *cpa_threadrows_state(char state)
{
	switch (state) {
	case 'R':
		return "running"; /* or ready to */
	case 'S':
		return "sleep";
	case 'D':
		return "uninterruptible";
	case 'T':
		return "stopped";
	case 't':
		return "traced";
	case 'I':
		return "idle";
	default:
		return "unknown";
	}
}

static bool next_row(void *context, struct cpa_pprof_row *ret_row)
{
	struct cpa_threadrows *rows = context;
	const struct cpa_threads_row *row = &rows->dump.rows[rows->at];

	if (rows->at == rows->dump.count)
		return false;
	rows->at++;
	*ret_row = (struct cpa_pprof_row){
		.stack = row->stack,
		.label_set = row->label_set,
		.tid = row->tid,
		.thread_name = row->name,
		.thread_state = cpa_threadrows_state(row->state),
		.values = {1},
	};
	return true;
}

struct cpa_pprof_content cpa_threadrows_pprof(struct cpa_threadrows *rows)
{
	rows->at = 0;
	return (struct cpa_pprof_content){
		.types = {{NAME, "count"}},
		.type_count = 1,
		.period_type = {NAME, "count"},
		.period = 1,
		.next = next_row,
		.context = rows,
	};
}

static bool next_line(void *context, struct cpa_text_row *ret_row)
{
	struct cpa_threadrows *rows = context;
	size_t first = rows->at;
	uint64_t key;

	if (first == rows->dump.count)
		return false;
	key = rows->groups[first].key;
	while (rows->at < rows->dump.count && rows->groups[rows->at].key == key)
		rows->at++;
	*ret_row = (struct cpa_text_row){
		.stack = (cpa_stack_id)(key >> 32),
		.label_set = (uint32_t)key,
		.weight = rows->at - first,
		.numbers = {rows->at - first},
	};
	return true;
}

static void say_head(void *context, const uint64_t *sums, char *ret_text, size_t room_bytes)
{
	(void)context;
	(void)snprintf(
		ret_text, room_bytes, NAME " profile: total %llu", (unsigned long long)sums[0]);
}

static void say_numbers(const uint64_t *numbers, char *ret_text, size_t room_bytes)
{
	(void)snprintf(ret_text, room_bytes, "%llu", (unsigned long long)numbers[0]);
}

struct cpa_text_content cpa_threadrows_text(struct cpa_threadrows *rows)
{
	rows->at = 0;
	return (struct cpa_text_content){
		.row_room = rows->dump.count + 1,
		.next = next_line,
		.say_head = say_head,
		.say_numbers = say_numbers,
		.context = rows,
	};
}

void cpa_threadrows_describe(const struct cpa_threadrows *rows, struct cpa_line *line)
{
	const struct cpa_threads_dump *dump = &rows->dump;

	cpa_line_add(line, NAME ":");
	cpa_line_add_pair(line, "threads", dump->count);
	cpa_line_add_pair(line, "threads_by_signal", dump->by_signal);
	cpa_line_add_pair(line, "threads_not_asked", dump->not_asked);
	cpa_line_add_pair(line, "threads_no_answer", dump->no_answer);
	cpa_line_add_pair(line, "threads_unlisted", cpa_roster_lost_count());
	cpa_line_add_pair(line, "pause_max_ns", dump->pause_max_ns);
	cpa_line_add_pair(line, "elapsed_ns", dump->elapsed_ns);
}
