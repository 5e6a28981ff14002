/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of some addresses of one file.
 * Not here: finding it out (dwarf.c, symtab.c), keeping it on disk (symcache.c).
 */
#include "report/symbols/answers.h"

#include <stdlib.h>
#include <string.h>

void cpa_answers_init(struct cpa_answers *answers)
{
	memset(answers, 0, sizeof(*answers));
	(void)cpa_answers_text(answers, "");
}

void cpa_answers_done(struct cpa_answers *answers)
{
	cpa_intern_done(&answers->texts);
	cpa_intern_done(&answers->functions);
	free(answers->frames);
	free(answers->places);
	memset(answers, 0, sizeof(*answers));
}

/* With its NUL, so that it can be handed out as a string. */
uint32_t cpa_answers_text(struct cpa_answers *answers, const char *text)
{
	return cpa_intern_add(&answers->texts, text, strlen(text) + 1, NULL);
}

uint32_t cpa_answers_function(
	struct cpa_answers *answers, uint32_t name, uint32_t file, uint32_t start_line)
{
	struct cpa_answers_function function = {
		.name = name, .file = file, .start_line = start_line};

	return cpa_intern_add(&answers->functions, &function, sizeof(function), NULL);
}

const char *cpa_answers_string(const struct cpa_answers *answers, uint32_t text)
{
	size_t length_bytes;

	return cpa_intern_get(&answers->texts, text, &length_bytes);
}

const struct cpa_answers_function *cpa_answers_get(
	const struct cpa_answers *answers, uint32_t function)
{
	size_t length_bytes;

	return cpa_intern_get(&answers->functions, function, &length_bytes);
}

void cpa_answers_begin(struct cpa_answers *answers, uint64_t vaddr)
{
	answers->places = cpa_memory_grow(answers->places, &answers->place_capacity,
		answers->place_count + 1, sizeof(*answers->places));
	answers->places[answers->place_count++] = (struct cpa_answers_place){
		.vaddr = vaddr, .frame_begin = (uint32_t)answers->frame_count};
}

void cpa_answers_add(struct cpa_answers *answers, uint32_t function, uint32_t line)
{
	answers->frames = cpa_memory_grow(answers->frames, &answers->frame_capacity,
		answers->frame_count + 1, sizeof(*answers->frames));
	answers->frames[answers->frame_count++] =
		(struct cpa_answers_frame){.function = function, .line = line};
	answers->places[answers->place_count - 1].frame_count++;
}

/* The numbers that the texts of other have in answers; freed with free(). */
static uint32_t *append_texts(struct cpa_answers *answers, const struct cpa_answers *other)
{
	uint32_t *texts = cpa_memory_new(other->texts.count, sizeof(*texts)), i;

	for (i = 0; i < other->texts.count; i++)
		texts[i] = cpa_answers_text(answers, cpa_answers_string(other, i));
	return texts;
}

void cpa_answers_append(struct cpa_answers *answers, const struct cpa_answers *other)
{
	uint32_t *texts = append_texts(answers, other), i, k;
	uint32_t *functions = cpa_memory_new(other->functions.count, sizeof(*functions));

	for (i = 0; i < other->functions.count; i++) {
		const struct cpa_answers_function *function = cpa_answers_get(other, i);

		functions[i] = cpa_answers_function(answers, texts[function->name],
			texts[function->file], function->start_line);
	}
	for (i = 0; i < other->place_count; i++) {
		const struct cpa_answers_place *place = &other->places[i];

		cpa_answers_begin(answers, place->vaddr);
		for (k = 0; k < place->frame_count; k++) {
			const struct cpa_answers_frame *frame =
				&other->frames[place->frame_begin + k];

			cpa_answers_add(answers, functions[frame->function], frame->line);
		}
	}
	free(texts);
	free(functions);
}

/* Of equal addresses the one with the earlier frames first: it was answered first. */
static int compare_places(const void *left, const void *right)
{
	const struct cpa_answers_place *l = left, *r = right;

	if (l->vaddr != r->vaddr)
		return l->vaddr < r->vaddr ? -1 : 1;
	return (l->frame_begin > r->frame_begin) - (l->frame_begin < r->frame_begin);
}

void cpa_answers_sort(struct cpa_answers *answers)
{
	size_t from, to = 0;

	/* Of one unit, and often of all, they come in order. */
	for (from = 1; from < answers->place_count; from++)
		if (answers->places[from - 1].vaddr > answers->places[from].vaddr)
			break;
	if (from < answers->place_count)
		qsort(answers->places, answers->place_count, sizeof(*answers->places),
			compare_places);
	for (from = 0; from < answers->place_count; from++)
		if (to == 0 || answers->places[to - 1].vaddr != answers->places[from].vaddr)
			answers->places[to++] = answers->places[from];
	answers->place_count = to;
}

const struct cpa_answers_place *cpa_answers_find(const struct cpa_answers *answers, uint64_t vaddr)
{
	size_t low = 0, high = answers->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (answers->places[middle].vaddr < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low < answers->place_count && answers->places[low].vaddr == vaddr
		       ? &answers->places[low]
		       : NULL;
}
