/* SPDX-License-Identifier: BSD-2-Clause */
/* Which file the kernel has mapped at an address. */
#include "report/procmaps.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "report/fd.h"

#define MAPS_LINE_BYTES (PATH_MAX + 128)

static bool ends_in_deleted(const char *path, size_t path_bytes)
{
	static const char mark[] = " (deleted)";

	return path_bytes > sizeof(mark) - 1 &&
	       !memcmp(path + path_bytes - (sizeof(mark) - 1), mark, sizeof(mark) - 1);
}

void cpa_procmaps_cut_deleted(char *path)
{
	size_t path_bytes = strlen(path);

	if (ends_in_deleted(path, path_bytes))
		path[path_bytes - (sizeof(" (deleted)") - 1)] = '\0';
}

/* "7f0000-7f1000 r-xp 00001000 08:01 42   /path" -> does it hold address, and its path ("" if
 * none). */
static bool line_holds(char *line, uint64_t address, const char **ret_path)
{
	uint64_t start = 0, limit = 0;
	char *at = line;

	for (; *at && *at != '-'; at++)
		start = start * 16 + (uint64_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
	for (at += *at == '-'; *at && *at != ' '; at++)
		limit = limit * 16 + (uint64_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
	if (address < start || address >= limit)
		return false;
	at = strchr(line, '/');
	*ret_path = at ? at : "";
	return true;
}

bool cpa_procmaps_file_at(uint64_t address, char *ret_path, size_t room_bytes)
{
	int kept_errno = errno;
	int fd = cpa_fd_open_read("/proc/self/maps");
	char text[MAPS_LINE_BYTES];
	size_t used_bytes = 0;
	const char *path = "";
	bool found = false;
	ssize_t got_bytes;

	/* Each round: one more read, then all whole lines in it, then the rest moves to the front.
	 */
	while (fd >= 0 && !found && used_bytes < sizeof(text) - 1 &&
		(got_bytes = read(fd, text + used_bytes, sizeof(text) - 1 - used_bytes)) > 0) {
		char *line = text;
		char *end;

		used_bytes += (size_t)got_bytes;
		text[used_bytes] = '\0';
		for (; !found && (end = strchr(line, '\n')); line = found ? line : end + 1) {
			*end = '\0';
			found = line_holds(line, address, &path);
		}
		if (!found) {
			used_bytes = strlen(line);
			memmove(text, line, used_bytes);
		}
	}
	cpa_fd_close(fd);
	errno = kept_errno;
	if (!found || !*path || strlen(path) >= room_bytes)
		return false;
	strcpy(ret_path, path);
	cpa_procmaps_cut_deleted(ret_path);
	return true;
}
