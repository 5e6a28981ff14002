/* SPDX-License-Identifier: BSD-2-Clause */
/* The command cprof of this installation, and whether it may be run. */
#include "report/http/tool.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"

#define STATUS_BYTES 8192u

/* Touched by the server's thread alone. */
static int tool_fd = -1;
static long first_filter_count;

/* The seccomp filters of this thread, which may kill who breaks their rules; 0: none are known. */
static long count_filters(void)
{
	static const char key[] = "\nSeccomp_filters:";
	char text[STATUS_BYTES];
	const char *line;
	ssize_t text_bytes;
	int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	text_bytes = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	text[text_bytes > 0 ? text_bytes : 0] = '\0';
	line = strstr(text, key);
	return line ? strtol(line + sizeof(key) - 1, NULL, 10) : 0;
}

static int open_file(const char *path)
{
	struct stat about;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)))
		return fd;
	(void)close(fd);
	return -1;
}

/* Beside the module, in the build tree and below any prefix; else where configure was told. */
void cpa_http_tool_find(void)
{
	static const char *const places[] = {"../cprof", "../../bin/cprof", "../../../bin/cprof"};
	char path[PATH_MAX];
	const char *slash;
	Dl_info own;

	first_filter_count = count_filters();
	if (!dladdr((const void *)&tool_fd, &own) || !own.dli_fname)
		return;
	slash = strrchr(own.dli_fname, '/');
	for (size_t i = 0; slash && i < CPA_ARRAY_LEN(places) && tool_fd < 0; i++)
		if (snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - own.dli_fname),
			    own.dli_fname, places[i]) < (int)sizeof(path))
			tool_fd = open_file(path);
	if (tool_fd < 0)
		tool_fd = open_file(CPA_BINDIR "/cprof");
}

int cpa_http_tool_fd(const char **ret_reason)
{
	if (tool_fd < 0)
		*ret_reason = "cprof was found neither beside the library nor in " CPA_BINDIR;
	else if (getauxval(AT_SECURE))
		*ret_reason = "a program with privileges of its file's starts no other for us";
	else if (count_filters() > first_filter_count)
		*ret_reason = "the program has confined itself (seccomp) since it was started";
	else
		return tool_fd;
	return -1;
}
