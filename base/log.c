/* SPDX-License-Identifier: BSD-2-Clause */
/* One clear line on the program's standard error. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

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
	/* A message that cannot be written has nowhere else to go. */
	(void)!write(STDERR_FILENO, line, used_bytes);
	errno = kept_errno;
}
