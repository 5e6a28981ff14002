/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are the bytes of a trace those of Go's format, and is the story of each thread one that readers
 * believe, also where events were lost or a thread was there before the trace?
 * Not here: a real reader (trace.bats), the buffers (test_trace.c).
 */
#include "tests/unit/cmocka_all.h"

#include "report/trace_file.h"
#include "report/trace_out.h"

#include <stdio.h>
#include <string.h>

static uint8_t bytes[1 << 20];
static size_t byte_count;

static int keep(void *context, const void *from, size_t size_bytes)
{
	(void)context;
	assert_true(byte_count + size_bytes <= sizeof(bytes));
	memcpy(bytes + byte_count, from, size_bytes);
	byte_count += size_bytes;
	return 0;
}

static const struct cpa_fd_sink sink = {.write = keep};

static uint64_t number_at(size_t *at)
{
	uint64_t number = 0;
	int shift = 0;

	do {
		assert_true(*at < byte_count);
		number |= (uint64_t)(bytes[*at] & 0x7f) << shift;
		shift += 7;
	} while (bytes[(*at)++] & 0x80);
	return number;
}

/*
 * The events in the order of the file, as "type(number,...)" without their times, through a reader
 * written from the description alone. Stacks and strings are left out.
 */
static void read_story(char *story, size_t room_bytes)
{
	size_t used_bytes = 0, at = 16;

	assert_memory_equal(bytes, "go 1.19 trace\0\0\0", 16);
	story[0] = '\0';
	while (at < byte_count) {
		uint32_t type = bytes[at] & 0x3f, more = bytes[at] >> 6;
		uint64_t numbers[8];
		size_t count = 0, end;

		at++;
		if (type == 37) {
			(void)number_at(&at);
			at += number_at(&at);
			continue;
		}
		if (more == 3) {
			end = number_at(&at);
			end += at;
			if (type == 3) {
				at = end;
				continue;
			}
			while (at < end) {
				assert_true(count < 8);
				numbers[count++] = number_at(&at);
			}
			assert_int_equal(at, end);
		} else {
			while (count <= more)
				numbers[count++] = number_at(&at);
		}
		if (type == CPA_TRACE_OUT_LOG)
			at += number_at(&at);
		if (type == 1 || type == 2 || type == CPA_TRACE_OUT_GOMAXPROCS)
			continue;
		used_bytes +=
			(size_t)snprintf(story + used_bytes, room_bytes - used_bytes, "%u(", type);
		for (size_t i = 1; i < count; i++)
			used_bytes += (size_t)snprintf(story + used_bytes, room_bytes - used_bytes,
				"%s%lu", i > 1 ? "," : "", (unsigned long)numbers[i]);
		used_bytes += (size_t)snprintf(story + used_bytes, room_bytes - used_bytes, ") ");
	}
	assert_int_equal(at, byte_count);
}

static int make(void **state)
{
	(void)state;
	return cpa_store_init((size_t)1 << 20, 128) || cpa_stacks_init();
}

/* The story of these events of thread 5, as a file has it. */
static const char *story_of(
	const struct cpa_trace_event *events, const char *const *texts, size_t count)
{
	static char story[4096];
	struct cpa_trace_file *file;
	struct cpa_arena arena;

	byte_count = 0;
	cpa_arena_init(&arena, 0);
	file = cpa_trace_file_new(&arena, 1000, sink);
	assert_non_null(file);
	for (size_t i = 0; i < count; i++) {
		struct cpa_trace_event event = events[i];

		event.time_ns = 2000 + i;
		event.text_bytes = texts && texts[i] ? (uint16_t)strlen(texts[i]) : 0;
		assert_int_equal(cpa_trace_file_event(file, 5, &event, texts ? texts[i] : ""), 0);
	}
	assert_int_equal(cpa_trace_file_end(file, 9, 5000, 0, false), 0);
	cpa_arena_done(&arena);
	read_story(story, sizeof(story));
	return story;
}

#define STORY(...)                                                                                 \
	story_of((const struct cpa_trace_event[]){__VA_ARGS__}, NULL,                              \
		sizeof((const struct cpa_trace_event[]){__VA_ARGS__}) /                            \
			sizeof(struct cpa_trace_event))

static void test_life(void **state)
{
	(void)state;
	assert_string_equal(STORY({.type = CPA_TRACE_BEGIN}, {.type = CPA_TRACE_BLOCK},
				    {.type = CPA_TRACE_WAKE}, {.type = CPA_TRACE_END}),
		"5(5) 13(5,1,0) 38(5) 25(0) 39(5,0) 38(5) 15() 6() ");
	/* The kinds of waits. */
	assert_string_equal(STORY({.type = CPA_TRACE_BEGIN},
				    {.type = CPA_TRACE_BLOCK, .a = CPA_TRACE_WAIT_CONDITION}),
		"5(5) 13(5,1,0) 38(5) 26(0) ");
	assert_string_equal(STORY({.type = CPA_TRACE_BEGIN},
				    {.type = CPA_TRACE_BLOCK, .a = CPA_TRACE_WAIT_OTHER}),
		"5(5) 13(5,1,0) 38(5) 20(0) ");
}

static void test_there_before(void **state)
{
	(void)state;
	assert_string_equal(STORY({.type = CPA_TRACE_BLOCK}), "5(5) 13(5,1,0) 38(5) 25(0) ");
	assert_string_equal(
		STORY({.type = CPA_TRACE_WAKE}), "5(5) 13(5,1,0) 31(5) 39(5,0) 38(5) 18(0) ");
	assert_string_equal(STORY({.type = CPA_TRACE_END}), "5(5) 13(5,1,0) 38(5) 15() 6() ");
}

/* Whichever event is missing, none follows that a reader would refuse. */
static void test_lost(void **state)
{
	(void)state;
	assert_string_equal(STORY({.type = CPA_TRACE_BLOCK}, {.type = CPA_TRACE_BLOCK}),
		"5(5) 13(5,1,0) 38(5) 25(0) 39(5,0) 38(5) 25(0) ");
	assert_string_equal(STORY({.type = CPA_TRACE_BEGIN}, {.type = CPA_TRACE_WAKE}),
		"5(5) 13(5,1,0) 38(5) 18(0) ");
	assert_string_equal(STORY({.type = CPA_TRACE_BLOCK}, {.type = CPA_TRACE_END}),
		"5(5) 13(5,1,0) 38(5) 25(0) 39(5,0) 38(5) 15() 6() ");
	/* The number is given out again: another goroutine. */
	assert_string_equal(STORY({.type = CPA_TRACE_BEGIN}, {.type = CPA_TRACE_END},
				    {.type = CPA_TRACE_BEGIN}),
		"5(5) 13(5,1,0) 38(5) 15() 6() 5(5) 13(4294967301,1,0) 38(4294967301) 18(0) ");
}

static void test_regions(void **state)
{
	const struct cpa_trace_event events[] = {
		{.type = CPA_TRACE_BEGIN}, {.type = CPA_TRACE_REGION_BEGIN, .a = 7},
		{.type = CPA_TRACE_REGION_BEGIN, .a = 8},
		{.type = CPA_TRACE_REGION_END, .a = 9}, /* never began */
		{.type = CPA_TRACE_REGION_END, .a = 7}, /* ends the inner one too */
		{.type = CPA_TRACE_REGION_END, .a = 8}, /* over already */
	};
	const char *const texts[] = {NULL, "out", "in", "in", "out", "in"};

	(void)state;
	assert_string_equal(story_of(events, texts, 6),
		"5(5) 13(5,1,0) 38(5) 47(7,0,1,0) 47(8,0,2,0) 47(8,1,2,0) 47(7,1,1,0) 18(0) ");
}

static void test_tasks_and_messages(void **state)
{
	const struct cpa_trace_event events[] = {
		{.type = CPA_TRACE_TASK_BEGIN, .a = 2, .b = 1},
		{.type = CPA_TRACE_LOG, .a = 2, .b = 3},
		{.type = CPA_TRACE_TASK_END, .a = 2},
		{.type = CPA_TRACE_CPU, .a = 5, .b = 1999},
	};
	const char *const texts[] = {"login", "keymessage", NULL, NULL};

	(void)state;
	assert_string_equal(story_of(events, texts, 4),
		"5(5) 13(5,1,0) 38(5) 45(2,1,1,0) 48(2,2,0) 46(2,0) 49(1999,5,5,0) 18(0) ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_there_before),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_regions),
		cmocka_unit_test(test_tasks_and_messages),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
