/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a mapping and its separate debug file.
 * Not here: what is in them (elffile.c, symtab.c, dwarf.c).
 */
#include "report/symbols/debugfile.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/profile/clean.h"
#include "report/symbols/crc.h"
#include "report/symbols/debuginfod.h"

#define SYSTEM_DEBUG "/usr/lib/debug"

struct search {
	struct cpa_debugfile *found;
	const char *build_id; /* "": any */
};

/* The reason people are told: that of the file that is there and wrong, before "missing". */
static void note_failure(struct search *search, const char *path, int error_code)
{
	struct cpa_debugfile *found = search->found;

	if (error_code == -ENOENT || error_code == -ENOTDIR ||
		found->result == CPA_SYMBOLIZE_OTHER_BUILD)
		return;
	found->result = CPA_SYMBOLIZE_UNREADABLE;
	snprintf(found->detail, sizeof(found->detail), "%.200s: %s", path,
		error_code == -ENOEXEC ? "no ELF file with code" : strerror(-error_code));
}

/* Open path when it is the file that is looked for. */
static bool try_file(struct search *search, struct cpa_elffile *file, const char *path)
{
	int error_code = cpa_elffile_open(file, path);

	if (error_code != 0) {
		note_failure(search, path, error_code);
		return false;
	}
	if (search->build_id[0] == '\0' || strcmp(file->build_id, search->build_id) == 0)
		return true;
	search->found->result = CPA_SYMBOLIZE_OTHER_BUILD;
	snprintf(search->found->detail, sizeof(search->found->detail),
		"%.80s is of another build: its build id is %.64s, the profile's %.64s", path,
		file->build_id[0] != '\0' ? file->build_id : "missing", search->build_id);
	cpa_elffile_close(file);
	return false;
}

/* A debug file is no program, and the other way round: where it was found does not tell. */
static bool try_any(struct search *search, const char *path)
{
	struct cpa_elffile file;

	if (!try_file(search, &file, path))
		return false;
	if (file.layout.is_separate == 0 && search->found->program.path == NULL)
		search->found->program = file;
	else if (file.layout.is_separate != 0 && search->found->debug.path == NULL)
		search->found->debug = file;
	else
		cpa_elffile_close(&file);
	return search->found->program.path != NULL;
}

CPA_PRINTF(3, 4)
static bool format_path(char *to, size_t to_bytes, const char *format, ...)
{
	va_list args;
	int length_bytes;

	va_start(args, format);
	length_bytes = vsnprintf(to, to_bytes, format, args);
	va_end(args);
	return length_bytes > 0 && (size_t)length_bytes < to_bytes;
}

static bool try_glob(struct search *search, const char *pattern)
{
	glob_t matches;
	bool is_found = false;
	size_t i;

	if (glob(pattern, 0, NULL, &matches) != 0)
		return false;
	for (i = 0; i < matches.gl_pathc && !is_found; i++)
		is_found = try_any(search, matches.gl_pathv[i]);
	globfree(&matches);
	return is_found;
}

/* The layouts that Go's client knows in one directory of PPROF_BINARY_PATH. */
static bool try_directory(struct search *search, const char *directory, const char *path)
{
	const char *id = search->build_id;
	char name[PATH_MAX];

	if (id[0] != '\0') {
		if (format_path(
			    name, sizeof(name), "%s/%s/%s", directory, id, cpa_clean_base(path)) &&
			try_any(search, name))
			return true;
		if (format_path(name, sizeof(name), "%s/%s/*", directory, id) &&
			try_glob(search, name))
			return true;
		if (format_path(name, sizeof(name), "%s/%s/%s", directory, path, id) &&
			try_any(search, name))
			return true;
		if (strlen(id) > 2 &&
			format_path(name, sizeof(name), "%s/%.2s/%s.debug", directory, id, id + 2))
			(void)try_any(search, name);
		if (strlen(id) > 2 && format_path(name, sizeof(name), "%s/.build-id/%.2s/%s.debug",
					      directory, id, id + 2))
			(void)try_any(search, name);
	}
	if (cpa_clean_base(path)[0] == '\0')
		return false;
	return (format_path(name, sizeof(name), "%s/%s", directory, cpa_clean_base(path)) &&
		       try_any(search, name)) ||
	       (format_path(name, sizeof(name), "%s/%s", directory, path) && try_any(search, name));
}

static bool try_directories(struct search *search, const char *paths, const char *path)
{
	char directory[PATH_MAX];
	size_t part_bytes;

	if (paths == NULL)
		paths = getenv("PPROF_BINARY_PATH");
	if (paths == NULL || paths[0] == '\0') {
		const char *home = getenv("HOME");

		return home != NULL && home[0] == '/' &&
		       format_path(directory, sizeof(directory), "%s/pprof/binaries", home) &&
		       try_directory(search, directory, path);
	}
	for (;; paths += part_bytes + 1) {
		part_bytes = strcspn(paths, ":");
		if (part_bytes > 0 &&
			format_path(directory, sizeof(directory), "%.*s", (int)part_bytes, paths) &&
			try_directory(search, directory, path))
			return true;
		if (paths[part_bytes] == '\0')
			return false;
	}
}

/* A hostile profile must not make paths of ids. */
static bool is_hex(const char *text)
{
	return text[strspn(text, "0123456789abcdef")] == '\0';
}

static void find_debug_by_id(struct search *search, const char *build_id)
{
	char name[PATH_MAX];

	if (search->found->debug.path != NULL || strlen(build_id) < 3 || !is_hex(build_id))
		return;
	snprintf(name, sizeof(name), SYSTEM_DEBUG "/.build-id/%.2s/%s.debug", build_id,
		build_id + 2);
	if (cpa_elffile_open(&search->found->debug, name) != 0)
		return;
	if (strcmp(search->found->debug.build_id, build_id) != 0)
		cpa_elffile_close(&search->found->debug);
}

/* Only when nothing on this machine has DWARF: servers are slow. */
static void find_debug_by_server(struct search *search, const char *build_id)
{
	struct cpa_debugfile *found = search->found;
	struct cpa_elffile debug;
	char *path;

	if (!is_hex(build_id) || (found->debug.path != NULL && found->debug.has_dwarf))
		return;
	path = cpa_debuginfod_find(build_id);
	if (path != NULL && cpa_elffile_open(&debug, path) == 0) {
		if (strcmp(debug.build_id, build_id) == 0) {
			cpa_elffile_close(&found->debug);
			found->debug = debug;
		} else {
			cpa_elffile_close(&debug);
		}
	}
	free(path);
}

/* Equal build ids say more than the checksum of the whole file. */
static bool is_linked(
	const struct cpa_elffile *program, const struct cpa_elffile *debug, uint32_t wanted_crc)
{
	unsigned char bytes[65536];
	uint32_t crc = 0;
	off_t offset = 0;
	ssize_t got;

	if (program->build_id[0] != '\0' && debug->build_id[0] != '\0')
		return strcmp(program->build_id, debug->build_id) == 0;
	while ((got = pread(debug->fd, bytes, sizeof(bytes), offset)) > 0) {
		crc = cpa_crc_update(crc, bytes, (size_t)got);
		offset += got;
	}
	return got == 0 && crc == wanted_crc;
}

static void find_debug_by_link(struct search *search)
{
	static const char *const forms[][2] = {{"", "/"}, {"", "/.debug/"}, {SYSTEM_DEBUG, "/"}};
	struct cpa_debugfile *found = search->found;
	char directory[PATH_MAX], name[PATH_MAX], *slash;
	const char *link_name;
	uint32_t crc;
	size_t i;

	if (!cpa_elffile_debuglink(&found->program, &link_name, &crc) ||
		realpath(found->program.path, directory) == NULL)
		return;
	slash = strrchr(directory, '/');
	*slash = '\0';
	for (i = 0; i < CPA_ARRAY_LEN(forms); i++) {
		struct cpa_elffile debug;

		if (!format_path(name, sizeof(name), "%s%s%s%s", forms[i][0], directory,
			    forms[i][1], link_name) ||
			cpa_elffile_open(&debug, name) != 0)
			continue;
		if (debug.has_dwarf && is_linked(&found->program, &debug, crc)) {
			cpa_elffile_close(&found->debug);
			found->debug = debug;
			return;
		}
		cpa_elffile_close(&debug);
	}
}

/* Who starts us for a running program tells where its file is now: it may have been moved. */
static void try_running(struct search *search)
{
	const char *path = getenv("CPROF_PROGRAM");
	struct cpa_elffile file;

	if (path == NULL || search->build_id[0] == '\0' || cpa_elffile_open(&file, path) != 0)
		return;
	if (strcmp(file.build_id, search->build_id) == 0)
		search->found->program = file;
	else
		cpa_elffile_close(&file);
}

/* The kernel's word for a file that was replaced; then another build is in its place, or none. */
static void cut_deleted(char *path)
{
	static const char word[] = " (deleted)";
	size_t length_bytes = strlen(path), word_bytes = sizeof(word) - 1;

	if (length_bytes > word_bytes && strcmp(path + length_bytes - word_bytes, word) == 0)
		path[length_bytes - word_bytes] = '\0';
}

bool cpa_debugfile_find(
	struct cpa_debugfile *ret_found, const char *path, const char *build_id, const char *paths)
{
	struct search search = {.found = ret_found, .build_id = is_hex(build_id) ? build_id : ""};
	char *clean = cpa_memory_text(path, strlen(path));

	memset(ret_found, 0, sizeof(*ret_found));
	cut_deleted(clean);
	ret_found->result = CPA_SYMBOLIZE_MISSING;
	snprintf(ret_found->detail, sizeof(ret_found->detail), "%.200s: no such file", clean);
	if (!try_directories(&search, paths, clean) && clean[0] != '\0')
		(void)try_any(&search, clean);
	if (ret_found->program.path == NULL)
		try_running(&search);
	free(clean);
	if (ret_found->program.path != NULL && ret_found->program.has_dwarf)
		return true;
	if (ret_found->program.path != NULL)
		search.build_id = ret_found->program.build_id;
	find_debug_by_id(&search, search.build_id);
	if (ret_found->program.path != NULL &&
		(ret_found->debug.path == NULL || !ret_found->debug.has_dwarf))
		find_debug_by_link(&search);
	find_debug_by_server(&search, search.build_id);
	return ret_found->program.path != NULL || ret_found->debug.path != NULL;
}

void cpa_debugfile_done(struct cpa_debugfile *found)
{
	cpa_elffile_close(&found->program);
	cpa_elffile_close(&found->debug);
}

const struct cpa_elffile *cpa_debugfile_dwarf(const struct cpa_debugfile *found)
{
	return found->debug.path != NULL && !found->program.has_dwarf ? &found->debug
								      : &found->program;
}

const struct cpa_elffile *cpa_debugfile_symtab(const struct cpa_debugfile *found)
{
	return found->debug.path != NULL && found->debug.has_symtab && !found->program.has_symtab
		       ? &found->debug
		       : &found->program;
}

const struct cpa_elffile_layout *cpa_debugfile_layout(const struct cpa_debugfile *found)
{
	return found->program.path != NULL ? &found->program.layout : &found->debug.layout;
}
