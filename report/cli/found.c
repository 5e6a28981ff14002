/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which snapshots a program and its children left in a directory.
 * Not here: what is in them (summary.c).
 */
#include "report/cli/found.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* File times are rounded down to the kernel's tick. */
#define TICK_NS 20000000

/* EXE.PID.SEQ.heap.pb.gz, from the back: EXE may hold dots. False when it is no snapshot. */
static bool split_name(const char *name, char key[NAME_MAX + 1], long *ret_pid, long *ret_sequence)
{
	size_t length = strlen(name), end_bytes = strlen(CPA_CLI_FOUND_END);
	char *dot, *end;

	if (length <= end_bytes || length > NAME_MAX ||
		strcmp(name + length - end_bytes, CPA_CLI_FOUND_END) != 0)
		return false;
	memcpy(key, name, length - end_bytes);
	key[length - end_bytes] = '\0';
	dot = strrchr(key, '.');
	if (dot == NULL)
		return false;
	*ret_sequence = strtol(dot + 1, &end, 10);
	if (end == dot + 1 || *end != '\0')
		return false;
	*dot = '\0';
	dot = strrchr(key, '.');
	if (dot == NULL)
		return false;
	*ret_pid = strtol(dot + 1, &end, 10);
	return end != dot + 1 && *end == '\0';
}

static struct cpa_cli_found_process *process_of(
	struct cpa_cli_found *found, const char *key, long pid)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		if (found->items[i].pid == pid && strcmp(found->items[i].key, key) == 0)
			return &found->items[i];
	found->items = cpa_memory_grow(
		found->items, &found->capacity, found->count + 1, sizeof(*found->items));
	found->items[found->count] = (struct cpa_cli_found_process){
		.key = cpa_memory_text(key, strlen(key)), .pid = pid};
	return &found->items[found->count++];
}

/* Several may be written within a tick. */
static bool is_later(const struct cpa_cli_found_file *file, const struct cpa_cli_found_file *than)
{
	if (than->name == NULL)
		return true;
	return file->time_ns != than->time_ns ? file->time_ns > than->time_ns
					      : file->sequence > than->sequence;
}

static void keep(struct cpa_cli_found_file *place, const struct cpa_cli_found_file *file)
{
	char *name = cpa_memory_text(file->name, strlen(file->name));

	free(place->name);
	*place = *file;
	place->name = name;
}

static void add(struct cpa_cli_found_process *process, const struct cpa_cli_found_file *file)
{
	if (process->first.name == NULL || is_later(&process->first, file))
		keep(&process->first, file);
	if (is_later(file, &process->last)) {
		free(process->before.name);
		process->before = process->last;
		process->last.name = NULL;
		keep(&process->last, file);
	} else if (is_later(file, &process->before)) {
		keep(&process->before, file);
	}
	process->count++;
}

static int by_size(const void *a, const void *b)
{
	const struct cpa_cli_found_process *one = a, *other = b;

	if (one->last.size_bytes != other->last.size_bytes)
		return one->last.size_bytes > other->last.size_bytes ? -1 : 1;
	return (one->pid > other->pid) - (one->pid < other->pid);
}

void cpa_cli_found_init(
	struct cpa_cli_found *ret_found, const char *dir_path, int64_t since_ns, long pid)
{
	DIR *dir = opendir(dir_path);
	char key[NAME_MAX + 1];
	struct dirent *entry;
	struct stat about;
	long file_pid;

	*ret_found = (struct cpa_cli_found){0};
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		struct cpa_cli_found_file file = {.name = entry->d_name};

		if (!split_name(entry->d_name, key, &file_pid, &file.sequence) ||
			(pid != 0 && file_pid != pid) ||
			fstatat(dirfd(dir), entry->d_name, &about, 0) != 0)
			continue;
		file.time_ns = (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec;
		file.size_bytes = about.st_size;
		if (file.time_ns < since_ns - TICK_NS)
			continue;
		add(process_of(ret_found, key, file_pid), &file);
		ret_found->snapshot_count++;
	}
	closedir(dir);
	if (ret_found->count > 1)
		qsort(ret_found->items, ret_found->count, sizeof(*ret_found->items), by_size);
}

const struct cpa_cli_found_process *cpa_cli_found_newest(
	const struct cpa_cli_found *found, long pid)
{
	const struct cpa_cli_found_process *newest = NULL;
	size_t i;

	for (i = 0; i < found->count; i++)
		if (found->items[i].pid == pid &&
			(newest == NULL || is_later(&found->items[i].last, &newest->last)))
			newest = &found->items[i];
	return newest;
}

void cpa_cli_found_done(struct cpa_cli_found *found)
{
	size_t i;

	for (i = 0; i < found->count; i++) {
		free(found->items[i].key);
		free(found->items[i].first.name);
		free(found->items[i].before.name);
		free(found->items[i].last.name);
	}
	free(found->items);
	*found = (struct cpa_cli_found){0};
}
