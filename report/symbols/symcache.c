/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers kept on disk, one file for each build id.
 * Not here: finding them (dwarf.c).
 */
#include "report/symbols/symcache.h"

#include <stdlib.h>
#include <string.h>

#include "report/symbols/cachedir.h"
#include "report/symbols/crc.h"

#define MAGIC          "cprofsym"
/* Changes whenever the structures or the way answers are found change. */
#define FORMAT_VERSION 3

struct head {
	char magic[8];
	uint32_t version;
	uint32_t crc; /* of all behind the head */
	uint64_t text_bytes, text_count, function_count, frame_count, place_count;
};

/* Ids come from profiles, which anyone may have written. */
static bool is_id(const char *build_id)
{
	size_t length_bytes = strlen(build_id);

	return length_bytes >= 4 && length_bytes <= (size_t)2 * CPA_ELFFILE_ID_BYTES &&
	       strspn(build_id, "0123456789abcdef") == length_bytes;
}

/* A number of items of the file, in bounds. */
static bool take(const char **next, size_t *left_bytes, const void **ret_items, uint64_t count,
	size_t item_bytes)
{
	if (count > *left_bytes / item_bytes)
		return false;
	*ret_items = *next;
	*next += count * item_bytes;
	*left_bytes -= count * item_bytes;
	return true;
}

static bool read_texts(struct cpa_answers *answers, const char *texts, const struct head *head)
{
	const char *text = texts, *end = texts + head->text_bytes;
	uint64_t i;

	if (head->text_bytes == 0 || end[-1] != '\0')
		return false;
	for (i = 0; i < head->text_count && text < end; i++) {
		/* A text that is there twice would move the numbers of all behind it. */
		if (cpa_answers_text(answers, text) != i)
			return false;
		text += strlen(text) + 1;
	}
	return i == head->text_count && text == end;
}

static bool read_functions(struct cpa_answers *answers, const char *items, const struct head *head)
{
	struct cpa_answers_function function;
	uint64_t i;

	for (i = 0; i < head->function_count; i++) {
		memcpy(&function, items + i * sizeof(function), sizeof(function));
		if (function.name >= head->text_count || function.file >= head->text_count ||
			cpa_answers_function(
				answers, function.name, function.file, function.start_line) != i)
			return false;
	}
	return true;
}

static bool read_places(struct cpa_answers *answers, const char *frames, const char *places,
	const struct head *head)
{
	struct cpa_answers_place place;
	struct cpa_answers_frame frame;
	uint64_t i, k;

	for (i = 0; i < head->place_count; i++) {
		memcpy(&place, places + i * sizeof(place), sizeof(place));
		if (place.frame_begin > head->frame_count ||
			place.frame_count > head->frame_count - place.frame_begin)
			return false;
		/* Places share no frames: many of them could make a small file large. */
		if (answers->frame_count + place.frame_count > head->frame_count)
			return false;
		cpa_answers_begin(answers, place.vaddr);
		for (k = 0; k < place.frame_count; k++) {
			memcpy(&frame, frames + (place.frame_begin + k) * sizeof(frame),
				sizeof(frame));
			if (frame.function >= head->function_count)
				return false;
			cpa_answers_add(answers, frame.function, frame.line);
		}
	}
	return true;
}

/* Everything is checked: the file may be cut short, or of another version, or not ours. */
static bool parse(const char *bytes, size_t size_bytes, struct cpa_answers *answers,
	struct cpa_elffile_layout *layout)
{
	const char *next = bytes + sizeof(struct head);
	const void *layout_bytes, *texts, *functions, *frames, *places;
	size_t left_bytes;
	struct head head;

	if (size_bytes < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	left_bytes = size_bytes - sizeof(head);
	if (memcmp(head.magic, MAGIC, sizeof(head.magic)) != 0 || head.version != FORMAT_VERSION ||
		head.crc != cpa_crc_update(0, next, left_bytes) ||
		!take(&next, &left_bytes, &layout_bytes, 1, sizeof(*layout)) ||
		!take(&next, &left_bytes, &texts, head.text_bytes, 1) ||
		!take(&next, &left_bytes, &functions, head.function_count,
			sizeof(struct cpa_answers_function)) ||
		!take(&next, &left_bytes, &frames, head.frame_count,
			sizeof(struct cpa_answers_frame)) ||
		!take(&next, &left_bytes, &places, head.place_count,
			sizeof(struct cpa_answers_place)) ||
		left_bytes != 0)
		return false;
	memcpy(layout, layout_bytes, sizeof(*layout));
	return layout->count <= CPA_ELFFILE_MAX_SEGMENTS && read_texts(answers, texts, &head) &&
	       read_functions(answers, functions, &head) &&
	       read_places(answers, frames, places, &head);
}

bool cpa_symcache_load(const char *build_id, struct cpa_answers *ret_answers,
	struct cpa_elffile_layout *ret_layout)
{
	size_t size_bytes;
	char *bytes = is_id(build_id) ? cpa_cachedir_read(build_id, &size_bytes) : NULL;
	bool is_good;

	cpa_answers_init(ret_answers);
	memset(ret_layout, 0, sizeof(*ret_layout));
	if (bytes == NULL)
		return false;
	is_good = parse(bytes, size_bytes, ret_answers, ret_layout);
	free(bytes);
	if (is_good) {
		cpa_answers_sort(ret_answers);
		return true;
	}
	cpa_answers_done(ret_answers);
	cpa_answers_init(ret_answers);
	memset(ret_layout, 0, sizeof(*ret_layout));
	return false;
}

/* Copies items to *to and moves it behind them. */
static void put(char **to, const void *items, size_t size_bytes)
{
	if (size_bytes > 0)
		memcpy(*to, items, size_bytes);
	*to += size_bytes;
}

static void put_interned(char **to, const struct cpa_intern *intern)
{
	size_t i, length_bytes;

	for (i = 0; i < intern->count; i++) {
		const void *item = cpa_intern_get(intern, (uint32_t)i, &length_bytes);

		put(to, item, length_bytes);
	}
}

static size_t sum_bytes(const struct cpa_intern *intern)
{
	size_t i, sum = 0;

	for (i = 0; i < intern->count; i++)
		sum += intern->keys[i].length_bytes;
	return sum;
}

void cpa_symcache_store(const char *build_id, const struct cpa_answers *answers,
	const struct cpa_elffile_layout *layout)
{
	struct head head = {.magic = MAGIC,
		.version = FORMAT_VERSION,
		.text_bytes = sum_bytes(&answers->texts),
		.text_count = answers->texts.count,
		.function_count = answers->functions.count,
		.frame_count = answers->frame_count,
		.place_count = answers->place_count};
	size_t size_bytes = sizeof(head) + sizeof(*layout) + head.text_bytes +
			    head.function_count * sizeof(struct cpa_answers_function) +
			    head.frame_count * sizeof(struct cpa_answers_frame) +
			    head.place_count * sizeof(struct cpa_answers_place);
	char *bytes, *to;

	if (!is_id(build_id) || size_bytes > CPA_CACHEDIR_FILE_MAX_BYTES)
		return;
	bytes = cpa_memory_new(size_bytes, 1);
	to = bytes + sizeof(head);
	put(&to, layout, sizeof(*layout));
	put_interned(&to, &answers->texts);
	put_interned(&to, &answers->functions);
	put(&to, answers->frames, answers->frame_count * sizeof(*answers->frames));
	put(&to, answers->places, answers->place_count * sizeof(*answers->places));
	head.crc = cpa_crc_update(0, bytes + sizeof(head), size_bytes - sizeof(head));
	memcpy(bytes, &head, sizeof(head));
	cpa_cachedir_write(build_id, bytes, size_bytes);
	free(bytes);
}
