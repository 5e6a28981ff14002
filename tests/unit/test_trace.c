/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do events come out of the buffers in each thread's order, whole, once, and counted where they are
 * lost; and do buffers of a trace that is over come back?
 * Not here: the file (test_trace_file.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/trace.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define THREADS 4
#define ROUNDS  100000u

/* What was seen of each of the threads, by the number that it puts into b. */
static uint64_t next_of[THREADS];
static uint32_t id_of[THREADS];
static uint64_t visited;

static int look(
	void *context, uint32_t thread_id, const struct cpa_trace_event *event, const char *text)
{
	char want[32];

	(void)context;
	visited++;
	assert_true(event->b < THREADS);
	assert_true(id_of[event->b] == 0 || id_of[event->b] == thread_id);
	id_of[event->b] = thread_id;
	/* In order; a gap is only where events were lost. */
	assert_true(event->a >= next_of[event->b]);
	next_of[event->b] = event->a + 1;
	assert_int_equal(event->stack, event->a & 0xffff);
	(void)snprintf(want, sizeof(want), "text %lu", (unsigned long)event->a);
	assert_int_equal(event->text_bytes, event->a % 3 ? strlen(want) : 0);
	assert_memory_equal(text, want, event->text_bytes);
	return 0;
}

static void add(uint64_t number, uint64_t thread)
{
	char text[32];
	int text_bytes = snprintf(text, sizeof(text), "text %lu", (unsigned long)number);

	cpa_trace_add(CPA_TRACE_LOG, (cpa_stack_id)(number & 0xffff), number, thread, text,
		number % 3 ? (size_t)text_bytes : 0);
}

static void begin_again(void)
{
	memset(next_of, 0, sizeof(next_of));
	memset(id_of, 0, sizeof(id_of));
	visited = 0;
	assert_int_equal(cpa_trace_begin(), 0);
}

static void test_off(void **state)
{
	(void)state;
	add(1, 0);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(visited, 0);
	assert_int_equal(cpa_trace_count().lost, 0);
}

static void test_order(void **state)
{
	(void)state;
	begin_again();
	assert_int_equal(cpa_trace_begin(), -EBUSY);
	for (uint64_t i = 0; i < 10000; i++) {
		add(i, 0);
		if (i % 700 == 0)
			assert_int_equal(cpa_trace_drain(look, NULL), 0);
	}
	cpa_trace_stop();
	add(10000, 0);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(next_of[0], 10000);
	assert_int_equal(visited, 10000);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(visited, 10000);
}

static _Atomic int running;

static void *add_many(void *arg)
{
	for (uint64_t i = 0; i < ROUNDS; i++)
		add(i, (uintptr_t)arg);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static void test_threads(void **state)
{
	uint64_t lost_before = cpa_trace_count().lost, events_before = cpa_trace_count().events;
	pthread_t threads[THREADS];

	(void)state;
	begin_again();
	atomic_store(&running, THREADS);
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, (void *)i), 0);
	while (atomic_load(&running))
		assert_int_equal(cpa_trace_drain(look, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	cpa_trace_stop();
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(
		visited + cpa_trace_count().lost - lost_before, (uint64_t)THREADS * ROUNDS);
	assert_int_equal(cpa_trace_count().events - events_before, visited);
}

/* A pool that nobody empties: what does not fit is lost and counted, and nothing breaks. */
static void test_full(void **state)
{
	uint64_t lost_before = cpa_trace_count().lost;
	uint64_t added = 0;

	(void)state;
	begin_again();
	while (cpa_trace_count().lost < lost_before + 1000)
		add(added++, 0);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(visited + 1000, added);
	assert_true(visited * CPA_TRACE_EVENT_BYTES > CPA_TRACE_POOL_BYTES / 4);
	/* There is room again. */
	add(added++, 0);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(visited + 1000, added);
	cpa_trace_stop();
}

/* What was kept of one trace is not in the next, and its chunk is used again. */
static void test_sessions(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		begin_again();
		add(7, 0);
		cpa_trace_stop();
	}
	begin_again();
	add(3, 0);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(visited, 1);
	cpa_trace_stop();
}

static int refuse(
	void *context, uint32_t thread_id, const struct cpa_trace_event *event, const char *text)
{
	(void)context;
	(void)thread_id;
	(void)event;
	(void)text;
	return -ENOSPC;
}

static void test_error(void **state)
{
	(void)state;
	begin_again();
	add(1, 0);
	add(2, 0);
	assert_int_equal(cpa_trace_drain(refuse, NULL), -ENOSPC);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(visited, 0);
	cpa_trace_stop();
}

static int look_when(
	void *context, uint32_t thread_id, const struct cpa_trace_event *event, const char *text)
{
	uint64_t *last_ns = context;

	(void)thread_id;
	(void)text;
	assert_int_equal(event->type, visited++ ? CPA_TRACE_LOG : CPA_TRACE_BLOCK);
	assert_true(event->time_ns >= *last_ns);
	*last_ns = event->time_ns;
	return 0;
}

/* An event stands at the moment that its caller read, else at its own. */
static void test_moment(void **state)
{
	uint64_t before_ns = cpa_clock_mono_ns() - 5000, last_ns = before_ns;

	(void)state;
	begin_again();
	cpa_trace_add_at(before_ns, CPA_TRACE_BLOCK, 7, CPA_TRACE_WAIT_LOCK);
	assert_int_equal(cpa_trace_drain(look_when, &last_ns), 0);
	assert_int_equal(last_ns, before_ns);
	add(1, 0);
	assert_int_equal(cpa_trace_drain(look_when, &last_ns), 0);
	assert_true(last_ns >= before_ns + 5000);
	assert_int_equal(visited, 2);
	cpa_trace_stop();
	cpa_trace_add_at(before_ns, CPA_TRACE_BLOCK, 7, CPA_TRACE_WAIT_LOCK);
	assert_int_equal(cpa_trace_drain(look, NULL), 0);
	assert_int_equal(visited, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
