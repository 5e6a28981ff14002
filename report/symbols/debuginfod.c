/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug files from the servers of DEBUGINFOD_URLS. The library is opened at run time: it brings a
 * whole web client with it, which nobody needs who has set no servers.
 * Not here: debug files of this machine (debugfile.c).
 */
#include "report/symbols/debuginfod.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define LIBRARY "libdebuginfod.so.1"

/* As its manual page, debuginfod_find_debuginfo(3), has them; a length of 0 means hex digits. */
struct calls {
	void *(*begin)(void);
	int (*find)(
		void *client, const unsigned char *build_id, int build_id_bytes, char **ret_path);
	void (*end)(void *client);
};

static void (*find_call(void *library, const char *name))(void)
{
	union {
		void *object;
		void (*function)(void);
	} call = {.object = dlsym(library, name)};

	return call.function;
}

static const struct calls *open_library(void)
{
	static struct calls calls;
	static bool is_tried;
	void *library;

	if (!is_tried) {
		is_tried = true;
		library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
		if (library == NULL)
			return NULL;
		calls.begin = (void *(*)(void))find_call(library, "debuginfod_begin");
		calls.end = (void (*)(void *))find_call(library, "debuginfod_end");
		calls.find = (int (*)(void *, const unsigned char *, int, char **))find_call(
			library, "debuginfod_find_debuginfo");
	}
	return calls.begin != NULL && calls.end != NULL && calls.find != NULL ? &calls : NULL;
}

char *cpa_debuginfod_find(const char *build_id)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	const struct calls *calls;
	char *path = NULL;
	void *client;
	int fd;

	if (urls == NULL || urls[0] == '\0' || build_id[0] == '\0')
		return NULL;
	calls = open_library();
	client = calls != NULL ? calls->begin() : NULL;
	if (client == NULL)
		return NULL;
	fd = calls->find(client, (const unsigned char *)build_id, 0, &path);
	if (fd >= 0)
		close(fd);
	else
		path = NULL;
	calls->end(client);
	return path;
}
