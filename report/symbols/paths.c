/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of source files as people know them.
 * Not here: which file a line is in (lines.c, inlines.c).
 */
#include "report/symbols/paths.h"

#include <stdlib.h>
#include <string.h>

void cpa_paths_done(struct cpa_paths *paths)
{
	cpa_intern_done(&paths->seen);
	free(paths->texts);
	memset(paths, 0, sizeof(*paths));
}

/* Without its last part and the slash before it; NULL when ".." takes nothing away from it. */
static char *cut_last(char *begin, char *end)
{
	char *part = end;

	while (part > begin && part[-1] != '/')
		part--;
	if (end == begin || (end - part == 2 && part[0] == '.' && part[1] == '.'))
		return NULL;
	return part > begin ? part - 1 : begin;
}

/* What is written, [begin, to), never ends in a slash and never overtakes what is read. */
void cpa_paths_clean(char *path)
{
	bool is_absolute = path[0] == '/';
	char *begin = path + is_absolute, *from = begin, *to = begin;

	while (*from != '\0') {
		size_t part_bytes = strcspn(from, "/");
		bool is_up = part_bytes == 2 && from[0] == '.' && from[1] == '.';
		char *cut = is_up ? cut_last(begin, to) : NULL;

		if (cut != NULL) {
			to = cut;
		} else if (part_bytes > 0 && !(part_bytes == 1 && from[0] == '.') &&
			   !(is_up && is_absolute)) {
			if (to > begin)
				*to++ = '/';
			memmove(to, from, part_bytes);
			to += part_bytes;
		}
		from += part_bytes;
		from += *from == '/';
	}
	*to = '\0';
}

/* Where the directory is relative too, as in Debian's packages, nothing is won by it. */
static char *join(const char *directory, const char *path)
{
	size_t directory_bytes =
		path[0] != '/' && directory != NULL && directory[0] == '/' ? strlen(directory) : 0;
	char *joined = cpa_memory_new(directory_bytes + strlen(path) + 2, 1);

	if (directory_bytes > 0) {
		memcpy(joined, directory, directory_bytes);
		joined[directory_bytes++] = '/';
	}
	memcpy(joined + directory_bytes, path, strlen(path));
	return joined;
}

uint32_t cpa_paths_text(struct cpa_paths *paths, const char *path)
{
	uint32_t number;
	bool is_new;
	char *clean;

	if (path == NULL)
		return 0;
	number = cpa_intern_add(&paths->seen, &path, sizeof(path), &is_new);
	if (!is_new)
		return paths->texts[number];
	paths->texts = cpa_memory_grow(
		paths->texts, &paths->text_capacity, (size_t)number + 1, sizeof(*paths->texts));
	clean = join(paths->directory, path);
	cpa_paths_clean(clean);
	paths->texts[number] = cpa_answers_text(paths->answers, clean);
	free(clean);
	return paths->texts[number];
}
