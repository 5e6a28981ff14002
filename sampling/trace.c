/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each thread's events, in buffers of its own.
 *
 *   pool -> chunk, chunk, ...     FREE -> TAKEN -> OWNED -> FULL -> FREE
 *
 * Only its thread takes a chunk from OWNED to FULL, or gives it back when the trace is over, so
 * that an event that is written a little too late goes nowhere else. Only the reader frees a FULL
 * one.
 */
#include "sampling/trace.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/gate.h"

#define CHUNK_BYTES  ((size_t)16 << 10)
#define CHUNKS       (CPA_TRACE_POOL_BYTES / CHUNK_BYTES)
#define CHUNK_EVENTS (CHUNK_BYTES / CPA_TRACE_EVENT_BYTES - 2)
#define PRESS_CHUNKS (CHUNKS / 8) /* taken since the last drain: time for the next */

enum state { FREE, TAKEN, OWNED, FULL };

struct chunk {
	_Atomic uint32_t state;
	uint32_t thread_id;
	_Atomic uint32_t used; /* places filled; released after what is in them */
	uint32_t read;         /* of these; the reader's */
	uint64_t order;        /* of taking, over all threads */
	uint32_t session;
	uint32_t pad;
	struct cpa_trace_event events[CHUNK_EVENTS];
};

_Static_assert(sizeof(struct chunk) <= CHUNK_BYTES, "a chunk is as large as it says");
_Static_assert(CPA_TRACE_TEXT_MAX / CPA_TRACE_EVENT_BYTES + 2 < CHUNK_EVENTS, "a text fits");

bool cpa_trace_is_on;

static struct chunk *pool; /* [CHUNKS], from the first trace on */
static struct cpa_lock begin_lock;
static _Atomic uint32_t session_now; /* number of the trace that runs, or ran last */
static _Atomic uint64_t next_order;
static _Atomic uint32_t next_chunk;  /* where the search begins */
static _Atomic uint32_t chunk_limit; /* from here on none was ever taken */
static _Atomic uint32_t taken_count; /* since the last drain */
static _Atomic uint32_t pressed;     /* the reader shall come */
static uint64_t event_count;         /* by the reader */
static uint64_t lost_count;

static CPA_TLS_IE struct chunk *own;

static struct chunk *chunk_at(size_t index)
{
	return (struct chunk *)((char *)pool + index * CHUNK_BYTES);
}

static int begin_locked(void)
{
	void *mapped;

	if (__atomic_load_n(&cpa_trace_is_on, __ATOMIC_RELAXED))
		return -EBUSY;
	if (!pool) {
		mapped = mmap(NULL, CPA_TRACE_POOL_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (mapped == MAP_FAILED)
			return -ENOMEM;
		(void)madvise(mapped, CPA_TRACE_POOL_BYTES, MADV_NOHUGEPAGE);
		pool = mapped;
	}
	atomic_fetch_add(&session_now, 1);
	/* release: who sees it on sees the pool and the number of the trace. */
	__atomic_store_n(&cpa_trace_is_on, true, __ATOMIC_RELEASE);
	return 0;
}

int cpa_trace_begin(void)
{
	int kept_errno = errno;
	int result;

	cpa_lock_acquire(&begin_lock);
	result = begin_locked();
	cpa_lock_release(&begin_lock);
	errno = kept_errno;
	return result;
}

void cpa_trace_stop(void)
{
	__atomic_store_n(&cpa_trace_is_on, false, __ATOMIC_RELEASE);
}

void cpa_trace_press(void)
{
	atomic_store(&pressed, 1);
	cpa_lock_wake(&pressed);
}

void cpa_trace_wait(uint64_t timeout_ns)
{
	if (!atomic_load(&pressed))
		cpa_lock_wait(&pressed, 0, timeout_ns);
}

/* The next search begins behind it. */
static void note_taken(uint32_t index)
{
	uint32_t limit = atomic_load_explicit(&chunk_limit, memory_order_relaxed);

	atomic_store_explicit(&next_chunk, (index + 1) % CHUNKS, memory_order_relaxed);
	/* Before next_order, by which the reader judges what it must have seen. */
	while (index >= limit && !atomic_compare_exchange_weak(&chunk_limit, &limit, index + 1))
		;
}

static struct chunk *chunk_take(uint32_t session)
{
	uint32_t first = atomic_load_explicit(&next_chunk, memory_order_relaxed);

	for (uint32_t i = 0; i < CHUNKS; i++) {
		struct chunk *chunk = chunk_at((first + i) % CHUNKS);
		uint32_t expected = FREE;

		if (atomic_load_explicit(&chunk->state, memory_order_relaxed) != FREE ||
			!atomic_compare_exchange_strong_explicit(&chunk->state, &expected, TAKEN,
				memory_order_acquire, memory_order_relaxed))
			continue;
		note_taken((first + i) % CHUNKS);
		chunk->thread_id = cpa_gate_thread_id();
		chunk->session = session;
		chunk->read = 0;
		chunk->order = atomic_fetch_add(&next_order, 1);
		atomic_store_explicit(&chunk->used, 0, memory_order_relaxed);
		atomic_store_explicit(&chunk->state, OWNED, memory_order_release);
		if (atomic_fetch_add(&taken_count, 1) + 1 == PRESS_CHUNKS)
			cpa_trace_press();
		return chunk;
	}
	return NULL;
}

/* Of this trace: for the reader. Of one that is over: nobody reads it. */
static void chunk_leave(uint32_t session)
{
	atomic_store_explicit(
		&own->state, own->session == session ? FULL : FREE, memory_order_release);
	own = NULL;
}

/* Room for so many places in this thread's chunk; NULL: none, counted. */
static struct cpa_trace_event *room_for(uint32_t places)
{
	uint32_t session = atomic_load_explicit(&session_now, memory_order_relaxed);

	if (own && (own->session != session ||
			   atomic_load_explicit(&own->used, memory_order_relaxed) + places >
				   CHUNK_EVENTS))
		chunk_leave(session);
	if (!own)
		own = chunk_take(session);
	if (!own) {
		__atomic_fetch_add(&lost_count, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	return &own->events[atomic_load_explicit(&own->used, memory_order_relaxed)];
}

/* time_ns 0: now. */
static void add(const struct cpa_trace_event *said, const char *text)
{
	uint32_t places =
		1 + (said->text_bytes + CPA_TRACE_EVENT_BYTES - 1) / CPA_TRACE_EVENT_BYTES;
	struct cpa_trace_event *event = room_for(places);

	if (!event)
		return;
	*event = *said;
	if (!event->time_ns)
		event->time_ns = cpa_clock_mono_ns();
	if (said->text_bytes)
		memcpy(event + 1, text, said->text_bytes);
	atomic_store_explicit(&own->used,
		atomic_load_explicit(&own->used, memory_order_relaxed) + places,
		memory_order_release);
}

/* acquire: pairs with the release in begin_locked. */
static bool is_on(void)
{
	return __atomic_load_n(&cpa_trace_is_on, __ATOMIC_ACQUIRE);
}

void cpa_trace_add(enum cpa_trace_type type, cpa_stack_id stack, uint64_t a, uint64_t b,
	const char *text, size_t text_bytes)
{
	if (is_on())
		add(&(struct cpa_trace_event){
			    .type = (uint16_t)type,
			    .text_bytes = (uint16_t)(text_bytes < CPA_TRACE_TEXT_MAX
							     ? text_bytes
							     : CPA_TRACE_TEXT_MAX),
			    .stack = stack,
			    .a = a,
			    .b = b,
		    },
			text);
}

void cpa_trace_add_at(uint64_t time_ns, enum cpa_trace_type type, cpa_stack_id stack, uint64_t a)
{
	if (is_on())
		add(&(struct cpa_trace_event){
			    .time_ns = time_ns, .type = (uint16_t)type, .stack = stack, .a = a},
			NULL);
}

void cpa_trace_thread_begins(cpa_threadcreate_place place, uint64_t function)
{
	cpa_trace_add(CPA_TRACE_BEGIN, cpa_threadcreate_stack(place), function, 0, NULL, 0);
}

void cpa_trace_thread_ends(void)
{
	cpa_trace_add(CPA_TRACE_END, 0, 0, 0, NULL, 0);
	if (own)
		chunk_leave(atomic_load_explicit(&session_now, memory_order_relaxed));
}

/* A chunk with something to read, and up to where. */
struct readable {
	struct chunk *chunk;
	uint32_t state;
	uint32_t limit;
};

/*
 * Those of this trace that were taken by now, in the order of taking. A thread that takes its next
 * chunk while we look may have filled one that we saw not yet ready: the next one must wait.
 */
static size_t find_readable(struct readable *ret_list)
{
	uint64_t order_limit = atomic_load(&next_order);
	uint32_t chunk_count = atomic_load(&chunk_limit);
	uint32_t session = atomic_load_explicit(&session_now, memory_order_relaxed);
	size_t count = 0;

	for (size_t i = 0; i < chunk_count; i++) {
		struct chunk *chunk = chunk_at(i);
		uint32_t state = atomic_load_explicit(&chunk->state, memory_order_acquire);
		size_t at = count;

		if ((state != OWNED && state != FULL) || chunk->session != session ||
			chunk->order >= order_limit)
			continue;
		for (; at > 0 && ret_list[at - 1].chunk->order > chunk->order; at--)
			ret_list[at] = ret_list[at - 1];
		ret_list[at] = (struct readable){.chunk = chunk};
		count++;
	}
	/*
	 * The limits, from the newest chunk to the oldest: what a thread wrote before it took its
	 * newer chunk is then within the limit of the older one, and is visited first.
	 */
	for (size_t i = count; i > 0; i--) {
		struct readable *readable = &ret_list[i - 1];

		readable->state =
			atomic_load_explicit(&readable->chunk->state, memory_order_acquire);
		readable->limit =
			atomic_load_explicit(&readable->chunk->used, memory_order_acquire);
	}
	return count;
}

static int visit_chunk(const struct readable *readable, cpa_trace_visit *visit, void *context)
{
	struct chunk *chunk = readable->chunk;
	int error = 0;

	while (!error && chunk->read < readable->limit) {
		const struct cpa_trace_event *event = &chunk->events[chunk->read];

		__atomic_fetch_add(&event_count, 1, __ATOMIC_RELAXED);
		error = visit(context, chunk->thread_id, event, (const char *)(event + 1));
		chunk->read +=
			1 + (event->text_bytes + CPA_TRACE_EVENT_BYTES - 1) / CPA_TRACE_EVENT_BYTES;
	}
	chunk->read = readable->limit;
	if (readable->state == FULL)
		atomic_store_explicit(&chunk->state, FREE, memory_order_release);
	return error;
}

int cpa_trace_drain(cpa_trace_visit *visit, void *context)
{
	static struct readable list[CHUNKS]; /* one reader at a time */
	size_t count;
	int error = 0;

	atomic_store(&pressed, 0);
	atomic_store(&taken_count, 0);
	count = pool ? find_readable(list) : 0;
	for (size_t i = 0; i < count; i++) {
		int one_error = visit_chunk(&list[i], visit, context);

		error = error ? error : one_error;
	}
	/* The first ones are used again, warm, and few are looked through the next time. */
	atomic_store_explicit(&next_chunk, 0, memory_order_relaxed);
	return error;
}

struct cpa_trace_counters cpa_trace_count(void)
{
	return (struct cpa_trace_counters){
		.events = __atomic_load_n(&event_count, __ATOMIC_RELAXED),
		.lost = __atomic_load_n(&lost_count, __ATOMIC_RELAXED),
	};
}

void cpa_trace_postfork_child(void)
{
	__atomic_store_n(&cpa_trace_is_on, false, __ATOMIC_RELAXED);
	cpa_lock_reset(&begin_lock);
	own = NULL;
	for (size_t i = 0; pool && i < CHUNKS; i++) {
		/* Asked first: a write would copy a page. */
		if (atomic_load_explicit(&chunk_at(i)->state, memory_order_relaxed) != FREE)
			atomic_store_explicit(&chunk_at(i)->state, FREE, memory_order_relaxed);
	}
}
