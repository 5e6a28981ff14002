/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in a report that counts events and their time. */
#include "report/tallyrows.h"

#include <stdio.h>

#define LATE_ROWS 256u /* room for rows that are new while we count */

static bool next_sums(struct cpa_tallyrows *rows, struct cpa_tally_row *ret_row)
{
	if (cpa_tally_next(&rows->walk, ret_row))
		return true;
	if (rows->more_at == rows->more_count)
		return false;
	*ret_row = rows->more[rows->more_at++];
	return true;
}

/* To the nearest, but at least one: what stands there happened. */
static uint64_t round_count(double count)
{
	return count > 1 ? (uint64_t)(count + 0.5) : 1;
}

static bool next_row(void *context, struct cpa_pprof_row *ret_row)
{
	struct cpa_tally_row row;

	if (!next_sums(context, &row))
		return false;
	*ret_row = (struct cpa_pprof_row){
		.stack = row.stack,
		.label_set = row.label_set,
		.values = {(int64_t)round_count(row.count), (int64_t)(row.value_ns + 0.5)},
	};
	return true;
}

struct cpa_pprof_content cpa_tallyrows_pprof(
	struct cpa_tallyrows *rows, uint64_t period_ns, uint64_t duration_ns)
{
	struct cpa_pprof_content content = {
		.types = {{"contentions", "count"}, {"delay", "nanoseconds"}},
		.type_count = 2,
		.period_type = {"contentions", "count"},
		.period = 1,
		.duration_ns = duration_ns,
		.next = next_row,
		.context = rows,
	};

	if (rows->walk.kind == CPA_TALLY_CPU) {
		content.types[0] = (struct cpa_pprof_type){"samples", "count"};
		content.types[1] = (struct cpa_pprof_type){"cpu", "nanoseconds"};
		content.period_type = content.types[1];
		content.period = (int64_t)period_ns;
	}
	return content;
}

/* In the order of the text. */
enum { DELAY_NS, CONTENTIONS };

static bool next_line(void *context, struct cpa_text_row *ret_row)
{
	struct cpa_tally_row row;

	if (!next_sums(context, &row))
		return false;
	*ret_row = (struct cpa_text_row){
		.stack = row.stack,
		.label_set = row.label_set,
		.weight = (uint64_t)(row.value_ns + 0.5),
		.numbers = {[DELAY_NS] = (uint64_t)(row.value_ns + 0.5),
			[CONTENTIONS] = round_count(row.count)},
	};
	return true;
}

static void say_head(void *context, const uint64_t *sums, char *ret_text, size_t room_bytes)
{
	const struct cpa_tallyrows *rows = context;

	(void)sums;
	(void)snprintf(ret_text, room_bytes,
		rows->walk.kind == CPA_TALLY_MUTEX
			? "--- mutex:\ncycles/second=1000000000\nsampling period=1"
			: "--- contention:\ncycles/second=1000000000");
}

static void say_numbers(const uint64_t *numbers, char *ret_text, size_t room_bytes)
{
	(void)snprintf(ret_text, room_bytes, "%llu %llu", (unsigned long long)numbers[DELAY_NS],
		(unsigned long long)numbers[CONTENTIONS]);
}

struct cpa_text_content cpa_tallyrows_text(struct cpa_tallyrows *rows)
{
	return (struct cpa_text_content){
		.row_room = cpa_tally_rows(rows->walk.kind) + rows->more_count + LATE_ROWS,
		.next = next_line,
		.say_head = say_head,
		.say_numbers = say_numbers,
		.context = rows,
	};
}
