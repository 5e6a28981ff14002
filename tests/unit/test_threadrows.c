/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do the rows of a dump of threads group as readers expect, and does its text have the form of a
 * Go program's panic whatever a thread is called?
 * Not here: the dump itself (test_threads.c), whole files (goroutine.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/threadrows.h"
#include "report/threadtext.h"
#include "sampling/labels.h"

#include <string.h>

static cpa_stack_id stacks[2];

static int make(void **state)
{
	(void)state;
	if (cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init() || cpa_labels_init())
		return -1;
	stacks[0] = cpa_stacks_intern(&(uint64_t){CPA_STACKS_PSEUDO_NO_ANSWER}, 1);
	stacks[1] = cpa_stacks_intern((uint64_t[]){0x10, CPA_STACKS_PSEUDO_TRUNCATED}, 2);
	return 0;
}

/* Four threads: three with one stack, of which one has labels. */
static void fill(struct cpa_threads_row rows[4])
{
	memset(rows, 0, 4 * sizeof(rows[0]));
	for (uint32_t i = 0; i < 4; i++)
		rows[i] = (struct cpa_threads_row){
			.tid = 100 + i,
			.stack = stacks[i == 3],
			.label_set = i == 1,
			.state = "RSDT"[i],
		};
	(void)strcpy(rows[0].name, "plain");
	(void)strcpy(rows[1].name, "[a], (b)\n\x01");
	(void)strcpy(rows[3].name, "\xff");
}

static void test_rows(void **state)
{
	struct cpa_threads_row threads[4];
	struct cpa_sort_item groups[4];
	struct cpa_threadrows rows = {.dump = {.rows = threads, .count = 4}, .groups = groups};
	struct cpa_pprof_content pprof;
	struct cpa_text_content text;
	struct cpa_pprof_row row;
	struct cpa_text_row line;
	uint64_t total = 0, lines = 0;

	(void)state;
	fill(threads);
	for (int i = 0; i < 4; i++)
		groups[i].key = (uint64_t)threads[i].stack << 32 | threads[i].label_set;
	cpa_arena_init(&rows.arena, 0);
	assert_int_equal(cpa_sort(&rows.arena, groups, 4), 0);
	pprof = cpa_threadrows_pprof(&rows);
	assert_int_equal(pprof.type_count, 1);
	assert_string_equal(pprof.types[0].type, "goroutine");
	assert_string_equal(pprof.types[0].unit, "count");
	assert_string_equal(pprof.period_type.type, "goroutine");
	assert_int_equal(pprof.period, 1);
	for (uint32_t i = 0; i < 4; i++) {
		assert_true(pprof.next(pprof.context, &row));
		assert_int_equal(row.tid, 100 + i);
		assert_int_equal(row.values[0], 1);
	}
	assert_string_equal(row.thread_state, "stopped");
	assert_false(pprof.next(pprof.context, &row));
	text = cpa_threadrows_text(&rows);
	while (text.next(text.context, &line)) {
		lines++;
		total += line.numbers[0];
		assert_int_equal(line.weight, line.numbers[0]);
	}
	assert_int_equal(lines, 3);
	assert_int_equal(total, 4);
	cpa_threadrows_done(&rows);
}

struct text {
	size_t used_bytes;
	char bytes[4096];
};

static int take(void *context, const void *bytes, size_t size_bytes)
{
	struct text *text = context;

	assert_true(text->used_bytes + size_bytes < sizeof(text->bytes));
	memcpy(text->bytes + text->used_bytes, bytes, size_bytes);
	text->used_bytes += size_bytes;
	return 0;
}

static int refuse(void *context, const void *bytes, size_t size_bytes)
{
	(void)context;
	(void)bytes;
	(void)size_bytes;
	return -28;
}

static void test_text(void **state)
{
	struct cpa_threads_row threads[4];
	struct cpa_threads_dump dump = {.rows = threads, .count = 4};
	struct text text = {0};
	struct cpa_fd_sink sink = {.write = take, .context = &text};

	(void)state;
	fill(threads);
	assert_int_equal(cpa_threadtext_write(&dump, true, sink), 0);
	assert_non_null(
		strstr(text.bytes, "goroutine 100 [running (plain)]:\n[no answer](...)\n\t??:0 +"));
	assert_non_null(strstr(text.bytes, "\n\ngoroutine 101 [sleep (_a__ _b_"));
	assert_non_null(
		strstr(text.bytes, "\n\ngoroutine 102 [uninterruptible]:\n[no answer](...)\n"));
	assert_non_null(strstr(text.bytes, "\n\ngoroutine 103 [stopped ("));
	assert_non_null(strstr(text.bytes, "[anon](...)\n"));
	assert_non_null(strstr(text.bytes, "[truncated](...)\n"));
	assert_null(strchr(text.bytes, '\x01'));
	assert_null(strchr(text.bytes, '\xff'));
	sink.write = refuse;
	assert_int_equal(cpa_threadtext_write(&dump, true, sink), -28);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
