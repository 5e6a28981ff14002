/* SPDX-License-Identifier: BSD-2-Clause */
/* One clear line on the program's standard error. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static CPA_TLS_IE bool apart;

void cpa_log_from_apart(void)
{
	apart = true;
}

/*
 * A copy of the program's descriptor 2, for a thread that has none of the program's. The copy
 * shares its file offset, where opening /proc/self/fd/2 would begin another. -1: nobody to tell.
 */
static int borrow_stderr(void)
{
	int process = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, STDERR_FILENO, 0);

	if (process >= 0)
		(void)close(process);
	return fd;
}

/* A message that cannot be written has nowhere else to go. */
static void write_line(const char *line, size_t line_bytes)
{
	int fd = apart ? borrow_stderr() : STDERR_FILENO;

	(void)!write(fd, line, line_bytes);
	if (apart && fd >= 0)
		(void)close(fd);
}

void cpa_log(const char *format, ...)
{
	static const char prefix[] = "cprofalloc: ";
	int kept_errno = errno;
	char line[LINE_MAX_BYTES];
	size_t used_bytes = sizeof(prefix) - 1;
	size_t room_bytes = sizeof(line) - used_bytes - 1; /* one byte kept for the newline */
	va_list args;
	int wanted_bytes;

	memcpy(line, prefix, used_bytes);
	va_start(args, format);
	wanted_bytes = vsnprintf(line + used_bytes, room_bytes, format, args);
	va_end(args);
	if (wanted_bytes > 0)
		used_bytes +=
			(size_t)wanted_bytes < room_bytes ? (size_t)wanted_bytes : room_bytes - 1;
	line[used_bytes++] = '\n';
	write_line(line, used_bytes);
	errno = kept_errno;
}
