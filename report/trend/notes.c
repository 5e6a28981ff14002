/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reader must know of a series before trusting it.
 * Not here: reading the snapshots (collect.c).
 */
#include "report/trend/notes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/profile/units.h"

#define PAUSE        3 /* usual intervals: a pause worth a word */
#define NOTES_OF_ONE 3 /* of one sort; the rest is counted */

void cpa_notes_add(struct cpa_collect *collect, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	collect->notes = cpa_memory_grow(collect->notes, &collect->note_capacity,
		collect->note_count + 1, sizeof(*collect->notes));
	collect->notes[collect->note_count++] = cpa_memory_text(text, strlen(text));
}

static char *clock_text(char *to, size_t to_bytes, int64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	struct tm parts;

	to[0] = '\0';
	if (localtime_r(&seconds, &parts) != NULL)
		strftime(to, to_bytes, "%H:%M:%S", &parts);
	return to;
}

static void note_missing(struct cpa_collect *collect, const struct cpa_history *history)
{
	size_t found = 0, i;
	int64_t missing = 0;

	if (history->snapshots[0].sequence > 1)
		cpa_notes_add(collect,
			"snapshots 1 to %" PRId64
			" are gone (keep= removes the oldest): the series begins at %" PRId64,
			history->snapshots[0].sequence - 1, history->snapshots[0].sequence);
	for (i = 1; i < history->snapshot_count; i++) {
		int64_t before = history->snapshots[i - 1].sequence,
			after = history->snapshots[i].sequence;

		if (before < 0 || after <= before + 1)
			continue;
		missing += after - before - 1;
		if (++found > NOTES_OF_ONE)
			continue;
		if (after == before + 2)
			cpa_notes_add(collect, "snapshot %" PRId64 " is missing", before + 1);
		else
			cpa_notes_add(collect, "snapshots %" PRId64 " to %" PRId64 " are missing",
				before + 1, after - 1);
	}
	if (found > NOTES_OF_ONE)
		cpa_notes_add(collect, "%" PRId64 " snapshots are missing in all", missing);
}

static int compare_gaps(const void *left, const void *right)
{
	int64_t l = *(const int64_t *)left, r = *(const int64_t *)right;

	return (l > r) - (l < r);
}

static void note_pauses(struct cpa_collect *collect, const struct cpa_history *history)
{
	size_t count = history->snapshot_count - 1, found = 0, i;
	int64_t *gaps, usual_ns;
	char from[32], span[40], usual[40];

	if (count < 4)
		return;
	gaps = cpa_memory_new(count, sizeof(*gaps));
	for (i = 0; i < count; i++)
		gaps[i] = history->snapshots[i + 1].time_ns - history->snapshots[i].time_ns;
	qsort(gaps, count, sizeof(*gaps), compare_gaps);
	usual_ns = gaps[count / 2];
	free(gaps);
	for (i = 0; i < count && found < NOTES_OF_ONE; i++) {
		int64_t gap_ns = history->snapshots[i + 1].time_ns - history->snapshots[i].time_ns;

		if (gap_ns / PAUSE <= usual_ns || gap_ns < 1000000000)
			continue;
		found++;
		cpa_notes_add(collect, "no snapshot for %s from %s on (usually one every %s)",
			cpa_units_elapsed(span, sizeof(span), gap_ns),
			clock_text(from, sizeof(from), history->snapshots[i].time_ns),
			cpa_units_elapsed(usual, sizeof(usual), usual_ns));
	}
}

static const char *relation(
	const struct cpa_collect_process *other, const struct cpa_collect_process *chosen)
{
	if (strcmp(other->program, chosen->program) != 0)
		return "another program";
	if (other->last_ns < chosen->first_ns)
		return "an earlier run";
	return other->first_ns > chosen->last_ns ? "restarted later" : "at the same time";
}

/* One line, whatever their number: the one with most snapshots is named. */
static void note_processes(struct cpa_collect *collect)
{
	const struct cpa_collect_process *chosen = &collect->processes[collect->chosen];
	const struct cpa_collect_process *named = NULL;
	size_t others = 0, count, i;
	char more[48] = "", which[48] = "";

	for (i = 0; i < collect->process_count; i++) {
		const struct cpa_collect_process *other = &collect->processes[i];

		if (i == collect->chosen || other->history.snapshot_count == 0)
			continue;
		others++;
		if (named == NULL || other->history.snapshot_count > named->history.snapshot_count)
			named = other;
	}
	if (named == NULL)
		return;
	count = named->history.snapshot_count;
	if (others > 1)
		snprintf(more, sizeof(more), "; and of %zu more process%s", others - 1,
			others == 2 ? "" : "es");
	if (named->pid >= 0)
		snprintf(which, sizeof(which), " (--pid %" PRId64 ")", named->pid);
	cpa_notes_add(collect, "also there: %zu snapshot%s of %.64s, %s%s%s", count,
		count == 1 ? "" : "s", named->program[0] != '\0' ? named->program : "a process",
		relation(named, chosen), which, more);
}

void cpa_notes_others(struct cpa_collect *collect, const struct cpa_files *files, size_t chosen)
{
	struct cpa_files_group group = {0}, named = {0};
	const struct cpa_files_file *theirs;
	size_t others = 0;
	char more[48] = "";

	while (cpa_files_next(files, &group)) {
		if (group.begin == chosen)
			continue;
		others++;
		if (group.count > named.count ||
			(group.count == named.count && group.last_bytes > named.last_bytes))
			named = group;
	}
	if (others == 0)
		return;
	theirs = &files->items[named.begin];
	if (others > 1)
		snprintf(more, sizeof(more), "; and of %zu more process%s", others - 1,
			others == 2 ? "" : "es");
	cpa_notes_add(collect, "also there: %zu snapshot%s of %.100s (--pid %" PRId64 ")%s",
		named.count, named.count == 1 ? "" : "s", theirs->process, theirs->pid, more);
}

static void note_rate(struct cpa_collect *collect, const struct cpa_history *history)
{
	char least[CPA_UNITS_BYTES], most[CPA_UNITS_BYTES];

	if (!history->view.is_known)
		cpa_notes_add(collect, "not every snapshot says how it was sampled: no intervals");
	else if (history->least_rate_bytes < (int64_t)history->view.rate_bytes)
		cpa_notes_add(collect,
			"the sampling rate changed, between %s and %s: no estimate is biased by "
			"that, and the intervals are those of the larger one",
			cpa_units_rate(least, sizeof(least), history->least_rate_bytes),
			cpa_units_rate(most, sizeof(most), (int64_t)history->view.rate_bytes));
	if (!history->has_counters)
		cpa_notes_add(collect,
			"the snapshots do not count allocations: births are at least the growth");
}

void cpa_notes_make(struct cpa_collect *collect)
{
	const struct cpa_history *history = &collect->processes[collect->chosen].history;

	note_processes(collect);
	note_missing(collect, history);
	note_pauses(collect, history);
	note_rate(collect, history);
}
