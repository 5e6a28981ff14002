/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cprof run says when the program has ended.
 * Not here: running it (launch.c).
 */
#include "report/cli/summary.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/analysis/diff.h"
#include "report/cli/found.h"
#include "report/cli/next.h"
#include "report/cli/summary_events.h"
#include "report/cli/target.h"
#include "report/graph/table.h"
#include "report/profile/read.h"
#include "report/profile/units.h"

#define LEAST_SERIES 4 /* that cprof leaks wants */
#define MOST_READ    64

/* What a process held, from its last snapshot and the one before. */
struct held {
	const struct cpa_cli_found_process *process;
	struct cpa_profile last;
	double last_bytes, before_bytes;
	char before_text[2 * CPA_UNITS_BYTES];
	bool is_freed; /* most of what the snapshot before had: by the rule of cprof leaks */
};

static void print_end(const struct cpa_cli_summary *summary, const struct cpa_cli_launch *launch)
{
	char elapsed[40], peak[CPA_UNITS_BYTES], how[80];

	if (WIFSIGNALED(launch->wait_status))
		snprintf(how, sizeof(how), "was killed by signal %d (%s)",
			WTERMSIG(launch->wait_status), strsignal(WTERMSIG(launch->wait_status)));
	else
		snprintf(how, sizeof(how), "exited %d", WEXITSTATUS(launch->wait_status));
	cpa_units_value(
		CPA_UNITS_SIZE, (double)launch->usage.ru_maxrss * 1024, -1, false, peak, NULL);
	fprintf(stderr, "cprof: %s %s after %s, peak RSS %s\n", summary->program, how,
		cpa_units_elapsed(elapsed, sizeof(elapsed), launch->elapsed_ns), peak);
}

static void print_none(const struct cpa_cli_summary *summary, const struct cpa_cli_launch *launch)
{
	const char *why = cpa_cli_target_not_preloaded(summary->program);

	if (why != NULL)
		;
	else if (access(summary->dir_absolute, W_OK | X_OK) != 0)
		why = "the directory cannot be written";
	else if (WIFSIGNALED(launch->wait_status))
		why = summary->has_interval
			      ? "it was killed before the first interval had passed; use a shorter "
				"--interval"
			      : "a killed program writes none at its end; use --interval=1s";
	else if (summary->final_off)
		why = "--final=0 was given and no interval passed; use --interval or --final=1";
	else
		why = "it may have ended by _exit, as shells do, or dropped LD_PRELOAD, or lines "
		      "from cprofalloc above say why; to see it while it runs use --interval=1s";
	fprintf(stderr, "       no snapshot in %s: %s\n", summary->dir, why);
}

static void print_cost(const struct cpa_profile *profile)
{
	int64_t sampling_ns = cpa_comments_number(profile, "sampling_ns"),
		threads_ns = cpa_comments_number(profile, "own_threads_cpu_ns"),
		cpu_ns = cpa_comments_number(profile, "process_cpu_ns"),
		store_bytes = cpa_comments_number(profile, "store_used_bytes");
	char memory[CPA_UNITS_BYTES] = "";

	if (sampling_ns < 0 || cpu_ns <= 0)
		return;
	if (threads_ns > 0)
		sampling_ns += threads_ns;
	fprintf(stderr, "profiling used %.2g%% of its CPU time",
		100 * (double)sampling_ns / (double)cpu_ns);
	if (store_bytes >= 0) {
		cpa_units_value(CPA_UNITS_SIZE, (double)store_bytes, -1, false, memory, NULL);
		fprintf(stderr, ", %s of memory", memory);
	}
}

/* "live at exit 38.1 MB ±4.4        largest: 31.0 MB ±4.0  session_new  session.c:88" */
static void print_live(const struct cpa_profile *profile, bool was_killed)
{
	char total[2 * CPA_UNITS_BYTES], largest[2 * CPA_UNITS_BYTES], place[320] = "";
	const char *reason = cpa_comments_get(profile, "reason");
	bool is_final = reason != NULL ? strcmp(reason, "final") == 0 : !was_killed;
	struct cpa_table table;
	struct cpa_stats_sum sum;
	struct cpa_stats_view view;
	double magnitude;
	int type = cpa_profile_type_named(profile, "inuse_space");

	if (type < 0)
		return;
	view = cpa_stats_view(profile, (size_t)type);
	sum = cpa_table_total(profile, (size_t)type, &view, &magnitude);
	cpa_units_interval(total, sizeof(total), CPA_UNITS_SIZE, sum.value,
		cpa_stats_half_width(&view, &sum), false);
	fprintf(stderr, "       %s %s", is_final ? "live at exit" : "live at last", total);
	cpa_table_init(&table, profile, (size_t)type, CPA_NODES_BY_LINE, false);
	if (table.row_count > 0 && table.rows[0].flat.value > 0) {
		const struct cpa_node *node = &table.nodes.items[table.rows[0].node];
		const char *slash = strrchr(node->file, '/');

		cpa_units_interval(largest, sizeof(largest), CPA_UNITS_SIZE,
			table.rows[0].flat.value, cpa_stats_half_width(&view, &table.rows[0].flat),
			false);
		if (node->file[0] != '\0' && node->line > 0)
			snprintf(place, sizeof(place), "  %.200s:%" PRId64,
				slash != NULL ? slash + 1 : node->file, node->line);
		fprintf(stderr, "%*slargest: %s  %.200s%s",
			(int)(22 - cpa_units_columns(total) % 22), "", largest, node->name, place);
	}
	putc('\n', stderr);
	cpa_table_done(&table);
}

static char *path_of(const char *dir, const struct cpa_cli_found_file *file)
{
	size_t bytes = strlen(dir) + strlen(file->name) + 2;
	char *path = cpa_memory_new(bytes, 1);

	snprintf(path, bytes, "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", file->name);
	return path;
}

static bool read_file(const struct cpa_cli_summary *summary, const struct cpa_cli_found_file *file,
	struct cpa_profile *ret_profile, struct cpa_error *error)
{
	char *path = path_of(summary->dir_absolute, file);
	bool is_read = cpa_read_profile(ret_profile, path, error) == 0;

	free(path);
	return is_read;
}

/* text: "64.3 MB ±5.4". */
static double live_bytes(const struct cpa_profile *profile, char text[2 * CPA_UNITS_BYTES])
{
	int type = cpa_profile_type_named(profile, "inuse_space");
	struct cpa_stats_view view;
	struct cpa_stats_sum sum;
	double magnitude;

	text[0] = '\0';
	if (type < 0)
		return 0;
	view = cpa_stats_view(profile, (size_t)type);
	sum = cpa_table_total(profile, (size_t)type, &view, &magnitude);
	cpa_units_interval(text, 2 * CPA_UNITS_BYTES, CPA_UNITS_SIZE, sum.value,
		cpa_stats_half_width(&view, &sum), false);
	return sum.value;
}

static bool read_held(const struct cpa_cli_summary *summary,
	const struct cpa_cli_found_process *process, struct held *ret_held, struct cpa_error *error)
{
	char text[2 * CPA_UNITS_BYTES];
	struct cpa_profile before;

	*ret_held = (struct held){.process = process};
	if (!read_file(summary, &process->last, &ret_held->last, error))
		return false;
	ret_held->last_bytes = live_bytes(&ret_held->last, text);
	if (process->before.name != NULL && read_file(summary, &process->before, &before, error)) {
		ret_held->before_bytes = live_bytes(&before, ret_held->before_text);
		cpa_profile_done(&before);
	}
	ret_held->is_freed = ret_held->last_bytes < ret_held->before_bytes / 2;
	return true;
}

/* The process that held most. Of very many, only those with the largest files are looked at. */
static bool find_held(const struct cpa_cli_summary *summary, const struct cpa_cli_found *found,
	struct held *ret_held, struct cpa_error *error)
{
	double most_bytes = -1;
	struct held held;
	size_t i;

	for (i = 0; i < found->count && i < MOST_READ; i++) {
		double bytes;

		if (!read_held(summary, &found->items[i], &held, error))
			continue;
		bytes = held.is_freed ? held.before_bytes : held.last_bytes;
		if (bytes <= most_bytes) {
			cpa_profile_done(&held.last);
			continue;
		}
		if (most_bytes >= 0)
			cpa_profile_done(&ret_held->last);
		most_bytes = bytes;
		*ret_held = held;
	}
	return most_bytes >= 0;
}

static void put_path(const struct cpa_cli_summary *summary, const struct cpa_cli_found_file *file)
{
	struct cpa_cli_out out = {.file = stderr};
	char *path = path_of(summary->dir, file);

	putc(' ', stderr);
	cpa_cli_next_path(&out, path);
	free(path);
}

static void print_next(const struct cpa_cli_summary *summary, const struct held *held)
{
	const struct cpa_cli_found_process *process = held->process;
	const struct cpa_cli_found_file *telling =
		held->is_freed ? &process->before : &process->last;
	struct cpa_cli_out out = {.file = stderr};
	const char *lead = "       next:";

	if (held->is_freed)
		fprintf(stderr, "       freed most at its end: the snapshot before has %s\n",
			held->before_text);
	else if (held->last_bytes <= 0)
		fprintf(stderr, "       all that was sampled had been freed%s\n",
			summary->has_interval
				? ""
				: "; --interval=1s shows what it holds while it runs");
	if (process->count >= LEAST_SERIES + (size_t)held->is_freed) {
		fprintf(stderr, "%s cprof leaks --pid %ld ", lead, process->pid);
		cpa_cli_next_path(&out, summary->dir);
		lead = "\n         or ";
	} else if (strcmp(process->first.name, telling->name) != 0) {
		fprintf(stderr, "%s cprof diff", lead);
		put_path(summary, &process->first);
		put_path(summary, telling);
		lead = "\n         or ";
	}
	fprintf(stderr, "%s cprof top%s", lead,
		held->is_freed || held->last_bytes > 0 ? "" : " -alloc_space");
	put_path(summary, telling);
	putc('\n', stderr);
}

static void print_snapshots(const struct cpa_cli_summary *summary,
	const struct cpa_cli_found *found, const struct cpa_cli_launch *launch)
{
	bool is_own_killed = WIFSIGNALED(launch->wait_status);
	const struct cpa_cli_found_process *own = cpa_cli_found_newest(found, launch->pid);
	const char *slash = summary->dir[strlen(summary->dir) - 1] == '/' ? "" : "/";
	struct cpa_error error = {""};
	struct held held;
	bool is_found;

	fprintf(stderr, "       %zu snapshot%s in %s%s", found->snapshot_count,
		found->snapshot_count == 1 ? "" : "s", summary->dir, slash);
	is_found = summary->has_children || own == NULL ? find_held(summary, found, &held, &error)
							: read_held(summary, own, &held, &error);
	if (!is_found) {
		fprintf(stderr, "\n       the last one, %s, cannot be read: %s\n",
			(own != NULL ? own : found->items)->last.name, error.text);
		return;
	}
	fprintf(stderr, "%*s",
		(int)(cpa_units_columns(summary->dir) < 16 ? 16 - cpa_units_columns(summary->dir)
							   : 2),
		"");
	print_cost(&held.last);
	putc('\n', stderr);
	if (found->count > 1 && summary->has_children)
		fprintf(stderr, "       of %zu processes %.*s (pid %ld) held most\n", found->count,
			(int)(strrchr(held.process->key, '.') - held.process->key),
			held.process->key, held.process->pid);
	print_live(&held.last, held.process->pid == (long)launch->pid && is_own_killed);
	cpa_cli_summary_events(summary->dir, held.process->last.name);
	print_next(summary, &held);
	cpa_profile_done(&held.last);
}

void cpa_cli_summary_print(
	const struct cpa_cli_summary *summary, const struct cpa_cli_launch *launch)
{
	struct cpa_cli_found found;

	print_end(summary, launch);
	cpa_cli_found_init(&found, summary->dir_absolute, summary->since_ns,
		summary->has_children ? 0 : (long)launch->pid);
	if (found.snapshot_count == 0)
		print_none(summary, launch);
	else
		print_snapshots(summary, &found, launch);
	cpa_cli_found_done(&found);
}
