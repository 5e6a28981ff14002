/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program is called. */
#include "report/program.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

static bool is_plain(char letter)
{
	return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
	       (letter >= '0' && letter <= '9') || (letter && strchr("._+-", letter));
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * The kernel ran execfn, but the main module is another file: execfn is the loader. Newer loaders
 * put the program there themselves. When a file is gone it is not asked for.
 */
static bool is_loader(const char *execfn, const char *main_path)
{
	struct stat run, exec, main;

	return !stat("/proc/self/exe", &run) && !stat(execfn, &exec) && !stat(main_path, &main) &&
	       exec.st_dev == run.st_dev && exec.st_ino == run.st_ino &&
	       (main.st_dev != run.st_dev || main.st_ino != run.st_ino);
}

static bool is_useful(const char *execfn, const char *main_path)
{
	return execfn && *last_part(execfn) && strncmp(execfn, "/dev/fd/", 8) &&
	       strncmp(execfn, "/proc/", 6) && !is_loader(execfn, main_path);
}

void cpa_program_name(
	const char *execfn, const char *main_path, char ret_name[CPA_PROGRAM_NAME_MAX + 1])
{
	int kept_errno = errno;
	const char *name = last_part(is_useful(execfn, main_path) ? execfn : main_path);
	size_t used_bytes = 0;

	for (; *name && used_bytes < CPA_PROGRAM_NAME_MAX; name++)
		ret_name[used_bytes++] = is_plain(*name) ? *name : '_';
	if (!used_bytes || ret_name[0] == '.')
		ret_name[0] = '_';
	used_bytes += !used_bytes;
	ret_name[used_bytes] = '\0';
	errno = kept_errno;
}
