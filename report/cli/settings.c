/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The environment of a profiled program: which library, which CPROFALLOC.
 * Not here: what the keys mean (base/conf.c).
 */
#include "report/cli/settings.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool cpa_cli_settings_init(struct cpa_cli_settings *ret_settings, const char *inherited)
{
	int length = snprintf(ret_settings->text, sizeof(ret_settings->text), "%s",
		inherited != NULL ? inherited : "");

	return length >= 0 && (size_t)length < sizeof(ret_settings->text);
}

/* One "key=value" between commas; its length without the comma. */
static size_t item_bytes(const char *item)
{
	return strcspn(item, ",");
}

static bool is_item_of(const char *item, const char *key)
{
	size_t key_bytes = strlen(key);

	item += strspn(item, " \t");
	return strncmp(item, key, key_bytes) == 0 &&
	       (item[key_bytes] == '=' || item[key_bytes] == ',' || item[key_bytes] == '\0');
}

static void remove_key(struct cpa_cli_settings *settings, const char *key)
{
	char *from = settings->text, *to = settings->text;

	while (*from != '\0') {
		size_t length = item_bytes(from);
		bool is_last = from[length] == '\0';

		if (length > 0 && !is_item_of(from, key)) {
			if (to != settings->text)
				*to++ = ',';
			memmove(to, from, length);
			to += length;
		}
		from += length + !is_last;
	}
	*to = '\0';
}

bool cpa_cli_settings_set(struct cpa_cli_settings *settings, const char *key, const char *value)
{
	size_t used, room;
	int length;

	if (strchr(value, ',') != NULL)
		return false;
	remove_key(settings, key);
	used = strlen(settings->text);
	room = sizeof(settings->text) - used;
	length = snprintf(settings->text + used, room, "%s%s=%s", used > 0 ? "," : "", key, value);
	return length >= 0 && (size_t)length < room;
}

bool cpa_cli_settings_get(
	const struct cpa_cli_settings *settings, const char *key, char *to, size_t to_bytes)
{
	const char *item = settings->text;
	bool is_found = false;

	while (*item != '\0') {
		size_t length = item_bytes(item);
		const char *value = memchr(item, '=', length);

		if (is_item_of(item, key) && value != NULL) {
			snprintf(to, to_bytes, "%.*s", (int)(item + length - value - 1), value + 1);
			is_found = true;
		}
		item += length + (item[length] == ',');
	}
	return is_found;
}

static bool is_readable(const char *directory, const char *name, char *to, size_t to_bytes)
{
	char path[PATH_MAX], absolute[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s%s", directory, name);

	if (length < 0 || (size_t)length >= sizeof(path) || access(path, R_OK) != 0 ||
		realpath(path, absolute) == NULL)
		return false;
	/*
	 * In the build tree libcprofalloc.so is a link to the file with the version: any of
	 * them will do.
	 */
	length = snprintf(to, to_bytes, "%s", absolute);
	return length >= 0 && (size_t)length < to_bytes;
}

static bool find_library(char *to, size_t to_bytes)
{
	char directory[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", directory, sizeof(directory) - 1);
	char *slash;

	if (length > 0) {
		directory[length] = '\0';
		slash = strrchr(directory, '/');
		if (slash != NULL)
			*slash = '\0';
		slash = strrchr(directory, '/');
		/*
		 * libtool keeps the real program in .libs/ (as cprof or lt-cprof), with the
		 * library beside it.
		 */
		if (slash != NULL && strcmp(slash, "/.libs") == 0 &&
			is_readable(directory, "/libcprofalloc.so", to, to_bytes))
			return true;
		if (is_readable(directory, "/.libs/libcprofalloc.so", to, to_bytes))
			return true;
	}
	if (is_readable(CPA_LIBDIR, "/libcprofalloc.so", to, to_bytes) ||
		is_readable(CPA_LIBDIR, "/libcprofalloc.so.0", to, to_bytes))
		return true;
	/* Moved after the installation, or staged with DESTDIR. */
	return length > 0 &&
	       (is_readable(directory, "/../lib/libcprofalloc.so", to, to_bytes) ||
		       is_readable(directory, "/../lib/libcprofalloc.so.0", to, to_bytes));
}

bool cpa_cli_settings_library(char *to, size_t to_bytes)
{
	const char *chosen = getenv("CPROFALLOC_LIB");

	if (chosen != NULL && chosen[0] != '\0') {
		if (!is_readable(chosen, "", to, to_bytes)) {
			fprintf(stderr, "cprof: CPROFALLOC_LIB=%s: %s\n", chosen, strerror(errno));
			return false;
		}
	} else if (!find_library(to, to_bytes)) {
		fprintf(stderr,
			"cprof: no libcprofalloc.so in %s; set CPROFALLOC_LIB to its path\n",
			CPA_LIBDIR);
		return false;
	}
	if (strpbrk(to, " \t:$") != NULL) {
		fprintf(stderr,
			"cprof: %s: LD_PRELOAD cannot carry a name with a space, a colon or a "
			"dollar; set CPROFALLOC_LIB to a copy elsewhere\n",
			to);
		return false;
	}
	return true;
}

void cpa_cli_settings_apply(struct cpa_cli_settings *settings, const char *library, pid_t only_pid)
{
	const char *old = getenv("LD_PRELOAD");
	char *preload = NULL, pid[24];
	bool fits = true;

	if (only_pid != 0) {
		snprintf(pid, sizeof(pid), "%ld", (long)only_pid);
		fits = cpa_cli_settings_set(settings, "only_pid", pid);
	}
	if (!fits)
		fprintf(stderr, "cprof: CPROFALLOC is too long: child processes will write "
				"snapshots too\n");
	if (old != NULL && old[0] != '\0' && asprintf(&preload, "%s:%s", library, old) > 0)
		setenv("LD_PRELOAD", preload, 1);
	else
		setenv("LD_PRELOAD", library, 1);
	free(preload);
	setenv("CPROFALLOC", settings->text, 1);
}
