/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot's file: there whole or not at all. */
#include "report/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "report/fd.h"
#include "report/program.h"

#define TEMP_TRIES    16
#define LIST_BYTES    8192
#define LIST_ROUNDS   4096 /* of some hundred names each: a directory is not read for ever */
#define STALE_SECONDS 60

/* The kernel's record; glibc's readdir would allocate. */
struct list_entry {
	uint64_t inode;
	int64_t offset;
	uint16_t record_bytes;
	uint8_t type;
	char name[];
};

void cpa_outfile_make_prefix(
	const char *program, int64_t pid, struct cpa_outfile_prefix *ret_prefix)
{
	ret_prefix->exe_bytes =
		(uint32_t)strnlen(program, CPA_PROGRAM_NAME_MAX) + 1; /* and the dot */
	(void)snprintf(ret_prefix->text, sizeof(ret_prefix->text), "%.*s.%lu.",
		(int)CPA_PROGRAM_NAME_MAX, program, (unsigned long)pid);
}

void cpa_outfile_make_name(const struct cpa_outfile_prefix *prefix, uint64_t sequence,
	const char *kind, char ret_name[CPA_OUTFILE_NAME_MAX])
{
	char *slash = ret_name;

	(void)snprintf(ret_name, CPA_OUTFILE_NAME_MAX, "%.130s%04lu.%.64s.pb.gz", prefix->text,
		(unsigned long)sequence, kind);
	while ((slash = strchr(slash, '/')))
		*slash = '+';
}

int cpa_outfile_open_dir(const char *path)
{
	int kept_errno = errno;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		fd = -errno;
	errno = kept_errno;
	return cpa_fd_above_stdio(fd);
}

bool cpa_outfile_is_taken(int dir_fd, const char *name)
{
	struct stat status;
	int kept_errno = errno;
	bool taken = !fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW);

	errno = kept_errno;
	return taken;
}

int cpa_outfile_begin(struct cpa_outfile *file, int dir_fd, const struct cpa_outfile_prefix *prefix)
{
	int kept_errno = errno;
	int error = -EEXIST;

	file->dir_fd = dir_fd;
	for (int i = 0; error == -EEXIST && i < TEMP_TRIES; i++) {
		/* The clock makes the name differ from one that another process with our pid uses
		 * or left. */
		(void)snprintf(file->temp_name, sizeof(file->temp_name), ".%.130s%lx.tmp",
			prefix->text, (unsigned long)cpa_clock_wall_ns());
		file->fd = openat(dir_fd, file->temp_name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		error = file->fd < 0 ? -errno : 0;
	}
	if (!error) {
		file->fd = cpa_fd_above_stdio(file->fd);
		if (file->fd < 0) {
			error = file->fd;
			(void)unlinkat(dir_fd, file->temp_name, 0);
		}
	}
	if (error)
		file->fd = -1;
	errno = kept_errno;
	return error;
}

/* Rename only onto a free name. */
static int rename_to_free(const struct cpa_outfile *file, const char *name)
{
	int fd;

	if (!renameat2(file->dir_fd, file->temp_name, file->dir_fd, name, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* The file system cannot: take the name with an empty file of our own, which we then
	 * replace. */
	fd = openat(file->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	(void)close(fd);
	if (!renameat(file->dir_fd, file->temp_name, file->dir_fd, name))
		return 0;
	fd = -errno;
	(void)unlinkat(file->dir_fd, name, 0);
	return fd;
}

int cpa_outfile_commit(
	struct cpa_outfile *file, const char *name, struct cpa_outfile_identity *ret_identity)
{
	int kept_errno = errno;
	struct stat status;
	int error = fstat(file->fd, &status) ? -errno : 0;

	/* A network file system may tell only now that there was no room. */
	if (close(file->fd) && errno != EINTR && !error)
		error = -errno;
	file->fd = -1;
	if (!error)
		error = rename_to_free(file, name);
	if (error)
		(void)unlinkat(file->dir_fd, file->temp_name, 0);
	else
		*ret_identity = (struct cpa_outfile_identity){
			.device = status.st_dev,
			.inode = status.st_ino,
			.size_bytes = (uint64_t)status.st_size,
		};
	errno = kept_errno;
	return error;
}

void cpa_outfile_abort(struct cpa_outfile *file)
{
	int kept_errno = errno;

	if (file->fd >= 0) {
		(void)close(file->fd);
		(void)unlinkat(file->dir_fd, file->temp_name, 0);
		file->fd = -1;
	}
	errno = kept_errno;
}

/* ".EXE.PID.HEX.tmp" of our EXE -> PID, else 0. */
static pid_t temp_owner(const char *name, const struct cpa_outfile_prefix *prefix)
{
	size_t name_bytes = strlen(name);
	long pid = 0;

	if (name[0] != '.' || name_bytes < 5 ||
		strncmp(name + 1, prefix->text, prefix->exe_bytes) ||
		strcmp(name + name_bytes - 4, ".tmp"))
		return 0;
	for (name += 1 + prefix->exe_bytes; *name >= '0' && *name <= '9' && pid < 100000000; name++)
		pid = pid * 10 + (*name - '0');
	if (*name++ != '.')
		return 0;
	name += strspn(name, "0123456789abcdef");
	return strcmp(name, ".tmp") ? 0 : (pid_t)pid;
}

static void clean_one(int dir_fd, const char *name, const struct cpa_outfile_prefix *prefix)
{
	pid_t pid = temp_owner(name, prefix);
	struct stat status;

	if (pid <= 0 || !kill(pid, 0) || errno != ESRCH)
		return;
	/* In another pid namespace the process may live though we do not see it: then it writes
	 * just now. */
	if (fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) || !S_ISREG(status.st_mode) ||
		status.st_uid != geteuid() || time(NULL) - status.st_mtime < STALE_SECONDS)
		return;
	(void)unlinkat(dir_fd, name, 0);
}

void cpa_outfile_clean(int dir_fd, const struct cpa_outfile_prefix *prefix)
{
	int kept_errno = errno;
	_Alignas(struct list_entry) char list[LIST_BYTES];
	long list_bytes;

	for (int i = 0; i < LIST_ROUNDS; i++) {
		list_bytes = syscall(SYS_getdents64, dir_fd, list, sizeof(list));
		if (list_bytes <= 0)
			break;
		for (long at = 0; at < list_bytes;) {
			const struct list_entry *entry = (const void *)(list + at);

			clean_one(dir_fd, entry->name, prefix);
			at += entry->record_bytes;
		}
	}
	errno = kept_errno;
}
