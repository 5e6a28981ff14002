/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory of cached files: reading one, writing one, keeping all of them small.
 * Not here: what is in the files (symcache.c).
 */
#include "report/symbols/cachedir.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/profile/memory.h"

#define TOTAL_MAX_BYTES (UINT64_C(256) << 20)
/* Temporary names begin with it; what a killed process left goes like any other old file. */
#define TEMPORARY       "tmp."

static bool directory_path(char *to, size_t to_bytes)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int length_bytes;

	if (cache != NULL && cache[0] == '/')
		length_bytes = snprintf(to, to_bytes, "%s/cprofalloc/symbols", cache);
	else if (home != NULL && home[0] == '/')
		length_bytes = snprintf(to, to_bytes, "%s/.cache/cprofalloc/symbols", home);
	else
		return false;
	return length_bytes > 0 && (size_t)length_bytes < to_bytes;
}

/* The directory, made where it is missing; -1 when that cannot be. */
static int open_directory(bool makes_it)
{
	char path[PATH_MAX], *slash;

	if (!directory_path(path, sizeof(path)))
		return -1;
	for (slash = strchr(path + 1, '/'); makes_it && slash != NULL;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	if (makes_it)
		(void)mkdir(path, 0700);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

char *cpa_cachedir_read(const char *name, size_t *ret_size_bytes)
{
	struct stat status;
	char *bytes = NULL;
	size_t have_bytes = 0;
	ssize_t got = 1;
	int directory = open_directory(false), fd;

	if (directory < 0)
		return NULL;
	fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	close(directory);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
		status.st_size > 0 && (uint64_t)status.st_size <= CPA_CACHEDIR_FILE_MAX_BYTES) {
		bytes = cpa_memory_new((size_t)status.st_size, 1);
		while (have_bytes < (size_t)status.st_size && got > 0) {
			got = read(fd, bytes + have_bytes, (size_t)status.st_size - have_bytes);
			have_bytes += got > 0 ? (size_t)got : 0;
		}
	}
	close(fd);
	*ret_size_bytes = have_bytes;
	return bytes;
}

/* A file of the directory, for throwing the oldest away. */
struct entry {
	char *name;
	struct timespec time;
	uint64_t size_bytes;
};

static int compare_entries(const void *left, const void *right)
{
	const struct entry *l = left, *r = right;

	if (l->time.tv_sec != r->time.tv_sec)
		return l->time.tv_sec < r->time.tv_sec ? -1 : 1;
	return (l->time.tv_nsec > r->time.tv_nsec) - (l->time.tv_nsec < r->time.tv_nsec);
}

/* The oldest files go until the rest is small enough. */
static void prune(int directory)
{
	struct entry *entries = NULL;
	size_t count = 0, capacity = 0, i;
	uint64_t total_bytes = 0;
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *item;
	struct stat status;

	if (list == NULL) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((item = readdir(list)) != NULL) {
		if (fstatat(directory, item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
			!S_ISREG(status.st_mode))
			continue;
		entries = cpa_memory_grow(entries, &capacity, count + 1, sizeof(*entries));
		entries[count++] =
			(struct entry){.name = cpa_memory_text(item->d_name, strlen(item->d_name)),
				.time = status.st_mtim,
				.size_bytes = (uint64_t)status.st_size};
		total_bytes += (uint64_t)status.st_size;
	}
	closedir(list);
	if (total_bytes > TOTAL_MAX_BYTES)
		qsort(entries, count, sizeof(*entries), compare_entries);
	for (i = 0; i < count; i++) {
		if (total_bytes > TOTAL_MAX_BYTES && unlinkat(directory, entries[i].name, 0) == 0)
			total_bytes -= entries[i].size_bytes;
		free(entries[i].name);
	}
	free(entries);
}

void cpa_cachedir_write(const char *name, const void *bytes, size_t size_bytes)
{
	char temporary[64];
	size_t done_bytes = 0;
	ssize_t put = 1;
	int directory = open_directory(true), fd;

	if (directory < 0)
		return;
	snprintf(temporary, sizeof(temporary), TEMPORARY "%ld", (long)getpid());
	(void)unlinkat(directory, temporary, 0);
	fd = openat(
		directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	while (fd >= 0 && done_bytes < size_bytes && put > 0) {
		put = write(fd, (const char *)bytes + done_bytes, size_bytes - done_bytes);
		done_bytes += put > 0 ? (size_t)put : 0;
	}
	if (fd >= 0 && (close(fd) != 0 || done_bytes < size_bytes ||
			       renameat(directory, temporary, directory, name) != 0))
		(void)unlinkat(directory, temporary, 0);
	prune(directory);
	close(directory);
}
