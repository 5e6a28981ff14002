/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers become functions and lines of a profile.
 * Not here: finding the answers (dwarf.c, symtab.c), which locations want any (symbolize.c).
 */
#include "report/symbols/apply.h"

#include <stdlib.h>
#include <string.h>

#include "report/profile/clean.h"
#include "report/profile/names.h"
#include "report/symbols/parallel.h"

/* Names of fewer functions are found before another thread has begun. */
#define PART_FUNCTIONS 200

void cpa_apply_init(struct cpa_apply *ret_apply, struct cpa_profile *profile)
{
	size_t i;

	memset(ret_apply, 0, sizeof(*ret_apply));
	ret_apply->profile = profile;
	ret_apply->first_new = profile->functions.count;
	for (i = 0; i < profile->functions.count; i++)
		if (profile->functions.items[i].id > ret_apply->next_id)
			ret_apply->next_id = profile->functions.items[i].id;
}

void cpa_apply_done(struct cpa_apply *apply)
{
	cpa_intern_done(&apply->strings);
	cpa_intern_done(&apply->functions);
	free(apply->string_numbers);
	free(apply->function_numbers);
	free(apply->known);
	memset(apply, 0, sizeof(*apply));
}

static uint32_t add_string(struct cpa_apply *apply, const char *text)
{
	struct cpa_profile *profile = apply->profile;
	size_t length_bytes = strlen(text);
	uint32_t number;
	bool is_new;

	if (length_bytes == 0)
		return 0;
	number = cpa_intern_add(&apply->strings, text, length_bytes, &is_new);
	if (!is_new)
		return apply->string_numbers[number];
	apply->string_numbers = cpa_memory_grow(apply->string_numbers, &apply->string_capacity,
		(size_t)number + 1, sizeof(*apply->string_numbers));
	profile->text.items = cpa_memory_grow(profile->text.items, &profile->text.capacity,
		profile->text.count + length_bytes + 1, 1);
	*CPA_PROFILE_ADD(&profile->strings) = profile->text.count;
	memcpy(profile->text.items + profile->text.count, text, length_bytes + 1);
	profile->text.count += length_bytes + 1;
	apply->string_numbers[number] = (uint32_t)(profile->strings.count - 1);
	return apply->string_numbers[number];
}

/*
 * The function of the profile for one of answers, called as the linker calls it. known_name: for
 * one without a name.
 */
static uint32_t add_function(struct cpa_apply *apply, uint32_t number, const char *known_name)
{
	const struct cpa_answers *answers = apply->answers;
	struct cpa_answers_function function = *cpa_answers_get(answers, number);
	const char *name = cpa_answers_string(answers, function.name);
	struct cpa_profile_function *added;
	uint32_t key[3], slot;
	bool is_new;

	name = name[0] != '\0' ? name : known_name;
	key[0] = add_string(apply, name);
	key[1] = add_string(apply, cpa_answers_string(answers, function.file));
	key[2] = function.start_line;
	slot = cpa_intern_add(&apply->functions, key, sizeof(key), &is_new);
	if (!is_new)
		return apply->function_numbers[slot];
	apply->function_numbers = cpa_memory_grow(apply->function_numbers,
		&apply->function_capacity, (size_t)slot + 1, sizeof(*apply->function_numbers));
	added = CPA_PROFILE_ADD(&apply->profile->functions);
	added->id = ++apply->next_id;
	added->system_name = key[0];
	added->file = key[1];
	added->start_line = function.start_line;
	apply->function_numbers[slot] = (uint32_t)(apply->profile->functions.count - 1);
	return apply->function_numbers[slot];
}

/* The function a location has, unless it is only the file and an address ("prog+0x12ab"). */
static uint32_t good_function(
	const struct cpa_profile *profile, const struct cpa_profile_location *location)
{
	const char *name, *file;
	uint32_t function;
	size_t file_bytes;

	if (location->line_count == 0)
		return CPA_PROFILE_NONE;
	function = profile->lines.items[location->line_begin + location->line_count - 1].function;
	if (function == CPA_PROFILE_NONE)
		return CPA_PROFILE_NONE;
	name = cpa_profile_string(profile, profile->functions.items[function].name);
	file = cpa_clean_base(
		cpa_profile_string(profile, profile->mappings.items[location->mapping].file));
	file_bytes = strlen(file);
	return name[0] == '\0' || (strncmp(name, file, file_bytes) == 0 &&
					  strncmp(name + file_bytes, "+0x", 3) == 0)
		       ? CPA_PROFILE_NONE
		       : function;
}

void cpa_apply_begin(struct cpa_apply *apply, const struct cpa_answers *answers)
{
	free(apply->known);
	apply->known = cpa_memory_new(answers->functions.count + 1, sizeof(*apply->known));
	apply->answers = answers;
}

/* The same, but looked for once: names are long, and frames many. */
static uint32_t find_function(struct cpa_apply *apply, uint32_t number, const char *known_name)
{
	if (known_name != NULL)
		return add_function(apply, number, known_name);
	if (apply->known[number] == 0)
		apply->known[number] = add_function(apply, number, "") + 1;
	return apply->known[number] - 1;
}

/* A copy of the name that a location has: the strings of the profile move as new ones come. */
static char *copy_name(const struct cpa_profile *profile, uint32_t number)
{
	const struct cpa_profile_function *function = &profile->functions.items[number];
	const char *name = cpa_profile_string(profile, function->system_name);

	if (name[0] == '\0')
		name = cpa_profile_string(profile, function->name);
	return cpa_memory_text(name, strlen(name));
}

void cpa_apply_place(struct cpa_apply *apply, const struct cpa_answers_place *place,
	uint32_t location_number, struct cpa_symbolize_mapping *counts)
{
	struct cpa_profile *profile = apply->profile;
	struct cpa_profile_location *location = &profile->locations.items[location_number];
	uint32_t known = good_function(profile, location), i;
	const struct cpa_answers_frame *frames = &apply->answers->frames[place->frame_begin];
	const struct cpa_answers_function *last;
	size_t begin = profile->lines.count;
	char *known_name = NULL;

	counts->named_count += place->frame_count > 0 || known != CPA_PROFILE_NONE;
	if (place->frame_count == 0)
		return;
	last = cpa_answers_get(apply->answers, frames[place->frame_count - 1].function);
	if (place->frame_count == 1 && known != CPA_PROFILE_NONE && frames[0].line == 0 &&
		last->file == 0)
		return;
	counts->lined_count += frames[0].line > 0;
	if (known != CPA_PROFILE_NONE && last->name == 0)
		known_name = copy_name(profile, known);
	for (i = 0; i < place->frame_count; i++) {
		uint32_t function = find_function(
			apply, frames[i].function, i + 1 == place->frame_count ? known_name : NULL);
		struct cpa_profile_line *line = CPA_PROFILE_ADD(&profile->lines);

		line->function = function;
		line->line = frames[i].line;
	}
	free(known_name);
	location->line_begin = (uint32_t)begin;
	location->line_count = place->frame_count;
}

struct naming {
	struct cpa_apply *apply;
	size_t part_count;
};

/* Every so-manieth of the new functions, since those of one unit are as much work as each other. */
static void name_part(void *context, size_t part)
{
	const struct naming *naming = context;
	struct cpa_profile *profile = naming->apply->profile;
	size_t i = naming->apply->first_new + part;

	for (; i < profile->functions.count; i += naming->part_count) {
		struct cpa_profile_function *function = &profile->functions.items[i];

		function->display =
			cpa_names_short(cpa_profile_string(profile, function->system_name));
	}
}

/* The same for one that the profile knew by its linker's name alone, and nothing knows more of. */
static void name_old_function(struct cpa_apply *apply, struct cpa_profile_function *function)
{
	const char *name = cpa_profile_string(apply->profile, function->name);
	const char *system_name = cpa_profile_string(apply->profile, function->system_name);

	if (strcmp(name, function->display) == 0 ||
		(system_name[0] != '\0' && strcmp(name, system_name) != 0))
		return;
	function->system_name = function->name;
	function->name = add_string(apply, function->display);
}

/* The name of a new function is what people read, that of the linker stands beside it. */
static void name_functions(struct cpa_apply *apply)
{
	struct cpa_profile *profile = apply->profile;
	size_t i, new_count = profile->functions.count - apply->first_new;
	struct naming naming = {
		.apply = apply, .part_count = cpa_parallel_parts(new_count, PART_FUNCTIONS)};

	cpa_parallel_run(naming.part_count, name_part, &naming);
	for (i = 0; i < apply->first_new; i++)
		name_old_function(apply, &profile->functions.items[i]);
	for (i = apply->first_new; i < profile->functions.count; i++)
		profile->functions.items[i].name =
			add_string(apply, profile->functions.items[i].display);
}

void cpa_apply_finish(struct cpa_apply *apply)
{
	struct cpa_profile *profile = apply->profile;
	uint32_t *numbers = cpa_memory_new(profile->functions.count + 1, sizeof(*numbers));
	size_t i, to = 0;
	uint32_t k;

	name_functions(apply);
	for (i = 0; i < profile->locations.count; i++) {
		const struct cpa_profile_location *location = &profile->locations.items[i];

		for (k = 0; k < location->line_count; k++) {
			uint32_t function = profile->lines.items[location->line_begin + k].function;

			if (function != CPA_PROFILE_NONE)
				numbers[function] = 1;
		}
	}
	for (i = 0; i < profile->functions.count; i++) {
		if (numbers[i] == 0) {
			free(profile->functions.items[i].display);
			numbers[i] = CPA_PROFILE_NONE;
			continue;
		}
		numbers[i] = (uint32_t)to;
		profile->functions.items[to++] = profile->functions.items[i];
	}
	if (to < profile->functions.count)
		memset(profile->functions.items + to, 0,
			(profile->functions.count - to) * sizeof(*profile->functions.items));
	profile->functions.count = to;
	for (i = 0; i < profile->lines.count; i++)
		if (profile->lines.items[i].function != CPA_PROFILE_NONE)
			profile->lines.items[i].function =
				numbers[profile->lines.items[i].function];
	free(numbers);
}
