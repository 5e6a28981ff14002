/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Source files that a profile names: read once, cut into lines, made fit for a terminal.
 * Not here: where they are (sourcepath.c), which lines are wanted (listing.c).
 */
#include "report/graph/sourcefile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/graph/legible.h"
#include "report/graph/sourcepath.h"

#define MAX_FILE_BYTES (64 << 20) /* no source is so large; a hostile path may name anything */
#define TAB_COLUMNS    4          /* of 8 too little would be left of a line */

static void cut_lines(struct cpa_sourcefile *file, size_t text_bytes)
{
	size_t capacity = 0, i;

	file->begins = cpa_memory_grow(NULL, &capacity, 1, sizeof(*file->begins));
	for (i = 0; i < text_bytes; i++) {
		if (file->text[i] != '\n' && i + 1 < text_bytes)
			continue;
		file->line_count++;
		file->begins = cpa_memory_grow(
			file->begins, &capacity, file->line_count + 1, sizeof(*file->begins));
		file->begins[file->line_count] = i + 1;
	}
}

/* All of fd, of about size_bytes; 0 or -errno. */
static int read_all(int fd, size_t size_bytes, char **ret_text, size_t *ret_bytes)
{
	char *text = cpa_memory_new(size_bytes + 1, 1);
	size_t used = 0;

	while (used < size_bytes) {
		ssize_t got = read(fd, text + used, size_bytes - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int status = -errno;

			free(text);
			return status;
		}
		if (got == 0)
			break;
		used += (size_t)got;
	}
	*ret_text = text;
	*ret_bytes = used;
	return 0;
}

static void read_file(struct cpa_sourcefile *file, int fd, const char *path)
{
	struct stat about;
	size_t text_bytes = 0;
	int status = fstat(fd, &about) != 0 ? -errno : 0;

	if (status == 0 && about.st_size > MAX_FILE_BYTES)
		status = -EFBIG;
	if (status == 0)
		status = read_all(fd, (size_t)about.st_size, &file->text, &text_bytes);
	if (status != 0) {
		cpa_error_set(&file->trouble, "%s cannot be read: %s", path, strerror(-status));
		return;
	}
	if (memchr(file->text, '\0', text_bytes) != NULL) {
		cpa_error_set(&file->trouble, "%s is no text", path);
		return;
	}
	/* A clock may have been anywhere: what does not fit is the last moment that does. */
	if (__builtin_mul_overflow(about.st_mtim.tv_sec, 1000000000, &file->changed_ns) ||
		__builtin_add_overflow(file->changed_ns, about.st_mtim.tv_nsec, &file->changed_ns))
		file->changed_ns = INT64_MAX;
	file->found = cpa_memory_text(path, strlen(path));
	cut_lines(file, text_bytes);
}

const struct cpa_sourcefile *cpa_sourcefile_get(struct cpa_sourcefile_set *set, const char *name)
{
	bool is_new;
	uint32_t number = cpa_intern_add(&set->names, name, strlen(name), &is_new);
	struct cpa_sourcefile *file;
	char path[CPA_SOURCEPATH_BYTES];
	int fd;

	if (!is_new)
		return &set->items[number];
	set->items = cpa_memory_grow(set->items, &set->capacity, number + 1, sizeof(*set->items));
	file = &set->items[number];
	fd = cpa_sourcepath_open(name, set->source_path, set->trim_path, path, &file->trouble);
	if (fd < 0)
		return file;
	read_file(file, fd, path);
	close(fd);
	return file;
}

void cpa_sourcefile_done(struct cpa_sourcefile_set *set)
{
	size_t i;

	for (i = 0; i < set->names.count; i++) {
		free(set->items[i].found);
		free(set->items[i].text);
		free(set->items[i].begins);
	}
	free(set->items);
	cpa_intern_done(&set->names);
	set->items = NULL;
	set->capacity = 0;
}

/* The bytes of a line without its end; NULL when there is none. */
static const char *find_line(const struct cpa_sourcefile *file, int64_t line, size_t *ret_bytes)
{
	const char *text;
	size_t length;

	if (line < 1 || (uint64_t)line > file->line_count)
		return NULL;
	text = file->text + file->begins[line - 1];
	length = file->begins[line] - file->begins[line - 1];
	if (length > 0 && text[length - 1] == '\n')
		length--;
	if (length > 0 && text[length - 1] == '\r')
		length--;
	*ret_bytes = length;
	return text;
}

char *cpa_sourcefile_line(const struct cpa_sourcefile *file, int64_t line)
{
	size_t length = 0;
	const char *text = find_line(file, line, &length);

	return text != NULL ? cpa_memory_text(text, length) : NULL;
}

char *cpa_sourcefile_shown(const struct cpa_sourcefile *file, int64_t line)
{
	size_t length = 0, used = 0, column = 0, i = 0, step;
	const char *text = find_line(file, line, &length);
	bool is_fit;
	char *shown;

	if (text == NULL)
		return NULL;
	shown = cpa_memory_new(length * TAB_COLUMNS + 1, 1);
	for (; i < length; i += step) {
		step = cpa_legible_character(text + i, length - i, &is_fit);
		if (text[i] == '\t') {
			do
				shown[used++] = ' ';
			while (++column % TAB_COLUMNS != 0);
			continue;
		}
		column++;
		if (is_fit) {
			memcpy(shown + used, text + i, step);
			used += step;
		} else {
			shown[used++] = '?';
		}
	}
	shown[used] = '\0';
	return shown;
}
