/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles for tests, from a description in text.
 * Not here: the form of a description (profile_maker.h).
 */
#include "tests/unit/profile_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "report/profile.pb-c.h"

#define MAX_ITEMS 4096

typedef Perftools__Profiles__Profile Profile;

struct maker {
	Profile *profile;
	int sparse_ids;
	char *frame_texts[MAX_ITEMS];
	char *function_texts[MAX_ITEMS];
};

static void fail(const char *what, const char *where)
{
	fprintf(stderr, "profile_maker: %s: %s\n", what, where);
	abort();
}

/* A zeroed object. All of a profile goes at once, with free_unpacked. */
static void *new_object(size_t bytes)
{
	void *object = calloc(1, bytes);

	if (object == NULL)
		fail("no memory", "");
	return object;
}

#define NEW(type, init)                                                                            \
	({                                                                                         \
		type *new_ = new_object(sizeof(type));                                             \
		init(new_);                                                                        \
		new_;                                                                              \
	})

/* Append to a repeated field: its array and its count. */
#define ADD(array, count, item)                                                                    \
	((array) = realloc((array), ((count) + 1) * sizeof(*(array))), (array)[(count)++] = (item))

static int64_t string_index(struct maker *maker, const char *text)
{
	Profile *profile = maker->profile;
	size_t i;

	for (i = 0; i < profile->n_string_table; i++)
		if (strcmp(profile->string_table[i], text) == 0)
			return (int64_t)i;
	ADD(profile->string_table, profile->n_string_table, strdup(text));
	return (int64_t)profile->n_string_table - 1;
}

static uint64_t id_of(const struct maker *maker, size_t index)
{
	return maker->sparse_ids ? UINT64_C(1000000007) * (MAX_ITEMS - index) : index + 1;
}

static uint64_t function_id(struct maker *maker, const char *name, const char *file)
{
	Profile *profile = maker->profile;
	char key[1024];
	Perftools__Profiles__Function *function;
	size_t i;

	snprintf(key, sizeof(key), "%s@%s", name, file);
	for (i = 0; i < profile->n_function; i++)
		if (strcmp(maker->function_texts[i], key) == 0)
			return profile->function[i]->id;
	if (i == MAX_ITEMS)
		fail("too many functions", key);
	maker->function_texts[i] = strdup(key);
	function = NEW(Perftools__Profiles__Function, perftools__profiles__function__init);
	function->id = id_of(maker, i);
	function->name = function->system_name = string_index(maker, name);
	function->filename = string_index(maker, file);
	ADD(profile->function, profile->n_function, function);
	return function->id;
}

/* "NAME" or "NAME@FILE:LINE" */
static void add_line(struct maker *maker, Perftools__Profiles__Location *location, char *text)
{
	Perftools__Profiles__Line *line =
		NEW(Perftools__Profiles__Line, perftools__profiles__line__init);
	char *file = strchr(text, '@'), *colon = NULL;

	if (file != NULL) {
		*file++ = '\0';
		colon = strrchr(file, ':');
		if (colon == NULL)
			fail("no line", file);
		*colon = '\0';
		line->line = strtoll(colon + 1, NULL, 10);
	}
	line->function_id = function_id(maker, text, file != NULL ? file : "");
	ADD(location->line, location->n_line, line);
}

static uint64_t location_id(struct maker *maker, const char *text)
{
	Profile *profile = maker->profile;
	Perftools__Profiles__Location *location;
	char *copy, *save = NULL, *part;
	size_t i;

	for (i = 0; i < profile->n_location; i++)
		if (strcmp(maker->frame_texts[i], text) == 0)
			return profile->location[i]->id;
	if (i == MAX_ITEMS)
		fail("too many frames", text);
	maker->frame_texts[i] = strdup(text);
	location = NEW(Perftools__Profiles__Location, perftools__profiles__location__init);
	location->id = id_of(maker, i);
	if (profile->n_mapping > 0) {
		location->mapping_id = profile->mapping[0]->id;
		location->address = profile->mapping[0]->memory_start;
	}
	location->address += 16 * i;
	if (strncmp(text, "0x", 2) == 0) {
		location->address = strtoull(text, NULL, 16);
	} else {
		copy = strdup(text);
		for (part = strtok_r(copy, "^", &save); part != NULL;
			part = strtok_r(NULL, "^", &save))
			add_line(maker, location, part);
		free(copy);
	}
	ADD(profile->location, profile->n_location, location);
	return location->id;
}

static void add_label(struct maker *maker, Perftools__Profiles__Sample *sample, char *text)
{
	Perftools__Profiles__Label *label =
		NEW(Perftools__Profiles__Label, perftools__profiles__label__init);
	char *value = strchr(text, '='), *end;

	if (value == NULL)
		fail("no value", text);
	*value++ = '\0';
	label->key = string_index(maker, text);
	label->num = strtoll(value, &end, 10);
	if (*end != '\0') {
		label->num = 0;
		label->str = string_index(maker, value);
	}
	ADD(sample->label, sample->n_label, label);
}

static void add_sample(struct maker *maker, char *rest)
{
	Profile *profile = maker->profile;
	Perftools__Profiles__Sample *sample =
		NEW(Perftools__Profiles__Sample, perftools__profiles__sample__init);
	char *save = NULL, *word;
	int part = 0;

	for (word = strtok_r(rest, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, "|") == 0)
			part++;
		else if (part == 0)
			ADD(sample->value, sample->n_value, strtoll(word, NULL, 10));
		else if (part == 1)
			add_label(maker, sample, word);
		else
			ADD(sample->location_id, sample->n_location_id, location_id(maker, word));
	}
	ADD(profile->sample, profile->n_sample, sample);
}

static Perftools__Profiles__ValueType *new_type(
	struct maker *maker, const char *type, const char *unit)
{
	Perftools__Profiles__ValueType *value_type =
		NEW(Perftools__Profiles__ValueType, perftools__profiles__value_type__init);

	value_type->type = string_index(maker, type);
	value_type->unit = string_index(maker, unit);
	return value_type;
}

static void add_mapping(struct maker *maker, const char *rest)
{
	Profile *profile = maker->profile;
	Perftools__Profiles__Mapping *mapping =
		NEW(Perftools__Profiles__Mapping, perftools__profiles__mapping__init);
	unsigned long start, limit, offset;
	char file[256] = "", build_id[128] = "";

	if (sscanf(rest, "%lx %lx %lx %255s %127s", &start, &limit, &offset, file, build_id) < 4)
		fail("bad mapping", rest);
	mapping->id = id_of(maker, profile->n_mapping);
	mapping->memory_start = start;
	mapping->memory_limit = limit;
	mapping->file_offset = offset;
	mapping->filename = string_index(maker, file);
	mapping->build_id = string_index(maker, build_id);
	mapping->has_functions = 1;
	ADD(profile->mapping, profile->n_mapping, mapping);
}

static void read_line(struct maker *maker, const char *key, char *rest)
{
	Profile *profile = maker->profile;
	char first[128] = "", second[128] = "";
	long long number = 0;
	int words = sscanf(rest, "%127s %127s %lld", first, second, &number);

	if (strcmp(key, "sample") == 0) {
		add_sample(maker, rest);
	} else if (strcmp(key, "type") == 0 && words == 2) {
		ADD(profile->sample_type, profile->n_sample_type, new_type(maker, first, second));
	} else if (strcmp(key, "period") == 0 && words == 3) {
		profile->period_type = new_type(maker, first, second);
		profile->period = number;
	} else if (strcmp(key, "time") == 0) {
		profile->time_nanos = strtoll(rest, NULL, 10);
	} else if (strcmp(key, "duration") == 0) {
		profile->duration_nanos = strtoll(rest, NULL, 10);
	} else if (strcmp(key, "default") == 0) {
		profile->default_sample_type = string_index(maker, rest);
	} else if (strcmp(key, "drop") == 0) {
		profile->drop_frames = string_index(maker, rest);
	} else if (strcmp(key, "keep") == 0) {
		profile->keep_frames = string_index(maker, rest);
	} else if (strcmp(key, "comment") == 0) {
		ADD(profile->comment, profile->n_comment, string_index(maker, rest));
	} else if (strcmp(key, "mapping") == 0) {
		add_mapping(maker, rest);
	} else if (strcmp(key, "ids") == 0) {
		maker->sparse_ids = strcmp(rest, "sparse") == 0;
	} else {
		fail("unknown line", key);
	}
}

static void free_maker(struct maker *maker)
{
	size_t i;

	perftools__profiles__profile__free_unpacked(maker->profile, NULL);
	for (i = 0; i < MAX_ITEMS; i++) {
		free(maker->frame_texts[i]);
		free(maker->function_texts[i]);
	}
	free(maker);
}

unsigned char *make_profile(const char *description, size_t *ret_bytes)
{
	struct maker *maker = new_object(sizeof(*maker));
	char *copy = strdup(description), *save = NULL, *line;
	unsigned char *bytes;

	maker->profile = NEW(Profile, perftools__profiles__profile__init);
	string_index(maker, "");
	for (line = strtok_r(copy, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		char *key = line + strspn(line, " \t"), *rest = strchr(key, ' ');

		if (*key == '\0' || *key == '#')
			continue;
		if (rest == NULL)
			fail("nothing behind", key);
		*rest++ = '\0';
		read_line(maker, key, rest);
	}
	bytes = new_object(perftools__profiles__profile__get_packed_size(maker->profile) + 1);
	*ret_bytes = perftools__profiles__profile__pack(maker->profile, bytes);
	free_maker(maker);
	free(copy);
	return bytes;
}

void write_profile(const char *path, const unsigned char *bytes, size_t length_bytes, int gzipped)
{
	gzFile file = gzopen(path, gzipped ? "wb" : "wbT"); /* T: as they are */

	if (file == NULL ||
		(length_bytes > 0 && gzwrite(file, bytes, (unsigned)length_bytes) <= 0) ||
		gzclose(file) != Z_OK)
		fail("cannot write", path);
}
