/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which files are the snapshots of one process, told by their names alone.
 * Not here: what is in them (collect.c).
 */
#include "report/trend/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".heap.pb.gz"

/* The number in text[begin, end), or -1. */
static int64_t number_in(const char *begin, const char *end)
{
	int64_t number = 0;

	if (begin == end || end - begin > 18)
		return -1;
	for (; begin < end; begin++) {
		if (*begin < '0' || *begin > '9')
			return -1;
		number = number * 10 + (*begin - '0');
	}
	return number;
}

/* The last '.' before end, NULL when there is none behind begin. */
static const char *dot_before(const char *begin, const char *end)
{
	while (end > begin + 1)
		if (*--end == '.')
			return end;
	return NULL;
}

/* Take a name apart from its end: EXE may have dots. */
static bool parse_name(const char *name, struct cpa_files_file *file)
{
	size_t name_bytes = strlen(name), suffix_bytes = strlen(SUFFIX);
	const char *end = name + name_bytes - suffix_bytes, *sequence, *pid;

	if (name_bytes <= suffix_bytes || name[0] == '.' || strcmp(end, SUFFIX) != 0)
		return false;
	sequence = dot_before(name, end);
	pid = sequence != NULL ? dot_before(name, sequence) : NULL;
	if (pid == NULL)
		return false;
	file->sequence = number_in(sequence + 1, end);
	file->pid = number_in(pid + 1, sequence);
	if (file->sequence < 0 || file->pid < 0)
		return false;
	file->process = cpa_memory_text(name, (size_t)(sequence - name));
	return true;
}

static void add_file(struct cpa_files *files, const char *path, struct cpa_files_file file,
	const struct stat *status)
{
	files->items = cpa_memory_room(
		files->items, &files->capacity, files->count + 1, sizeof(*files->items));
	file.path = cpa_memory_text(path, strlen(path));
	file.size_bytes = (int64_t)status->st_size;
	file.order = files->count;
	files->items[files->count++] = file;
}

static int add_dir(struct cpa_files *files, const char *path, struct cpa_error *error)
{
	DIR *dir = opendir(path);
	size_t count_before = files->count;
	const struct dirent *entry;

	if (dir == NULL)
		return cpa_error_set(error, "%.300s: %s", path, strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		struct cpa_files_file file = {0};
		struct stat status;
		char full[4096];

		if (!parse_name(entry->d_name, &file))
			continue;
		if (snprintf(full, sizeof(full), "%s%s%s", path,
			    path[strlen(path) - 1] == '/' ? "" : "/",
			    entry->d_name) < (int)sizeof(full) &&
			stat(full, &status) == 0 && S_ISREG(status.st_mode))
			add_file(files, full, file, &status);
		else
			free(file.process);
	}
	closedir(dir);
	if (files->count > count_before)
		return 0;
	return cpa_error_set(error,
		"%.300s: no snapshots there: they are called EXE.PID.NUMBER" SUFFIX
		" (cprof run --interval 30s --dir DIR -- PROGRAM makes them)",
		path);
}

int cpa_files_add(struct cpa_files *files, const char *path, struct cpa_error *error)
{
	struct cpa_files_file file = {.pid = -1, .sequence = -1};
	const char *slash = strrchr(path, '/');
	struct stat status;

	if (path[0] == '\0' || stat(path, &status) != 0)
		return cpa_error_set(error, "%.300s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return add_dir(files, path, error);
	if (!parse_name(slash != NULL ? slash + 1 : path, &file)) {
		file.pid = file.sequence = -1;
		file.process = cpa_memory_text("", 0);
	}
	add_file(files, path, file, &status);
	return 0;
}

static int compare_files(const void *left, const void *right)
{
	const struct cpa_files_file *l = left, *r = right;
	int by_process;

	if ((l->sequence < 0) != (r->sequence < 0))
		return l->sequence < 0 ? 1 : -1;
	by_process = strcmp(l->process, r->process);
	if (by_process != 0)
		return by_process;
	if (l->sequence != r->sequence)
		return l->sequence > r->sequence ? 1 : -1;
	return (l->order > r->order) - (l->order < r->order);
}

void cpa_files_sort(struct cpa_files *files)
{
	if (files->count > 0)
		qsort(files->items, files->count, sizeof(*files->items), compare_files);
}

bool cpa_files_next(const struct cpa_files *files, struct cpa_files_group *group)
{
	size_t begin = group->begin + group->count, i;

	group->begin = begin;
	for (i = begin; i < files->count; i++) {
		if (strcmp(files->items[i].process, files->items[begin].process) != 0)
			break;
		group->last_bytes = files->items[i].size_bytes;
	}
	group->count = i - begin;
	return group->count > 0;
}

bool cpa_files_choose(const struct cpa_files *files, int64_t pid, struct cpa_files_group *ret_group)
{
	struct cpa_files_group group = {0};
	bool is_found = false;

	while (cpa_files_next(files, &group)) {
		if (pid >= 0 && files->items[group.begin].pid != pid)
			continue;
		if (is_found && (group.count < ret_group->count ||
					(group.count == ret_group->count &&
						group.last_bytes < ret_group->last_bytes)))
			continue;
		*ret_group = group;
		is_found = true;
	}
	return is_found;
}

void cpa_files_done(struct cpa_files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		free(files->items[i].path);
		free(files->items[i].process);
	}
	free(files->items);
	memset(files, 0, sizeof(*files));
}
