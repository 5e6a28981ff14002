/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From files to the history of one process.
 * Not here: names of files (files.c), the table that is made (history.c), what there is to tell of
 * its gaps (notes.c).
 */
#include "report/trend/collect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/read.h"
#include "report/profile/units.h"
#include "report/trend/notes.h"

struct work {
	struct cpa_collect *collect;
	const struct cpa_collect_options *options;
	struct cpa_files_file *files;
	size_t count;
};

static void leave_out(struct work *work, const char *path, const char *why)
{
	work->options->complain(path, why);
	work->collect->left_out_count++;
}

/* The process that a profile without pid and start continues, by its counters. */
static struct cpa_collect_process *find_unnamed(
	struct cpa_collect *collect, const struct cpa_profile *profile)
{
	size_t i;

	for (i = collect->process_count; i > 0; i--) {
		struct cpa_collect_process *process = &collect->processes[i - 1];

		if (process->key[0] == '\0')
			return cpa_history_continues(&process->history, profile) ? process : NULL;
	}
	return NULL;
}

static struct cpa_collect_process *find_process(
	struct work *work, const struct cpa_profile *profile)
{
	struct cpa_collect *collect = work->collect;
	const char *pid = cpa_comments_get(profile, "pid"), *exe = cpa_profile_exe(profile);
	const char *start = cpa_comments_get(profile, "start_ns");
	struct cpa_collect_process *process;
	char key[96] = "";
	size_t i;

	if (pid != NULL)
		snprintf(key, sizeof(key), "%.40s %.40s", pid, start != NULL ? start : "");
	for (i = 0; key[0] != '\0' && i < collect->process_count; i++)
		if (strcmp(collect->processes[i].key, key) == 0)
			return &collect->processes[i];
	process = key[0] == '\0' ? find_unnamed(collect, profile) : NULL;
	if (process != NULL)
		return process;
	collect->processes = cpa_memory_grow(collect->processes, &collect->process_capacity,
		collect->process_count + 1, sizeof(*collect->processes));
	process = &collect->processes[collect->process_count++];
	process->key = cpa_memory_text(key, strlen(key));
	process->program = cpa_memory_text(exe, strlen(exe));
	process->pid = cpa_comments_number(profile, "pid");
	process->start_ns = cpa_comments_number(profile, "start_ns");
	process->first_ns = profile->time_ns;
	cpa_history_init(&process->history, work->options->counts_objects);
	return process;
}

/* Why a profile cannot follow what was read of its process; NULL: it can. */
static const char *refusal(
	const struct cpa_collect_process *process, const struct cpa_profile *profile)
{
	const struct cpa_history *history = &process->history;
	const struct cpa_history_snapshot *last =
		history->snapshot_count > 0 ? &history->snapshots[history->snapshot_count - 1]
					    : NULL;

	if (profile->time_ns <= 0)
		return "it does not say when it was written";
	if (last == NULL)
		return NULL;
	if (profile->time_ns == last->time_ns)
		return "written at the same moment as the one before: the same snapshot again";
	if (profile->time_ns < last->time_ns)
		return "its clock is behind that of the snapshot before it";
	if (!cpa_history_continues(history, profile))
		return "its counters are lower than those of the snapshot before it";
	return NULL;
}

static void add_profile(struct work *work, const struct cpa_profile *profile)
{
	struct cpa_collect_process *process = find_process(work, profile);
	const char *why = refusal(process, profile);
	struct cpa_error error = {""};
	size_t i;

	/* The graft of a history points into it, and an array that grew has moved them all. */
	for (i = 0; i < work->collect->process_count; i++)
		work->collect->processes[i].history.graft.to =
			&work->collect->processes[i].history.places;
	if (why == NULL && cpa_history_add(&process->history, profile, &error) != 0)
		why = error.text;
	if (why != NULL)
		leave_out(work, profile->path, why);
	else
		process->last_ns = profile->time_ns;
}

static bool read_file(struct work *work, const char *path, struct cpa_profile *ret_profile)
{
	struct cpa_error error = {""};

	if (cpa_read_profile(ret_profile, path, &error) == 0) {
		if (work->options->tags == NULL ||
			cpa_filter_apply(ret_profile, work->options->tags, &error) == 0)
			return true;
		cpa_profile_done(ret_profile);
	}
	leave_out(work, path, error.text);
	return false;
}

static int compare_times(const void *left, const void *right)
{
	const struct cpa_files_file *l = left, *r = right;

	if (l->time_ns != r->time_ns)
		return l->time_ns > r->time_ns ? 1 : -1;
	return (l->order > r->order) - (l->order < r->order);
}

/* Where names tell no order the profiles do, for the price of reading them twice. */
static void order_by_time(struct work *work)
{
	size_t i;

	for (i = 0; i < work->count; i++)
		if (work->files[i].sequence < 0)
			break;
	if (i == work->count)
		return;
	for (i = 0; i < work->count; i++) {
		struct cpa_profile profile;
		struct cpa_error error = {""};

		if (cpa_read_profile(&profile, work->files[i].path, &error) != 0)
			continue; /* told of when it is read again */
		work->files[i].time_ns = profile.time_ns;
		cpa_profile_done(&profile);
	}
	qsort(work->files, work->count, sizeof(*work->files), compare_times);
}

static bool is_better(
	const struct cpa_collect_process *left, const struct cpa_collect_process *right)
{
	if (left->history.snapshot_count != right->history.snapshot_count)
		return left->history.snapshot_count > right->history.snapshot_count;
	return left->history.snapshots[left->history.snapshot_count - 1].total.value >
	       right->history.snapshots[right->history.snapshot_count - 1].total.value;
}

static int choose(struct work *work, struct cpa_error *error)
{
	struct cpa_collect *collect = work->collect;
	bool is_found = false;
	size_t i;

	for (i = 0; i < collect->process_count; i++) {
		if (work->options->pid >= 0 && collect->processes[i].pid != work->options->pid)
			continue;
		if (collect->processes[i].history.snapshot_count == 0)
			continue;
		if (!is_found ||
			is_better(&collect->processes[i], &collect->processes[collect->chosen]))
			collect->chosen = i;
		is_found = true;
	}
	if (is_found)
		return 0;
	if (work->options->pid >= 0)
		return cpa_error_set(error, "no snapshot of process %" PRId64 " among %zu files",
			work->options->pid, work->count);
	return cpa_error_set(error, "none of %zu files can be used", work->count);
}

static void drop_teardown(struct cpa_collect *collect, const struct cpa_collect_options *options)
{
	struct cpa_history *history = &collect->processes[collect->chosen].history;
	char freed_text[CPA_UNITS_BYTES];
	double freed;

	if (!cpa_history_drop_teardown(history, &freed))
		return;
	cpa_units_value(options->counts_objects ? CPA_UNITS_COUNT : CPA_UNITS_SIZE, freed, -1,
		false, freed_text, NULL);
	cpa_notes_add(collect,
		"the last snapshot was taken at exit, after %s%s were freed: left out", freed_text,
		options->counts_objects ? " objects" : "");
}

/* By their names: the files of one process are read, the others told of. */
static int narrow(struct work *work, struct cpa_files *files, struct cpa_error *error)
{
	struct cpa_files_group chosen;

	if (!cpa_files_choose(files, work->options->pid, &chosen))
		return cpa_error_set(error, "no snapshot of process %" PRId64 " among %zu files",
			work->options->pid, work->count);
	work->files = files->items + chosen.begin;
	work->count = chosen.count;
	cpa_notes_others(work->collect, files, chosen.begin);
	return 0;
}

int cpa_collect_files(struct cpa_collect *ret_collect, struct cpa_files *files,
	const struct cpa_collect_options *options, struct cpa_error *error)
{
	struct work work = {.collect = ret_collect,
		.options = options,
		.files = files->items,
		.count = files->count};
	size_t i;

	memset(ret_collect, 0, sizeof(*ret_collect));
	cpa_files_sort(files);
	if (options->trusts_names && narrow(&work, files, error) != 0)
		return -EINVAL;
	order_by_time(&work);
	for (i = 0; i < work.count; i++) {
		struct cpa_profile profile;

		if (options->progress != NULL)
			options->progress(i, work.count);
		if (!read_file(&work, work.files[i].path, &profile))
			continue;
		if (options->pid < 0 || cpa_comments_number(&profile, "pid") == options->pid)
			add_profile(&work, &profile);
		cpa_profile_done(&profile);
	}
	if (options->progress != NULL)
		options->progress(work.count, work.count);
	if (choose(&work, error) != 0)
		return -EINVAL;
	drop_teardown(ret_collect, options);
	cpa_notes_make(ret_collect);
	return 0;
}

void cpa_collect_done(struct cpa_collect *collect)
{
	size_t i;

	for (i = 0; i < collect->process_count; i++) {
		free(collect->processes[i].key);
		free(collect->processes[i].program);
		cpa_history_done(&collect->processes[i].history);
	}
	for (i = 0; i < collect->note_count; i++)
		free(collect->notes[i]);
	free(collect->notes);
	free(collect->processes);
	memset(collect, 0, sizeof(*collect));
}
