/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which snapshots of a directory a server has accepted, kept in a file.
 * Not here: which snapshots there are (snapshots.c).
 */
#include "report/cli/pushed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* FNV-1a, with the final NUL, so that ("ab", "") is not ("a", "b"). */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	while (*text++ != '\0');
	return hash;
}

char *cpa_cli_pushed_path(const char *dir_path, const char *url, const char *tenant)
{
	size_t path_bytes = strlen(dir_path) + 64;
	char *path = cpa_memory_new(path_bytes, 1);

	snprintf(path, path_bytes, "%s/.cprof-push.%016" PRIx64, dir_path,
		hash_text(hash_text(FNV_BASIS, url), tenant));
	return path;
}

static int cannot(const struct cpa_cli_pushed *pushed, struct cpa_error *error)
{
	return cpa_error_set(error,
		"what was pushed cannot be remembered in %.300s: %s (--state=FILE: elsewhere)",
		pushed->path, strerror(errno));
}

/* A device would be read without end, a pipe without beginning. */
static bool is_file(int fd)
{
	struct stat about;

	if (fstat(fd, &about) != 0)
		return false;
	errno = EINVAL;
	return S_ISREG(about.st_mode);
}

/* Is what we hold still what the path names? It may have been replaced before we had hold of it. */
static bool is_current(const struct cpa_cli_pushed *pushed)
{
	struct stat held, named;

	return fstat(pushed->fd, &held) == 0 && stat(pushed->path, &named) == 0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

static struct cpa_cli_pushed_entry *add_entry(
	struct cpa_cli_pushed *pushed, const char *name, size_t name_bytes, int64_t time_ns)
{
	struct cpa_cli_pushed_entry *entry;

	pushed->items = cpa_memory_grow(
		pushed->items, &pushed->capacity, pushed->count + 1, sizeof(*pushed->items));
	entry = &pushed->items[pushed->count++];
	*entry = (struct cpa_cli_pushed_entry){
		.time_ns = time_ns, .name = cpa_memory_text(name, name_bytes)};
	return entry;
}

/* "TIME_NS NAME" a line; a line of another form, such as the first, says nothing. */
static bool read_entries(struct cpa_cli_pushed *pushed)
{
	int fd = dup(pushed->fd);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	size_t room = 0;
	char *line = NULL, *end;
	ssize_t line_bytes;
	bool is_good;

	if (file == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((line_bytes = getline(&line, &room, file)) > 0) {
		int64_t time_ns = strtoll(line, &end, 10);

		if (end != line && *end == ' ' && line[line_bytes - 1] == '\n')
			(void)add_entry(pushed, end + 1, strcspn(end + 1, "\n"), time_ns);
	}
	is_good = !ferror(file);
	free(line);
	fclose(file);
	return is_good;
}

int cpa_cli_pushed_open(struct cpa_cli_pushed *ret_pushed, const char *path, const char *url,
	struct cpa_error *error)
{
	*ret_pushed = (struct cpa_cli_pushed){
		.path = cpa_memory_text(path, strlen(path)), .url = url, .fd = -1};
	ret_pushed->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (ret_pushed->fd < 0 || !is_file(ret_pushed->fd))
		return cannot(ret_pushed, error);
	if (flock(ret_pushed->fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? -EBUSY : cannot(ret_pushed, error);
	if (!is_current(ret_pushed))
		return -EBUSY;
	return read_entries(ret_pushed) ? 0 : cannot(ret_pushed, error);
}

void cpa_cli_pushed_close(struct cpa_cli_pushed *pushed)
{
	size_t i;

	for (i = 0; i < pushed->count; i++)
		free(pushed->items[i].name);
	free(pushed->items);
	free(pushed->path);
	if (pushed->fd >= 0)
		close(pushed->fd);
	*pushed = (struct cpa_cli_pushed){.fd = -1};
}

bool cpa_cli_pushed_has(struct cpa_cli_pushed *pushed, const char *name, int64_t time_ns)
{
	size_t i;

	for (i = 0; i < pushed->count; i++)
		if (pushed->items[i].time_ns == time_ns &&
			strcmp(pushed->items[i].name, name) == 0) {
			pushed->items[i].is_there = true;
			return true;
		}
	return false;
}

static bool write_entries(const struct cpa_cli_pushed *pushed, int fd)
{
	int copy = dup(fd);
	FILE *file = copy >= 0 ? fdopen(copy, "w") : NULL;
	bool is_good;
	size_t i;

	if (file == NULL) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	fprintf(file, "# cprof push: accepted by %s\n", pushed->url);
	for (i = 0; i < pushed->count; i++)
		if (pushed->items[i].is_there)
			fprintf(file, "%" PRId64 " %s\n", pushed->items[i].time_ns,
				pushed->items[i].name);
	is_good = fflush(file) == 0 && fdatasync(copy) == 0;
	return fclose(file) == 0 && is_good;
}

/* The new file is held before it has the name, so that there is always one that is held. */
static bool replace(struct cpa_cli_pushed *pushed)
{
	size_t temporary_bytes = strlen(pushed->path) + 8;
	char *temporary = cpa_memory_new(temporary_bytes, 1);
	int fd;

	snprintf(temporary, temporary_bytes, "%s.tmp", pushed->path);
	fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) != 0 || !write_entries(pushed, fd) ||
			       rename(temporary, pushed->path) != 0)) {
		int saved_errno = errno;

		unlink(temporary);
		close(fd);
		errno = saved_errno;
		fd = -1;
	}
	free(temporary);
	if (fd < 0)
		return false;
	close(pushed->fd);
	pushed->fd = fd;
	return true;
}

int cpa_cli_pushed_save(struct cpa_cli_pushed *pushed, struct cpa_error *error)
{
	return replace(pushed) ? 0 : cannot(pushed, error);
}

int cpa_cli_pushed_add(
	struct cpa_cli_pushed *pushed, const char *name, int64_t time_ns, struct cpa_error *error)
{
	add_entry(pushed, name, strlen(name), time_ns)->is_there = true;
	return cpa_cli_pushed_save(pushed, error);
}
