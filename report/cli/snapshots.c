/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which snapshots, of every kind, lie in a directory.
 * Not here: what is in them (ingest.c).
 */
#include "report/cli/snapshots.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".pb.gz"

/* The dot before end, or NULL. */
static const char *dot_before(const char *begin, const char *end)
{
	while (end > begin + 1)
		if (*--end == '.')
			return end;
	return NULL;
}

/* The number between two dots; -1: none. */
static int64_t number_between(const char *dot, const char *end)
{
	const char *at = dot + 1;
	int64_t number = 0;

	if (at == end || end - at > 18)
		return -1;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return -1;
		number = 10 * number + (*at - '0');
	}
	return number;
}

/* Take a name apart from its end: EXE may have dots. False: it is no snapshot's. */
static bool split_name(const char *name, struct cpa_cli_snapshot *snapshot)
{
	size_t name_bytes = strlen(name);
	const char *end = name + name_bytes - strlen(SUFFIX), *kind, *sequence, *pid;
	size_t series_bytes;

	if (name_bytes <= strlen(SUFFIX) || name[0] == '.' || strcmp(end, SUFFIX) != 0 ||
		strchr(name, '\n') != NULL)
		return false;
	kind = dot_before(name, end);
	sequence = kind != NULL ? dot_before(name, kind) : NULL;
	pid = sequence != NULL ? dot_before(name, sequence) : NULL;
	if (pid == NULL || number_between(pid, sequence) < 0)
		return false;
	snapshot->sequence = number_between(sequence, kind);
	if (snapshot->sequence < 0)
		return false;
	series_bytes = (size_t)(sequence - name) + 1 + (size_t)(end - kind);
	snapshot->series = cpa_memory_new(series_bytes, 1);
	snprintf(snapshot->series, series_bytes, "%.*s %.*s", (int)(sequence - name), name,
		(int)(end - kind - 1), kind + 1);
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct cpa_cli_snapshot *left = a, *right = b;

	if (left->time_ns != right->time_ns)
		return left->time_ns > right->time_ns ? 1 : -1;
	return strcmp(left->name, right->name);
}

/* only: the one that was asked for, of whatever name; NULL: all */
static void add(struct cpa_cli_snapshots *snapshots, int dir_fd, const char *name, const char *only)
{
	struct cpa_cli_snapshot snapshot = {.is_wanted = only == NULL || strcmp(only, name) == 0};
	struct stat about;

	if (!split_name(name, &snapshot) && (only == NULL || !snapshot.is_wanted))
		return;
	if (fstatat(dir_fd, name, &about, 0) != 0 || !S_ISREG(about.st_mode)) {
		free(snapshot.series);
		return;
	}
	snapshot.name = cpa_memory_text(name, strlen(name));
	snapshot.time_ns = (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec;
	snapshots->items = cpa_memory_grow(snapshots->items, &snapshots->capacity,
		snapshots->count + 1, sizeof(*snapshots->items));
	snapshots->items[snapshots->count++] = snapshot;
}

/* "a/b" is b in a, "b" is b in "." */
static const char *split_path(const char *path, char **ret_dir_path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL) {
		*ret_dir_path = cpa_memory_text(".", 1);
		return path;
	}
	*ret_dir_path = cpa_memory_text(path, slash == path ? 1 : (size_t)(slash - path));
	return slash + 1;
}

bool cpa_cli_snapshots_init(
	struct cpa_cli_snapshots *ret_snapshots, const char *path, struct cpa_error *error)
{
	const char *only = NULL;
	const struct dirent *entry;
	struct stat about;
	DIR *dir;

	*ret_snapshots = (struct cpa_cli_snapshots){0};
	if (path[0] == '\0' || stat(path, &about) != 0) {
		(void)cpa_error_set(error, "%.300s: %s", path, strerror(path[0] ? errno : ENOENT));
		return false;
	}
	ret_snapshots->is_dir = S_ISDIR(about.st_mode);
	if (ret_snapshots->is_dir)
		ret_snapshots->dir_path = cpa_memory_text(path, strlen(path));
	else if (S_ISREG(about.st_mode))
		only = split_path(path, &ret_snapshots->dir_path);
	else
		(void)cpa_error_set(error, "%.300s: neither a directory nor a file", path);
	dir = ret_snapshots->dir_path != NULL ? opendir(ret_snapshots->dir_path) : NULL;
	if (dir == NULL) {
		(void)cpa_error_set(error, "%.300s: %s", path, strerror(errno));
		cpa_cli_snapshots_done(ret_snapshots);
		return false;
	}
	while ((entry = readdir(dir)) != NULL)
		add(ret_snapshots, dirfd(dir), entry->d_name, only);
	closedir(dir);
	if (ret_snapshots->count > 1)
		qsort(ret_snapshots->items, ret_snapshots->count, sizeof(*ret_snapshots->items),
			by_time);
	return true;
}

void cpa_cli_snapshots_done(struct cpa_cli_snapshots *snapshots)
{
	size_t i;

	for (i = 0; i < snapshots->count; i++) {
		free(snapshots->items[i].name);
		free(snapshots->items[i].series);
	}
	free(snapshots->items);
	free(snapshots->dir_path);
	*snapshots = (struct cpa_cli_snapshots){0};
}

const struct cpa_cli_snapshot *cpa_cli_snapshots_before(
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot)
{
	const struct cpa_cli_snapshot *before = NULL;
	size_t i;

	for (i = 0; i < snapshots->count && snapshot->series != NULL; i++) {
		const struct cpa_cli_snapshot *other = &snapshots->items[i];

		if (other->series != NULL && strcmp(other->series, snapshot->series) == 0 &&
			other->sequence < snapshot->sequence &&
			(before == NULL || other->sequence > before->sequence))
			before = other;
	}
	return before;
}

char *cpa_cli_snapshots_path(
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot)
{
	size_t path_bytes = strlen(snapshots->dir_path) + strlen(snapshot->name) + 2;
	char *path = cpa_memory_new(path_bytes, 1);

	snprintf(path, path_bytes, "%s/%s", snapshots->dir_path, snapshot->name);
	return path;
}

bool cpa_cli_snapshots_is_there(
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot)
{
	char *path = cpa_cli_snapshots_path(snapshots, snapshot);
	bool is_there = access(path, F_OK) == 0 || errno != ENOENT;

	free(path);
	return is_there;
}
