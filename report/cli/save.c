/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile into a file or to standard output.
 * Not here: its bytes (report/profile/encode.c), reports (out.c).
 */
#include "report/cli/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/profile/encode.h"

static bool is_stdout(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

bool cpa_cli_save_check(const char *path)
{
	if (!is_stdout(path) || !isatty(STDOUT_FILENO))
		return true;
	fputs("cprof: a profile is no text for a terminal: name a file with -o FILE\n", stderr);
	return false;
}

static bool complain(const char *path, const char *why)
{
	fprintf(stderr, "cprof: %s: %s\n", path, why);
	return false;
}

static bool cannot_write(const char *path, int error_code)
{
	char why[256];

	snprintf(why, sizeof(why), "cannot be written: %s", strerror(error_code));
	return complain(path, why);
}

/* "DIR/.NAME.PID.tmp" beside path, so that it can be renamed; freed with free(). */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t room = strlen(path) + 32;
	char *temporary = cpa_memory_new(room, 1);

	snprintf(
		temporary, room, "%.*s.%s.%ld.tmp", (int)(name - path), path, name, (long)getpid());
	return temporary;
}

static bool save_beside(const struct cpa_profile *profile, const char *path)
{
	struct cpa_error error = {""};
	char *temporary = temporary_name(path);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool is_saved = false;

	if (file == NULL) {
		(void)cannot_write(path, errno);
	} else if (cpa_encode_profile(profile, file, &error) != 0) {
		(void)complain(path, error.text);
		fclose(file);
	} else if (fclose(file) != 0 || rename(temporary, path) != 0) {
		(void)cannot_write(path, errno);
	} else {
		is_saved = true;
	}
	if (!is_saved && fd >= 0)
		unlink(temporary);
	free(temporary);
	return is_saved;
}

/* Into what is no regular file: a pipe, a device. */
static bool save_into(const struct cpa_profile *profile, const char *path)
{
	struct cpa_error error = {""};
	FILE *file = is_stdout(path) ? stdout : fopen(path, "we");
	bool is_saved;

	if (file == NULL)
		return cannot_write(path, errno);
	is_saved = cpa_encode_profile(profile, file, &error) == 0;
	if (file != stdout && fclose(file) != 0 && is_saved)
		return cannot_write(path, errno);
	return is_saved || complain(is_stdout(path) ? "standard output" : path, error.text);
}

bool cpa_cli_save_profile(const struct cpa_profile *profile, const char *path)
{
	struct stat about;

	if (is_stdout(path) || (stat(path, &about) == 0 && !S_ISREG(about.st_mode)))
		return save_into(profile, path);
	return save_beside(profile, path);
}
