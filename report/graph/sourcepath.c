/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a source file is that a profile names.
 * Not here: reading it (sourcefile.c).
 */
#include "report/graph/sourcepath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct search {
	const char *name, *source_path, *trim_path;
	char *found;         /* CPA_SOURCEPATH_BYTES */
	char near_miss[256]; /* a file that is there and cannot be used: why */
};

/* Open dir/name (dir NULL: name as it is); -1 when it is not there or is no file. */
static int try_open(struct search *search, const char *dir, const char *name)
{
	int length = dir != NULL ? snprintf(search->found, CPA_SOURCEPATH_BYTES, "%s%s%s", dir,
					   dir[strlen(dir) - 1] == '/' ? "" : "/", name)
				 : snprintf(search->found, CPA_SOURCEPATH_BYTES, "%s", name);
	struct stat about;
	int fd;

	if (length < 0 || length >= CPA_SOURCEPATH_BYTES)
		return -1;
	/* A profile may name anything: a FIFO must not make us wait, a terminal not become ours. */
	fd = open(search->found, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			snprintf(search->near_miss, sizeof(search->near_miss),
				"%.180s cannot be read: %s", search->found, strerror(errno));
		return -1;
	}
	if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode))
		return fd;
	snprintf(search->near_miss, sizeof(search->near_miss), "%.200s is no regular file",
		search->found);
	close(fd);
	return -1;
}

/* Call each for every directory of "a:b", made absolute, until one gives a descriptor. */
static int for_each_dir(struct search *search, const char *list, const char *name,
	int (*each)(struct search *search, char *dir, const char *name))
{
	char part[PATH_MAX], dir[PATH_MAX];
	int fd = -1;

	while (fd < 0 && *list != '\0') {
		size_t length = strcspn(list, ":");

		snprintf(part, sizeof(part), "%.*s", length < PATH_MAX ? (int)length : 0, list);
		if (part[0] != '\0' && realpath(part, dir) != NULL)
			fd = each(search, dir, name);
		list += length + (list[length] == ':');
	}
	return fd;
}

static int search_upwards(struct search *search, char *dir, const char *name)
{
	int fd;

	for (;;) {
		char *slash = strrchr(dir, '/');

		fd = try_open(search, dir, name);
		if (fd >= 0 || dir[1] == '\0')
			return fd;
		slash[slash == dir] = '\0';
	}
}

static int search_tails(struct search *search, char *dir, const char *name)
{
	int fd = -1;

	for (; fd < 0 && name != NULL; name = strchr(name, '/')) {
		name += strspn(name, "/");
		if (name[0] != '\0')
			fd = try_open(search, dir, name);
	}
	return fd;
}

/* name behind prefix and a slash; NULL when it does not begin so. */
static const char *behind(const char *name, const char *prefix, size_t prefix_bytes)
{
	while (prefix_bytes > 0 && prefix[prefix_bytes - 1] == '/')
		prefix_bytes--;
	if (strncmp(name, prefix, prefix_bytes) != 0 || name[prefix_bytes] != '/')
		return NULL;
	return name + prefix_bytes + 1;
}

/* What is left of name without the prefixes of trim_path. */
static const char *trim_prefixes(const struct search *search)
{
	const char *list = search->trim_path, *rest;

	while (*list != '\0') {
		size_t length = strcspn(list, ":");

		rest = length > 0 ? behind(search->name, list, length) : NULL;
		if (rest != NULL)
			return rest;
		list += length + (list[length] == ':');
	}
	/* Bazel builds call their directory so. */
	rest = behind(search->name, "/proc/self/cwd/.", 16);
	if (rest == NULL)
		rest = behind(search->name, "/proc/self/cwd", 14);
	return rest != NULL ? rest : search->name;
}

/* Without trim_path: /build/proj/src/a.c is src/a.c for a search in /home/me/proj. */
static const char *trim_by_guess(const struct search *search, const char *list)
{
	char want[PATH_MAX], part[PATH_MAX];

	while (*list != '\0') {
		size_t length = strcspn(list, ":");
		const char *base, *at;

		snprintf(part, sizeof(part), "%.*s", length < PATH_MAX ? (int)length : 0, list);
		while (length > 0 && length < PATH_MAX && part[length - 1] == '/')
			part[--length] = '\0';
		base = strrchr(part, '/') != NULL ? strrchr(part, '/') + 1 : part;
		if (base[0] != '\0' && strcmp(base, ".") != 0) {
			snprintf(want, sizeof(want), "/%.*s/", PATH_MAX - 3, base);
			at = strstr(search->name, want);
			if (at != NULL)
				return at + strlen(want);
		}
		list += strcspn(list, ":");
		list += *list == ':';
	}
	return trim_prefixes(search);
}

static int search_all(struct search *search, const char *here)
{
	const char *dirs = search->source_path[0] != '\0' ? search->source_path : here;
	bool has_paths = search->source_path[0] != '\0' || search->trim_path[0] != '\0';
	const char *trimmed;
	int fd = -1;

	if (!has_paths && search->name[0] == '/')
		fd = try_open(search, NULL, search->name);
	if (fd >= 0)
		return fd;
	trimmed =
		search->trim_path[0] != '\0' ? trim_prefixes(search) : trim_by_guess(search, dirs);
	if (trimmed[0] == '/')
		fd = try_open(search, NULL, trimmed);
	else
		fd = for_each_dir(search, dirs, trimmed, search_upwards);
	if (fd < 0 && search->source_path[0] != '\0')
		fd = for_each_dir(search, dirs, trimmed, search_tails);
	if (fd < 0 && has_paths && search->name[0] == '/')
		fd = try_open(search, NULL, search->name);
	return fd;
}

int cpa_sourcepath_open(const char *name, const char *source_path, const char *trim_path,
	char ret_path[CPA_SOURCEPATH_BYTES], struct cpa_error *error)
{
	struct search search = {.name = name,
		.source_path = source_path != NULL ? source_path : "",
		.trim_path = trim_path != NULL ? trim_path : "",
		.found = ret_path};
	char here[PATH_MAX];
	int fd;

	/* The search looks at every tail of it. */
	if (strlen(name) >= CPA_SOURCEPATH_BYTES)
		return cpa_error_set(error, "%.60s...: too long for a path", name);
	if (getcwd(here, sizeof(here)) == NULL)
		snprintf(here, sizeof(here), "/");
	fd = search_all(&search, here);
	if (fd >= 0)
		return fd;
	if (search.near_miss[0] != '\0')
		return cpa_error_set(error, "%s", search.near_miss);
	if (name[0] == '/' && search.source_path[0] == '\0')
		return cpa_error_set(error,
			"%.300s is not here; give -source_path=DIR, or -trim_path=PREFIX to take "
			"off its front",
			name);
	return cpa_error_set(error, "%.200s was not found from %.200s upwards", name,
		search.source_path[0] != '\0' ? search.source_path : here);
}
