/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cprof run says when the program has ended.
 * Not here: running it (launch.c).
 */
#include "report/cli/summary.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/analysis/diff.h"
#include "report/cli/target.h"
#include "report/graph/table.h"
#include "report/profile/read.h"
#include "report/profile/units.h"

#define SNAPSHOT_END ".heap.pb.gz"
#define LEAST_SERIES 5 /* cprof leaks wants four, and may leave out the one at exit */

/* The snapshots found: how many, and the first and last of the process to report on. */
struct found {
	size_t count;
	long first_sequence, last_sequence;
	int64_t last_time_ns;
	char first[NAME_MAX + 1], last[NAME_MAX + 1];
};

/* EXE.PID.SEQ.heap.pb.gz, from the back: EXE may hold dots. False when it is no snapshot. */
static bool split_name(const char *name, long *ret_pid, long *ret_sequence)
{
	size_t length = strlen(name), end_bytes = strlen(SNAPSHOT_END);
	char text[NAME_MAX + 1];
	char *dot, *end;

	if (length <= end_bytes || length > NAME_MAX ||
		strcmp(name + length - end_bytes, SNAPSHOT_END) != 0)
		return false;
	memcpy(text, name, length - end_bytes);
	text[length - end_bytes] = '\0';
	dot = strrchr(text, '.');
	if (dot == NULL)
		return false;
	*ret_sequence = strtol(dot + 1, &end, 10);
	if (end == dot + 1 || *end != '\0')
		return false;
	*dot = '\0';
	dot = strrchr(text, '.');
	if (dot == NULL)
		return false;
	*ret_pid = strtol(dot + 1, &end, 10);
	return end != dot + 1 && *end == '\0';
}

static void consider(
	struct found *found, const char *name, long sequence, int64_t time_ns, bool by_time)
{
	bool is_last = by_time ? time_ns >= found->last_time_ns : sequence >= found->last_sequence;

	if (found->count == 0 || (!by_time && sequence < found->first_sequence)) {
		found->first_sequence = sequence;
		snprintf(found->first, sizeof(found->first), "%s", name);
	}
	if (found->count == 0 || is_last) {
		found->last_sequence = sequence;
		found->last_time_ns = time_ns;
		snprintf(found->last, sizeof(found->last), "%s", name);
	}
	found->count++;
}

/* own: of the program itself; all: its children's too. */
static void find_snapshots(
	const struct cpa_cli_summary *summary, pid_t pid, struct found *own, struct found *all)
{
	DIR *dir = opendir(summary->dir_absolute);
	struct dirent *entry;
	struct stat about;
	long file_pid, sequence;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		int64_t time_ns;

		if (!split_name(entry->d_name, &file_pid, &sequence) ||
			fstatat(dirfd(dir), entry->d_name, &about, 0) != 0)
			continue;
		time_ns = (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec;
		/* File times are rounded down to the kernel's tick. */
		if (time_ns < summary->since_ns - 20000000)
			continue;
		if (file_pid == (long)pid)
			consider(own, entry->d_name, sequence, time_ns, false);
		if (file_pid == (long)pid || summary->has_children)
			consider(all, entry->d_name, sequence, time_ns, true);
	}
	closedir(dir);
}

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
		cpu_ns = cpa_comments_number(profile, "process_cpu_ns"),
		store_bytes = cpa_comments_number(profile, "store_used_bytes");
	char memory[CPA_UNITS_BYTES] = "";

	if (sampling_ns < 0 || cpu_ns <= 0)
		return;
	fprintf(stderr, "sampling used %.2g%% of its CPU time",
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
	fprintf(stderr, "       %s %s", was_killed ? "live at last" : "live at exit", total);
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

static void print_snapshots(const struct cpa_cli_summary *summary, const struct found *own,
	const struct found *all, const struct cpa_cli_launch *launch)
{
	bool was_killed = WIFSIGNALED(launch->wait_status);
	const struct found *reported = own->count > 0 ? own : all;
	const char *slash = summary->dir[strlen(summary->dir) - 1] == '/' ? "" : "/";
	struct cpa_profile profile;
	struct cpa_error error = {""};
	char path[PATH_MAX];

	fprintf(stderr, "       %zu snapshot%s in %s%s", all->count, all->count == 1 ? "" : "s",
		summary->dir, slash);
	snprintf(path, sizeof(path), "%s/%s", summary->dir_absolute, reported->last);
	if (cpa_read_profile(&profile, path, &error) != 0) {
		fprintf(stderr, "\n       the last one, %s, cannot be read: %s\n", reported->last,
			error.text);
		return;
	}
	fprintf(stderr, "%*s",
		(int)(cpa_units_columns(summary->dir) < 16 ? 16 - cpa_units_columns(summary->dir)
							   : 2),
		"");
	print_cost(&profile);
	putc('\n', stderr);
	print_live(&profile, was_killed);
	cpa_profile_done(&profile);
	if (own->count >= LEAST_SERIES)
		fprintf(stderr,
			"       next: cprof leaks --pid %ld %s\n         or  cprof top %s%s%s\n",
			(long)launch->pid, summary->dir, summary->dir, slash, own->last);
	else if (own->count > 1)
		fprintf(stderr,
			"       next: cprof diff %s%s%s %s%s%s\n         or  cprof top %s%s%s\n",
			summary->dir, slash, own->first, summary->dir, slash, own->last,
			summary->dir, slash, own->last);
	else
		fprintf(stderr, "       next: cprof top %s%s%s\n", summary->dir, slash,
			reported->last);
}

void cpa_cli_summary_print(
	const struct cpa_cli_summary *summary, const struct cpa_cli_launch *launch)
{
	struct found own = {0}, all = {0};

	print_end(summary, launch);
	find_snapshots(summary, launch->pid, &own, &all);
	if (all.count == 0)
		print_none(summary, launch);
	else
		print_snapshots(summary, &own, &all, launch);
}
