/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processes are that started this one. Nothing here allocates. */
#include "report/ancestors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/fd.h"

#define DEPTH_MAX       64 /* a process may get a number again: no endless circle */
#define PATH_BYTES      80u
#define DIRECTORY_BYTES 8192u

/* The beginning of a small file; "" when there is none. */
static void read_text(const char *path, char *ret_text, size_t room_bytes)
{
	int fd = cpa_fd_open_read(path);
	long text_bytes = fd < 0 ? 0 : cpa_fd_read_at(fd, ret_text, room_bytes - 1, 0);

	ret_text[text_bytes > 0 ? text_bytes : 0] = '\0';
	cpa_fd_close(fd);
}

/* "PID (NAME) STATE PARENT ...", where the name may hold anything. 0: there is none. */
static pid_t parent_of(pid_t pid)
{
	char path[PATH_BYTES], text[256];
	const char *end;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	read_text(path, text, sizeof(text));
	end = strrchr(text, ')');
	return end && strlen(end) > 4 ? (pid_t)strtol(end + 4, NULL, 10) : 0;
}

static bool is_named(pid_t pid, const char *tid, const char *name)
{
	char path[PATH_BYTES], text[32];

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%.20s/comm", (long)pid, tid);
	read_text(path, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	return !strcmp(text, name);
}

static bool has_thread(pid_t pid, const char *name)
{
	char path[PATH_BYTES];
	_Alignas(struct dirent64) char entries[DIRECTORY_BYTES];
	bool found = false;
	ssize_t got_bytes;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd >= 0 && !found && (got_bytes = getdents64(fd, entries, sizeof(entries))) > 0) {
		for (ssize_t at = 0; at < got_bytes && !found;) {
			const struct dirent64 *entry = (const void *)(entries + at);

			found = entry->d_name[0] != '.' && is_named(pid, entry->d_name, name);
			at += entry->d_reclen;
		}
	}
	cpa_fd_close(fd);
	return found;
}

bool cpa_ancestors_have_thread(const char *name)
{
	int kept_errno = errno;
	pid_t pid = getppid();
	bool found = false;

	for (int depth = 0; depth < DEPTH_MAX && pid > 0 && !found; depth++) {
		found = has_thread(pid, name);
		pid = parent_of(pid);
	}
	errno = kept_errno;
	return found;
}
