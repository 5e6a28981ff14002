/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in a report on the heap. */
#include "report/heaprows.h"

#include <stdio.h>
#include <string.h>

#define LATE_ROWS 1024u /* room for buckets born while we count */

/* To the nearest: over many rows the errors cancel. Never below 0, where only float errors lead. */
static uint64_t round_value(double value)
{
	return value > 0 ? (uint64_t)(value + 0.5) : 0;
}

static bool next_row(void *context, struct cpa_pprof_row *ret_row)
{
	struct cpa_heaprows *rows = context;
	struct cpa_heap_row row;

	do {
		if (!cpa_heap_next(&rows->walk, &row))
			return false;
		/* Every birth was taken back: nothing to say of the place. */
	} while (!row.alloc_samples);
	*ret_row = (struct cpa_pprof_row){
		.stack = row.stack,
		.label_set = row.label_set,
		.has_bytes = true,
		.bytes = row.first_req_bytes,
		.values = {(int64_t)round_value(row.alloc_objects),
			(int64_t)round_value(row.alloc_bytes),
			/* Sums that went up and down again leave a trace of float error. */
			row.inuse_samples ? (int64_t)round_value(row.inuse_objects) : 0,
			row.inuse_samples ? (int64_t)round_value(row.inuse_bytes) : 0},
	};
	return true;
}

struct cpa_pprof_content cpa_heaprows_pprof(
	struct cpa_heaprows *rows, const struct cpa_facts *facts, bool allocs)
{
	*rows = (struct cpa_heaprows){.facts = facts};
	return (struct cpa_pprof_content){
		.types = {{"alloc_objects", "count"}, {"alloc_space", "bytes"},
			{"inuse_objects", "count"}, {"inuse_space", "bytes"}},
		.type_count = 4,
		.default_type = allocs ? "alloc_space" : NULL,
		.period_type = {"space", "bytes"},
		/* Off is no period; 1 tells the reader that nothing more is to be scaled. */
		.period = facts->rate_bytes ? (int64_t)facts->rate_bytes : 1,
		.next = next_row,
		.context = rows,
	};
}

/* In the order of the text: samples in use, their bytes, samples ever, their bytes. */
enum { INUSE_SAMPLES, INUSE_BYTES, ALLOC_SAMPLES, ALLOC_BYTES };

/* Where every allocation is a sample the sums are exact; else a mean is all that is known of the
 * samples. */
static bool next_record(void *context, struct cpa_text_row *ret_row)
{
	struct cpa_heaprows *rows = context;
	bool exact = rows->facts->rate_bytes == 1;
	struct cpa_heap_row row;
	uint64_t *numbers = ret_row->numbers;

	do {
		if (!cpa_heap_next(&rows->walk, &row))
			return false;
	} while (!row.alloc_samples);
	ret_row->stack = row.stack;
	ret_row->label_set = row.label_set;
	numbers[INUSE_SAMPLES] = row.inuse_samples;
	numbers[INUSE_BYTES] =
		exact ? round_value(row.inuse_bytes) : row.inuse_samples * row.mean_req_bytes;
	numbers[ALLOC_SAMPLES] = row.alloc_samples;
	numbers[ALLOC_BYTES] =
		exact ? round_value(row.alloc_bytes) : row.alloc_samples * row.mean_req_bytes;
	ret_row->weight = numbers[INUSE_BYTES];
	rows->alloc_objects += row.alloc_objects;
	rows->alloc_bytes += row.alloc_bytes;
	rows->inuse_objects += row.inuse_samples ? row.inuse_objects : 0;
	return true;
}

static void say_numbers(const uint64_t *numbers, char *ret_text, size_t room_bytes)
{
	(void)snprintf(ret_text, room_bytes, "%llu: %llu [%llu: %llu]",
		(unsigned long long)numbers[INUSE_SAMPLES],
		(unsigned long long)numbers[INUSE_BYTES],
		(unsigned long long)numbers[ALLOC_SAMPLES],
		(unsigned long long)numbers[ALLOC_BYTES]);
}

static void say_head(void *context, const uint64_t *sums, char *ret_text, size_t room_bytes)
{
	const struct cpa_heaprows *rows = context;
	uint64_t rate_bytes = rows->facts->rate_bytes;
	char numbers[128];

	say_numbers(sums, numbers, sizeof(numbers));
	(void)snprintf(ret_text, room_bytes, "heap profile: %s @ heap/%llu", numbers,
		2 * (unsigned long long)(rate_bytes ? rate_bytes : 1));
}

struct stat {
	const char *key;
	uint64_t value;
};

/* Go's keys, in Go's order, with what comes nearest here; 0 for its garbage collector. */
static int say_stats(void *context, cpa_facts_line *take_line, void *to)
{
	static const char *const constant[] = {"NextGC = 0", "LastGC = 0", "PauseNs = []",
		"PauseEnd = []", "NumGC = 0", "NumForcedGC = 0", "GCCPUFraction = 0",
		"DebugGC = false"};
	const struct cpa_heaprows *rows = context;
	const struct cpa_snapshot_totals *totals = &rows->facts->totals;
	uint64_t alloc_objects = round_value(rows->alloc_objects);
	uint64_t inuse_objects = round_value(rows->inuse_objects);
	uint64_t idle_bytes = totals->mapped_bytes > totals->active_bytes
				      ? totals->mapped_bytes - totals->active_bytes
				      : 0;
	const struct stat stats[] = {
		{"Alloc", totals->allocated_bytes},
		{"TotalAlloc", round_value(rows->alloc_bytes)},
		{"Sys", totals->mapped_bytes},
		{"Lookups", 0},
		{"Mallocs", alloc_objects},
		{"Frees", alloc_objects > inuse_objects ? alloc_objects - inuse_objects : 0},
		{"HeapAlloc", totals->allocated_bytes},
		{"HeapSys", totals->mapped_bytes},
		{"HeapIdle", idle_bytes},
		{"HeapInuse", totals->active_bytes},
		{"HeapReleased", totals->retained_bytes},
		{"HeapObjects", inuse_objects},
		{"Stack = 0 /", 0},
		{"MSpan = 0 /", 0},
		{"MCache = 0 /", 0},
		{"BuckHashSys", rows->facts->store_used_bytes},
		{"GCSys", 0},
		{"OtherSys", totals->metadata_bytes},
	};
	int error = take_line(to, "runtime.MemStats");
	char line[96];

	for (size_t i = 0; !error && i < CPA_ARRAY_LEN(stats); i++) {
		const char *key = stats[i].key;

		(void)snprintf(line, sizeof(line),
			key[strlen(key) - 1] == '/' ? "%s %llu" : "%s = %llu", key,
			(unsigned long long)stats[i].value);
		error = take_line(to, line);
	}
	for (size_t i = 0; !error && i < CPA_ARRAY_LEN(constant); i++)
		error = take_line(to, constant[i]);
	(void)snprintf(line, sizeof(line), "MaxRSS = %llu",
		(unsigned long long)rows->facts->peak_rss_bytes);
	return error ? error : take_line(to, line);
}

size_t cpa_heaprows_count(void)
{
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;
	size_t count = 0;

	while (cpa_heap_next(&walk, &row))
		count++;
	return count;
}

struct cpa_text_content cpa_heaprows_text(struct cpa_heaprows *rows, const struct cpa_facts *facts)
{
	*rows = (struct cpa_heaprows){.facts = facts};
	return (struct cpa_text_content){
		.row_room = cpa_heaprows_count() + LATE_ROWS,
		.next = next_record,
		.say_head = say_head,
		.say_numbers = say_numbers,
		.say_tail = say_stats,
		.context = rows,
	};
}
