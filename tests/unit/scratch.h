/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory for one test, commands run in it, and the files that come out.
 * Not here: what is tested.
 */
#ifndef CPA_TESTS_UNIT_SCRATCH_H
#define CPA_TESTS_UNIT_SCRATCH_H

#include "tests/unit/cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_dir[256];

/* cmocka group set-up and tear-down. */
static int scratch_begin(void **unused)
{
	const char *base = getenv("TMPDIR");

	(void)unused;
	snprintf(scratch_dir, sizeof(scratch_dir), "%s/cpa-unit-XXXXXX",
		base && *base ? base : "/tmp");
	return mkdtemp(scratch_dir) ? 0 : -1;
}

/* The status of a shell command, run inside the directory. */
__attribute__((unused, format(printf, 1, 2))) static int scratch_run(const char *format, ...)
{
	char command[4096];
	va_list args;
	int used = snprintf(command, sizeof(command), "cd '%s' && ", scratch_dir);

	va_start(args, format);
	vsnprintf(command + used, sizeof(command) - (size_t)used, format, args);
	va_end(args);
	return system(command);
}

static int scratch_end(void **unused)
{
	char command[512];

	(void)unused;
	snprintf(command, sizeof(command), "rm -rf '%s'", scratch_dir);
	return system(command);
}

/* The path of a name in the directory; valid until the fourth call after. */
__attribute__((unused)) static const char *scratch_path(const char *name)
{
	static char paths[4][512];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch_dir, name);
	return path;
}

/* A whole file, with a NUL after it; the caller frees it. */
__attribute__((unused)) static char *scratch_read(const char *path, size_t *ret_bytes)
{
	int fd = open(path, O_RDONLY);
	struct stat status;
	char *text;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	text = malloc((size_t)status.st_size + 1);
	assert_non_null(text);
	assert_int_equal(read(fd, text, (size_t)status.st_size), status.st_size);
	text[status.st_size] = '\0';
	if (ret_bytes)
		*ret_bytes = (size_t)status.st_size;
	close(fd);
	return text;
}

#endif
