/* SPDX-License-Identifier: BSD-2-Clause */
/* Which profiles there are by name, and each one's bytes. A built-in one is a row of a table. */
#include "report/profiles.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/line.h"
#include "report/countrows.h"
#include "report/heaprows.h"
#include "report/tallyrows.h"
#include "report/threadrows.h"
#include "report/threadtext.h"
#include "sampling/block.h"
#include "sampling/cpu.h"
#include "sampling/mutex.h"
#include "sampling/tally.h"
#include "sampling/threadcreate.h"
#include "sampling/threads.h"
#include "sampling/waits.h"

#define LATE_WAITS 256u /* room for waits that begin while we count */

/* What is written, and how. */
struct order {
	const struct cpa_custom_profile *profile;
	struct cpa_facts *facts;
	int debug; /* 0: protobuf, 1: text, 2: the other text of goroutine */
	bool names;
	struct cpa_fd_sink sink;
};

struct builtin {
	const char *name;
	int (*write)(const struct order *order);
	uint64_t (*count)(void);
	/* Its own line of the comments; NULL: the lines of the heap, or one that write makes. */
	void (*describe)(struct cpa_line *line);
	/* Has a snapshot a file of it? NULL: never. */
	bool (*wanted)(const struct cpa_conf *conf);
};

static int write_pprof(const struct order *order, const struct cpa_pprof_content *content)
{
	return cpa_pprof_write(order->facts, content, order->names, order->sink);
}

static int write_text(const struct order *order, const struct cpa_text_content *content)
{
	return cpa_text_write(order->facts, content, order->names, order->sink);
}

/* heap, allocs */

static int write_heap(const struct order *order)
{
	struct cpa_heaprows rows;

	if (order->debug) {
		struct cpa_text_content text = cpa_heaprows_text(&rows, order->facts);

		return write_text(order, &text);
	} else {
		bool allocs = !strcmp(cpa_custom_name(order->profile), "allocs");
		struct cpa_pprof_content pprof = cpa_heaprows_pprof(&rows, order->facts, allocs);

		return write_pprof(order, &pprof);
	}
}

static uint64_t count_heap(void)
{
	return cpa_heaprows_count();
}

static bool heap_wanted(const struct cpa_conf *conf)
{
	(void)conf;
	return true;
}

/* threadcreate, and the program's own */

static int write_counts(const struct order *order)
{
	struct cpa_countrows rows;
	int error = cpa_countrows_begin(&rows, order->profile);

	if (!error && order->debug) {
		struct cpa_text_content text = cpa_countrows_text(&rows);

		error = write_text(order, &text);
	} else if (!error) {
		struct cpa_pprof_content pprof = cpa_countrows_pprof(&rows);

		error = write_pprof(order, &pprof);
	}
	cpa_countrows_done(&rows);
	return error;
}

static uint64_t count_threadcreate(void)
{
	return cpa_threadcreate_count().live;
}

static void describe_threadcreate(struct cpa_line *line)
{
	struct cpa_threadcreate_counters counters = cpa_threadcreate_count();

	cpa_line_add(line, "threads:");
	cpa_line_add_pair(line, "threads_created", counters.created);
	cpa_line_add_pair(line, "threads_live", counters.live);
	cpa_line_add_pair(line, "threads_lost", counters.lost);
}

static bool threadcreate_wanted(const struct cpa_conf *conf)
{
	return conf->threadcreate;
}

/* goroutine: threads */

static int write_threads(const struct order *order)
{
	struct cpa_threadrows rows;
	int error = cpa_threadrows_begin(&rows, order->facts->calling_tid);

	if (!error)
		cpa_threadrows_describe(&rows, &order->facts->own);
	if (!error && order->debug >= 2) {
		error = cpa_threadtext_write(&rows.dump, order->names, order->sink);
	} else if (!error && order->debug) {
		struct cpa_text_content text = cpa_threadrows_text(&rows);

		error = write_text(order, &text);
	} else if (!error) {
		struct cpa_pprof_content pprof = cpa_threadrows_pprof(&rows);

		error = write_pprof(order, &pprof);
	}
	cpa_threadrows_done(&rows);
	return error;
}

static uint64_t count_threads(void)
{
	return cpa_threads_count();
}

static bool threads_wanted(const struct cpa_conf *conf)
{
	return conf->goroutine;
}

static void describe_entries(struct cpa_line *line, const struct cpa_custom_profile *profile)
{
	struct cpa_custom_counters counters = cpa_custom_count(profile);

	cpa_line_add(line, "entries:");
	cpa_line_add_pair(line, "entries", counters.entries);
	cpa_line_add_pair(line, "entries_added", counters.added);
	cpa_line_add_pair(line, "entries_dropped_store_full", counters.dropped_store_full);
}

/* cpu */

/* There is no text of it, as Go has none. */
static int write_cpu(const struct order *order)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_CPU};
	struct cpa_cpu_state state = cpa_cpu_read();
	struct cpa_pprof_content pprof = cpa_tallyrows_pprof(
		&rows, state.period_ns ? state.period_ns : 1, state.duration_ns);

	return write_pprof(order, &pprof);
}

static uint64_t count_cpu(void)
{
	return cpa_tally_rows(CPA_TALLY_CPU);
}

static void describe_cpu(struct cpa_line *line)
{
	struct cpa_cpu_state state;

	cpa_cpu_drain();
	state = cpa_cpu_read();
	cpa_line_add(line, "cpu:");
	cpa_line_add_pair(line, "cpu_hz", state.hz);
	cpa_line_add_pair(line, "cpu_start_ns", state.start_ns);
	cpa_line_add_pair(line, "cpu_ticks", state.ticks);
	cpa_line_add_pair(line, "cpu_signals", state.signals);
	cpa_line_add_pair(line, "cpu_ticks_lost", state.lost);
	cpa_line_add_pair(line, "cpu_ticks_between", state.between);
	cpa_line_add_pair(line, "cpu_ticks_truncated", state.truncated);
	cpa_line_add_pair(line, "cpu_ticks_broken", state.broken);
	cpa_line_add_pair(line, "cpu_threads", state.threads);
	cpa_line_add_pair(line, "cpu_threads_failed", state.failed);
}

static bool cpu_wanted(const struct cpa_conf *conf)
{
	return conf->cpu_hz || cpa_cpu_read().hz;
}

/* mutex, block */

static int write_tally(const struct order *order, struct cpa_tallyrows *rows)
{
	if (order->debug) {
		struct cpa_text_content text = cpa_tallyrows_text(rows);

		return write_text(order, &text);
	} else {
		struct cpa_pprof_content pprof = cpa_tallyrows_pprof(rows, 0, 0);

		return write_pprof(order, &pprof);
	}
}

static int write_mutex(const struct order *order)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_MUTEX};

	return write_tally(order, &rows);
}

static uint64_t count_mutex(void)
{
	return cpa_tally_rows(CPA_TALLY_MUTEX);
}

static void describe_waits(struct cpa_line *line)
{
	struct cpa_waits_counters counters = cpa_waits_count();

	cpa_line_add_pair(line, "waits_unfinished", counters.unfinished);
	cpa_line_add_pair(line, "waits_displaced", counters.displaced);
	cpa_line_add_pair(line, "waits_lost", counters.lost);
}

static void describe_mutex(struct cpa_line *line)
{
	cpa_line_add(line, "mutex:");
	cpa_line_add_pair(line, "fraction", (uint64_t)cpa_mutex_fraction(-1));
	describe_waits(line);
}

/* Also after it was switched off: what it had found is worth keeping. */
static bool mutex_wanted(const struct cpa_conf *conf)
{
	return conf->mutex_fraction || cpa_mutex_fraction(-1) || count_mutex();
}

/* Waits are known for the sake of mutex too: then those that have not ended are not of block. */
static int write_block(const struct order *order)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_BLOCK};
	size_t room = cpa_block_rate(-1) ? cpa_waits_copy(NULL, 0) + LATE_WAITS : 0;
	struct cpa_tally_row *more;
	struct cpa_arena arena;
	int error = -ENOMEM;

	cpa_arena_init(&arena, 0);
	more = cpa_arena_alloc(&arena, (room + 1) * sizeof(*more));
	if (more) {
		size_t count = room ? cpa_waits_copy(more, room) : 0;

		rows.more = more;
		rows.more_count = count < room ? count : room;
		error = write_tally(order, &rows);
	}
	cpa_arena_done(&arena);
	return error;
}

static uint64_t count_block(void)
{
	return cpa_tally_rows(CPA_TALLY_BLOCK);
}

static void describe_block(struct cpa_line *line)
{
	cpa_line_add(line, "block:");
	cpa_line_add_pair(line, "rate_ns", (uint64_t)cpa_block_rate(-1));
	describe_waits(line);
}

static bool block_wanted(const struct cpa_conf *conf)
{
	return conf->block_rate_ns || cpa_block_rate(-1) || count_block();
}

/* Snapshots have their files in this order. */
static const struct builtin builtins[] = {
	{"heap", write_heap, count_heap, NULL, heap_wanted},
	{"allocs", write_heap, count_heap, NULL, NULL},
	{"cpu", write_cpu, count_cpu, describe_cpu, cpu_wanted},
	{"mutex", write_mutex, count_mutex, describe_mutex, mutex_wanted},
	{"block", write_block, count_block, describe_block, block_wanted},
	{"goroutine", write_threads, count_threads, NULL, threads_wanted},
	{"threadcreate", write_counts, count_threadcreate, describe_threadcreate,
		threadcreate_wanted},
};

/* NULL: one of the program's own. */
static const struct builtin *builtin_of(const struct cpa_custom_profile *profile)
{
	for (size_t i = 0; cpa_custom_is_builtin(profile) && i < CPA_ARRAY_LEN(builtins); i++)
		if (!strcmp(builtins[i].name, cpa_custom_name(profile)))
			return &builtins[i];
	return NULL;
}

int cpa_profiles_write(const struct cpa_custom_profile *profile, struct cpa_facts *facts, int debug,
	bool names, struct cpa_fd_sink sink)
{
	const struct builtin *builtin = builtin_of(profile);
	struct order order = {
		.profile = profile,
		.facts = facts,
		.debug = debug,
		.names = names,
		.sink = sink,
	};

	facts->kind = cpa_custom_name(profile);
	facts->own = (struct cpa_line){0};
	if (!builtin)
		describe_entries(&facts->own, profile);
	else if (builtin->describe)
		builtin->describe(&facts->own);
	cpa_facts_measure(facts);
	return builtin ? builtin->write(&order) : write_counts(&order);
}

uint64_t cpa_profiles_count(const struct cpa_custom_profile *profile)
{
	const struct builtin *builtin = builtin_of(profile);

	return builtin ? builtin->count() : cpa_custom_count(profile).entries;
}

size_t cpa_profiles_wanted(const struct cpa_conf *conf, const char **ret_names, size_t room)
{
	const struct cpa_custom_profile *profile = NULL;
	size_t count = 0;

	for (size_t i = 0; i < CPA_ARRAY_LEN(builtins) && count < room; i++)
		if (builtins[i].wanted && builtins[i].wanted(conf))
			ret_names[count++] = builtins[i].name;
	while (count < room && (profile = cpa_custom_older(profile)))
		ret_names[count++] = cpa_custom_name(profile);
	return count;
}
