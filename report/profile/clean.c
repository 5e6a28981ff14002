/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of source files as reports show them.
 * Not here: finding the files (report/graph/sourcepath.c).
 */
#include "report/profile/clean.h"

#include <stdbool.h>
#include <string.h>

#include "report/profile/memory.h"

static bool is_part(const char *at, const char *end, const char *name)
{
	return (size_t)(end - at) == strlen(name) && memcmp(at, name, (size_t)(end - at)) == 0;
}

/* Behind what was written so far: take the last part away again. False when there is none. */
static bool step_back(char *text, size_t *used, bool is_rooted)
{
	size_t at = *used;

	while (at > 0 && text[at - 1] != '/')
		at--;
	if (*used == (is_rooted ? 1 : 0) || is_part(text + at, text + *used, ".."))
		return false;
	*used = at > (is_rooted ? 1 : 0) ? at - 1 : at;
	return true;
}

const char *cpa_clean_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

char *cpa_clean_path(const char *path)
{
	static const char cwd[] = "/proc/self/cwd/";
	bool is_rooted;
	size_t used = 0;
	char *text;

	if (strncmp(path, cwd, strlen(cwd)) == 0)
		path += strlen(cwd);
	text = cpa_memory_new(strlen(path) + 2, 1);
	if (path[0] == '\0')
		return text;
	is_rooted = path[0] == '/';
	if (is_rooted)
		text[used++] = '/';
	while (*path != '\0') {
		const char *end;

		while (*path == '/')
			path++;
		end = path + strcspn(path, "/");
		if (end == path || is_part(path, end, ".")) {
			path = end;
			continue;
		}
		if (!is_part(path, end, "..") ||
			!(step_back(text, &used, is_rooted) || is_rooted)) {
			if (used > (is_rooted ? 1 : 0))
				text[used++] = '/';
			memcpy(text + used, path, (size_t)(end - path));
			used += (size_t)(end - path);
		}
		path = end;
	}
	if (used == 0)
		text[used++] = '.';
	text[used] = '\0';
	return text;
}
