/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said in an execution trace. */
#include "report/trace_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report/frames.h"
#include "report/trace_names.h"
#include "report/trace_out.h"

#define REGIONS_MAX 32u /* open at the same time in one thread; deeper ones are left out */

enum state { UNKNOWN, RUNNING, WAITING, ENDED };

struct region {
	uint64_t task;
	uint64_t name;
};

struct thread {
	enum state state;
	uint32_t region_count;
	uint64_t last_ns;
	uint64_t goroutine; /* its id; another one each time Linux gives the number out again */
	struct region regions[REGIONS_MAX]; /* open ones, outermost first */
};

struct cpa_trace_file {
	struct cpa_arena *arena;
	uint64_t start_ns;
	struct cpa_frames ids;   /* threads by number */
	struct thread **threads; /* [thread_room] */
	size_t thread_room;
	struct cpa_trace_names names;
	struct cpa_trace_out out;
};

/* An event of a thread, while it is said. */
struct said {
	struct cpa_trace_file *file;
	struct thread *thread;
	uint32_t id;
	uint64_t time_ns;
};

struct cpa_trace_file *cpa_trace_file_new(
	struct cpa_arena *arena, uint64_t start_ns, struct cpa_fd_sink sink)
{
	struct cpa_trace_file *file = cpa_arena_alloc(arena, sizeof(*file));

	if (!file)
		return NULL;
	file->arena = arena;
	file->start_ns = start_ns;
	file->out.sink = sink;
	file->names.arena = arena;
	file->names.out = &file->out;
	cpa_trace_out_begin(&file->out);
	return file;
}

static bool make_thread_room(struct cpa_trace_file *file, size_t count)
{
	size_t room = file->thread_room ? file->thread_room * 2 : 64;
	struct thread **larger;

	if (count <= file->thread_room)
		return true;
	larger = cpa_arena_alloc(file->arena, room * sizeof(*larger));
	if (!larger)
		return false;
	if (file->thread_room)
		memcpy(larger, file->threads, file->thread_room * sizeof(struct thread *));
	file->threads = larger;
	file->thread_room = room;
	return true;
}

/* NULL: no memory. */
static struct thread *thread_of(struct cpa_trace_file *file, uint32_t thread_id)
{
	uint32_t number = cpa_frames_intern(&file->ids, thread_id);

	if (!number || !make_thread_room(file, number))
		return NULL;
	if (!file->threads[number - 1])
		file->threads[number - 1] = cpa_arena_alloc(file->arena, sizeof(struct thread));
	return file->threads[number - 1];
}

static void say(const struct said *said, enum cpa_trace_out_type type, const uint64_t *numbers,
	size_t count)
{
	cpa_trace_out_event(&said->file->out, said->id, said->time_ns, type, numbers, count);
}

#define SAY(said, type, ...)                                                                       \
	say(said, type, (const uint64_t[]){__VA_ARGS__},                                           \
		sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void come_in(struct said *said, uint64_t function, uint64_t creation)
{
	struct thread *thread = said->thread;

	thread->goroutine = thread->goroutine ? thread->goroutine + ((uint64_t)1 << 32) : said->id;
	SAY(said, CPA_TRACE_OUT_PROC_START, said->id);
	SAY(said, CPA_TRACE_OUT_GO_CREATE, thread->goroutine, function, creation);
}

/* One that was there before the trace, or whose beginning was lost. */
static void come_in_late(struct said *said, bool waits)
{
	struct said first = *said;

	first.time_ns = said->thread->last_ns ? said->thread->last_ns : said->file->start_ns;
	/* Readers want to know where each begins. */
	come_in(&first, cpa_trace_names_function(&said->file->names, 0), 0);
	if (waits)
		SAY(&first, CPA_TRACE_OUT_GO_WAITING, said->thread->goroutine);
	else
		SAY(&first, CPA_TRACE_OUT_GO_START_LOCAL, said->thread->goroutine);
	said->thread->state = waits ? WAITING : RUNNING;
}

static void wake(struct said *said)
{
	SAY(said, CPA_TRACE_OUT_GO_UNBLOCK_LOCAL, said->thread->goroutine, 0);
	SAY(said, CPA_TRACE_OUT_GO_START_LOCAL, said->thread->goroutine);
	said->thread->state = RUNNING;
}

/* Whatever was lost: from here on the thread runs. */
static void must_run(struct said *said)
{
	if (said->thread->state == UNKNOWN || said->thread->state == ENDED)
		come_in_late(said, false);
	else if (said->thread->state == WAITING)
		wake(said);
}

static void end_thread(struct said *said)
{
	must_run(said);
	say(said, CPA_TRACE_OUT_GO_END, NULL, 0);
	say(said, CPA_TRACE_OUT_PROC_STOP, NULL, 0);
	said->thread->state = ENDED;
	said->thread->region_count = 0;
}

static void begin_thread(struct said *said, const struct cpa_trace_event *event)
{
	struct cpa_trace_names *names = &said->file->names;

	if (said->thread->state != UNKNOWN && said->thread->state != ENDED)
		return; /* it said so already */
	come_in(said, cpa_trace_names_function(names, event->a),
		cpa_trace_names_stack(names, event->stack));
	SAY(said, CPA_TRACE_OUT_GO_START_LOCAL, said->thread->goroutine);
	said->thread->state = RUNNING;
}

static void block(struct said *said, const struct cpa_trace_event *event)
{
	static const enum cpa_trace_out_type types[] = {
		[CPA_TRACE_WAIT_LOCK] = CPA_TRACE_OUT_GO_BLOCK_SYNC,
		[CPA_TRACE_WAIT_CONDITION] = CPA_TRACE_OUT_GO_BLOCK_COND,
		[CPA_TRACE_WAIT_OTHER] = CPA_TRACE_OUT_GO_BLOCK,
	};

	must_run(said);
	SAY(said, types[event->a <= CPA_TRACE_WAIT_OTHER ? event->a : CPA_TRACE_WAIT_OTHER],
		cpa_trace_names_stack(&said->file->names, event->stack));
	said->thread->state = WAITING;
}

static void end_region(struct said *said, uint64_t stack)
{
	struct region *region = &said->thread->regions[--said->thread->region_count];

	SAY(said, CPA_TRACE_OUT_REGION, region->task, 1, region->name, stack);
}

/* Regions end in the reverse order of their beginning; whose end was lost ends with the next. */
static void region(struct said *said, const struct cpa_trace_event *event, const char *text)
{
	struct thread *thread = said->thread;
	uint64_t name = cpa_trace_names_text(&said->file->names, text, event->text_bytes);
	uint64_t stack = cpa_trace_names_stack(&said->file->names, event->stack);
	uint32_t at = thread->region_count;

	must_run(said);
	if (event->type == CPA_TRACE_REGION_BEGIN) {
		if (thread->region_count == REGIONS_MAX)
			return;
		thread->regions[thread->region_count++] =
			(struct region){.task = event->a, .name = name};
		SAY(said, CPA_TRACE_OUT_REGION, event->a, 0, name, stack);
		return;
	}
	while (at > 0 &&
		(thread->regions[at - 1].task != event->a || thread->regions[at - 1].name != name))
		at--;
	while (at > 0 && thread->region_count >= at)
		end_region(said, stack);
}

static void task_begin(struct said *said, const struct cpa_trace_event *event, const char *text)
{
	struct cpa_trace_names *names = &said->file->names;
	uint64_t name = cpa_trace_names_text(names, text, event->text_bytes);

	must_run(said);
	SAY(said, CPA_TRACE_OUT_TASK_CREATE, event->a, event->b, name,
		cpa_trace_names_stack(names, event->stack));
}

static void task_end(struct said *said, const struct cpa_trace_event *event)
{
	must_run(said);
	SAY(said, CPA_TRACE_OUT_TASK_END, event->a,
		cpa_trace_names_stack(&said->file->names, event->stack));
}

static void log_text(struct said *said, const struct cpa_trace_event *event, const char *text)
{
	struct cpa_trace_names *names = &said->file->names;
	size_t key_bytes = event->b < event->text_bytes ? event->b : event->text_bytes;
	uint64_t key = cpa_trace_names_text(names, text, key_bytes);

	must_run(said);
	SAY(said, CPA_TRACE_OUT_LOG, event->a, key, cpa_trace_names_stack(names, event->stack));
	cpa_trace_out_log_text(&said->file->out, text + key_bytes, event->text_bytes - key_bytes);
}

/* Told by a thread of ours, of another one; needs no state. */
static void cpu_sample(struct said *said, const struct cpa_trace_event *event)
{
	struct thread *sampled = thread_of(said->file, (uint32_t)event->a);

	SAY(said, CPA_TRACE_OUT_CPU_SAMPLE, event->b, event->a, sampled ? sampled->goroutine : 0,
		cpa_trace_names_stack(&said->file->names, event->stack));
}

static void tell(struct said *said, const struct cpa_trace_event *event, const char *text)
{
	switch ((enum cpa_trace_type)event->type) {
	case CPA_TRACE_BEGIN:
		begin_thread(said, event);
		break;
	case CPA_TRACE_END:
		end_thread(said);
		break;
	case CPA_TRACE_BLOCK:
		block(said, event);
		break;
	case CPA_TRACE_WAKE:
		if (said->thread->state == UNKNOWN || said->thread->state == ENDED)
			come_in_late(said, true);
		if (said->thread->state == WAITING)
			wake(said);
		break;
	case CPA_TRACE_CPU:
		cpu_sample(said, event);
		break;
	case CPA_TRACE_TASK_BEGIN:
		task_begin(said, event, text);
		break;
	case CPA_TRACE_TASK_END:
		task_end(said, event);
		break;
	case CPA_TRACE_REGION_BEGIN:
	case CPA_TRACE_REGION_END:
		region(said, event, text);
		break;
	case CPA_TRACE_LOG:
		log_text(said, event, text);
		break;
	}
}

int cpa_trace_file_event(
	void *context, uint32_t thread_id, const struct cpa_trace_event *event, const char *text)
{
	struct cpa_trace_file *file = context;
	struct said said = {.file = file, .id = thread_id, .time_ns = event->time_ns};

	said.thread = thread_of(file, thread_id);
	if (!said.thread)
		return -ENOMEM;
	if (said.time_ns < file->start_ns)
		said.time_ns = file->start_ns;
	tell(&said, event, text);
	said.thread->last_ns = said.time_ns;
	return file->out.error;
}

void cpa_trace_file_heap(
	struct cpa_trace_file *file, uint32_t thread_id, uint64_t time_ns, uint64_t bytes)
{
	cpa_trace_out_event(&file->out, thread_id, time_ns, CPA_TRACE_OUT_HEAP_ALLOC, &bytes, 1);
}

static void say_lost(
	struct cpa_trace_file *file, uint32_t thread_id, uint64_t time_ns, uint64_t lost_count)
{
	static const char key[] = "cprofalloc.lost_events";
	struct said said = {.file = file, .id = thread_id, .time_ns = time_ns};
	char text[24];
	int text_bytes = snprintf(text, sizeof(text), "%llu", (unsigned long long)lost_count);

	SAY(&said, CPA_TRACE_OUT_LOG, 0, cpa_trace_names_text(&file->names, key, sizeof(key) - 1),
		0);
	cpa_trace_out_log_text(&file->out, text, (size_t)text_bytes);
}

/* What still runs gives way: readers want an end of each time that something runs. */
static void stop_all(struct cpa_trace_file *file, uint64_t time_ns)
{
	for (uint32_t i = 0; i < file->ids.count && file->threads[i]; i++) {
		struct said said = {.file = file,
			.thread = file->threads[i],
			.id = (uint32_t)file->ids.pcs[i],
			.time_ns = time_ns};

		if (said.thread->state == RUNNING)
			SAY(&said, CPA_TRACE_OUT_GO_PREEMPT, 0);
	}
}

int cpa_trace_file_end(struct cpa_trace_file *file, uint32_t thread_id, uint64_t time_ns,
	uint64_t lost_count, bool names)
{
	struct said said = {.file = file, .id = thread_id, .time_ns = time_ns};
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int error;

	stop_all(file, time_ns);
	SAY(&said, CPA_TRACE_OUT_GOMAXPROCS, (uint64_t)(processors > 0 ? processors : 1), 0);
	if (lost_count)
		say_lost(file, thread_id, time_ns, lost_count);
	error = cpa_trace_names_end(&file->names, names);
	cpa_trace_out_end(&file->out);
	cpa_trace_names_done(&file->names);
	cpa_frames_done(&file->ids);
	return error ? error : file->out.error;
}
