/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile in memory as a pprof file, gzipped.
 * Not here: compression (report/gzip.c), snapshots from inside a program (report/pprof.c).
 *
 * The file is built field by field, each message in memory and then out: what is encoded takes no
 * room, however long the profile.
 */
#include "report/profile/encode.h"

#include <errno.h>
#include <stdlib.h>

#include "report/gzip.h"
#include "report/utf8.h"

#define VARINT_MAX_BYTES 10

/* Bytes of one message, or of one packed list inside it. */
struct bytes {
	unsigned char *items;
	size_t count, capacity;
};

struct encoder {
	const struct cpa_profile *profile;
	struct cpa_gzip *gzip;
	int error_code;
	struct bytes message, inner; /* being built; a message or a list inside it */
	struct bytes head;           /* tag and length of the message */
	uint32_t *numbers;           /* of each string of the profile in the file; 0: none yet */
	uint32_t *used;              /* [used_count]: strings in the order of their numbers */
	size_t used_count, used_capacity;
};

static void put_varint(struct bytes *to, uint64_t value)
{
	unsigned char *at;

	to->items = cpa_memory_room(to->items, &to->capacity, to->count + VARINT_MAX_BYTES, 1);
	at = to->items + to->count;
	for (; value >= 0x80; value >>= 7)
		*at++ = (unsigned char)(value | 0x80);
	*at++ = (unsigned char)value;
	to->count = (size_t)(at - to->items);
}

/* A field of a number; 0 is what a reader takes for one that is not there. */
static void put_number(struct bytes *to, unsigned field, uint64_t value)
{
	if (value == 0)
		return;
	put_varint(to, (uint64_t)field << 3);
	put_varint(to, value);
}

static void put_bytes(struct bytes *to, unsigned field, const void *bytes, size_t bytes_count)
{
	put_varint(to, (uint64_t)field << 3 | 2);
	put_varint(to, bytes_count);
	to->items = cpa_memory_room(to->items, &to->capacity, to->count + bytes_count, 1);
	if (bytes_count > 0)
		memcpy(to->items + to->count, bytes, bytes_count);
	to->count += bytes_count;
}

/* inner as a field of the message, and empty again. */
static void put_inner(struct encoder *encoder, unsigned field)
{
	put_bytes(&encoder->message, field, encoder->inner.items, encoder->inner.count);
	encoder->inner.count = 0;
}

static void write_out(struct encoder *encoder, const struct bytes *bytes)
{
	if (encoder->error_code == 0 && bytes->count > 0)
		encoder->error_code = cpa_gzip_write(encoder->gzip, bytes->items, bytes->count);
}

/* The message as a field of the profile, out and empty again. */
static void end_message(struct encoder *encoder, unsigned field)
{
	encoder->head.count = 0;
	put_varint(&encoder->head, (uint64_t)field << 3 | 2);
	put_varint(&encoder->head, encoder->message.count);
	write_out(encoder, &encoder->head);
	write_out(encoder, &encoder->message);
	encoder->message.count = 0;
}

/* The number a string has in the file. */
static uint64_t string_number(struct encoder *encoder, uint32_t string)
{
	uint32_t *number = &encoder->numbers[string];

	if (*number == 0 && cpa_profile_string(encoder->profile, string)[0] != '\0') {
		encoder->used = cpa_memory_room(encoder->used, &encoder->used_capacity,
			encoder->used_count + 1, sizeof(*encoder->used));
		encoder->used[encoder->used_count++] = string;
		*number = (uint32_t)encoder->used_count; /* 0 is "" */
	}
	return *number;
}

static void put_string(struct encoder *encoder, struct bytes *to, unsigned field, uint32_t string)
{
	put_number(to, field, string_number(encoder, string));
}

static void write_type(struct encoder *encoder, unsigned field, const struct cpa_profile_type *type)
{
	put_string(encoder, &encoder->message, 1, type->type);
	put_string(encoder, &encoder->message, 2, type->unit);
	end_message(encoder, field);
}

static void write_sample(struct encoder *encoder, size_t index)
{
	const struct cpa_profile *profile = encoder->profile;
	const struct cpa_profile_sample *sample = &profile->samples.items[index];
	size_t i;

	for (i = 0; i < sample->loc_count; i++)
		put_varint(
			&encoder->inner, (uint64_t)profile->locs.items[sample->loc_begin + i] + 1);
	put_inner(encoder, 1);
	for (i = 0; i < profile->types.count; i++)
		put_varint(&encoder->inner, (uint64_t)cpa_profile_value(profile, index, i));
	put_inner(encoder, 2);
	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];

		put_string(encoder, &encoder->inner, 1, label->key);
		put_string(encoder, &encoder->inner, 2, label->str);
		put_number(&encoder->inner, 3, (uint64_t)label->num);
		put_string(encoder, &encoder->inner, 4, label->unit);
		put_inner(encoder, 3);
	}
	end_message(encoder, 2);
}

static void write_mapping(struct encoder *encoder, size_t index)
{
	const struct cpa_profile_mapping *mapping = &encoder->profile->mappings.items[index];
	struct bytes *to = &encoder->message;

	put_number(to, 1, index + 1);
	put_number(to, 2, mapping->start);
	put_number(to, 3, mapping->limit);
	put_number(to, 4, mapping->offset);
	put_string(encoder, to, 5, mapping->file);
	put_string(encoder, to, 6, mapping->build_id);
	put_number(to, 7, mapping->has_functions);
	put_number(to, 8, mapping->has_filenames);
	put_number(to, 9, mapping->has_line_numbers);
	put_number(to, 10, mapping->has_inline_frames);
	end_message(encoder, 3);
}

/* The id behind an index that may be none. */
static uint64_t id_of(uint32_t index)
{
	return index == CPA_PROFILE_NONE ? 0 : (uint64_t)index + 1;
}

static void write_location(struct encoder *encoder, size_t index)
{
	const struct cpa_profile_location *location = &encoder->profile->locations.items[index];
	struct bytes *to = &encoder->message;
	uint32_t i;

	put_number(to, 1, index + 1);
	put_number(to, 2, id_of(location->mapping));
	put_number(to, 3, location->addr);
	for (i = 0; i < location->line_count; i++) {
		const struct cpa_profile_line *line =
			&encoder->profile->lines.items[location->line_begin + i];

		put_number(&encoder->inner, 1, id_of(line->function));
		put_number(&encoder->inner, 2, (uint64_t)line->line);
		put_number(&encoder->inner, 3, line->column);
		put_inner(encoder, 4);
	}
	put_number(to, 5, location->folded);
	end_message(encoder, 4);
}

static void write_function(struct encoder *encoder, size_t index)
{
	const struct cpa_profile_function *function = &encoder->profile->functions.items[index];
	struct bytes *to = &encoder->message;

	put_number(to, 1, index + 1);
	put_string(encoder, to, 2, function->name);
	put_string(encoder, to, 3, function->system_name);
	put_string(encoder, to, 4, function->file);
	put_number(to, 5, (uint64_t)function->start_line);
	end_message(encoder, 5);
}

/* Always valid UTF-8: some readers refuse the whole file otherwise. */
static void write_string(struct encoder *encoder, const char *text)
{
	size_t text_bytes = strlen(text), i;
	struct bytes *to = &encoder->message;

	to->items = cpa_memory_room(to->items, &to->capacity, text_bytes + 1, 1);
	cpa_utf8_clean(text, (char *)to->items, text_bytes + 1);
	/* Control characters are valid, and a label may well hold a line break. */
	for (i = 0; i < text_bytes; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			to->items[i] = (unsigned char)text[i];
	to->count = text_bytes;
	end_message(encoder, 6);
}

/* The fields that are numbers, and the strings, now that all that are used are known. */
static void write_rest(struct encoder *encoder)
{
	const struct cpa_profile *profile = encoder->profile;
	struct bytes numbers = {0};
	size_t i;

	put_string(encoder, &numbers, 7, profile->drop_frames);
	put_string(encoder, &numbers, 8, profile->keep_frames);
	put_number(&numbers, 9, (uint64_t)profile->time_ns);
	put_number(&numbers, 10, (uint64_t)profile->duration_ns);
	put_number(&numbers, 12, (uint64_t)profile->period);
	for (i = 0; i < profile->comments.count; i++)
		put_varint(&encoder->inner, string_number(encoder, profile->comments.items[i]));
	if (profile->comments.count > 0)
		put_bytes(&numbers, 13, encoder->inner.items, encoder->inner.count);
	put_string(encoder, &numbers, 14, profile->default_type);
	put_string(encoder, &numbers, 15, profile->doc_url);
	write_string(encoder, "");
	for (i = 0; i < encoder->used_count; i++)
		write_string(encoder, cpa_profile_string(profile, encoder->used[i]));
	write_out(encoder, &numbers);
	free(numbers.items);
}

static void write_profile(struct encoder *encoder)
{
	const struct cpa_profile *profile = encoder->profile;
	size_t i;

	for (i = 0; i < profile->types.count; i++)
		write_type(encoder, 1, &profile->types.items[i]);
	for (i = 0; i < profile->samples.count; i++)
		write_sample(encoder, i);
	for (i = 0; i < profile->mappings.count; i++)
		write_mapping(encoder, i);
	for (i = 0; i < profile->locations.count; i++)
		write_location(encoder, i);
	for (i = 0; i < profile->functions.count; i++)
		write_function(encoder, i);
	if (profile->period_type.type != 0 || profile->period_type.unit != 0)
		write_type(encoder, 11, &profile->period_type);
	write_rest(encoder);
}

static int write_file(void *context, const void *bytes, size_t size_bytes)
{
	errno = 0;
	if (fwrite(bytes, 1, size_bytes, context) == size_bytes)
		return 0;
	return errno != 0 ? -errno : -EIO;
}

int cpa_encode_profile(const struct cpa_profile *profile, FILE *file, struct cpa_error *error)
{
	struct encoder encoder = {.profile = profile};
	struct cpa_arena arena;

	cpa_arena_init(&arena, 0);
	encoder.numbers = cpa_memory_new(profile->strings.count, sizeof(*encoder.numbers));
	encoder.gzip =
		cpa_gzip_new(&arena, (struct cpa_fd_sink){.write = write_file, .context = file});
	encoder.error_code = encoder.gzip != NULL ? 0 : -ENOMEM;
	write_profile(&encoder);
	if (encoder.error_code == 0)
		encoder.error_code = cpa_gzip_finish(encoder.gzip);
	if (encoder.error_code == 0 && fflush(file) != 0)
		encoder.error_code = errno != 0 ? -errno : -EIO;
	if (encoder.error_code != 0)
		(void)cpa_error_set(error, "cannot be written: %s", strerror(-encoder.error_code));
	free(encoder.message.items);
	free(encoder.inner.items);
	free(encoder.head.items);
	free(encoder.numbers);
	free(encoder.used);
	cpa_arena_done(&arena);
	return encoder.error_code;
}
