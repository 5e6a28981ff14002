/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of a pprof file, each from memory into the flat arrays of the model.
 * Not here: mappings, locations and functions (places.c), the stream they come in (read.c),
 * whether they fit together (resolve.c), field syntax (wire.c).
 *
 * Written by hand and not with protobuf-c: a heap profile is mostly samples of a few bytes,
 * which go straight into flat arrays, and the writer under test is thereby read by code that
 * shares nothing with it.
 */
#include "report/profile/message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/profile/units.h"

int cpa_message_fail(struct cpa_message *message, const char *what)
{
	char at[32];

	cpa_units_grouped(at, sizeof(at), (int64_t)message->offset_bytes);
	return cpa_error_set(message->error, "not a profile: %s in the %s at byte %s%s", what,
		message->field_name, at, message->is_gzipped ? " of the unpacked data" : "");
}

/* Numbers may come one field each or packed into one; both are legal for every repeated number. */
static int add_numbers(struct cpa_message *message, struct cpa_wire_field *field,
	int (*add)(struct cpa_message *, uint64_t))
{
	uint64_t value;
	int got;

	if (field->type == CPA_WIRE_VARINT)
		return add(message, field->value);
	if (field->type != CPA_WIRE_BYTES)
		return cpa_message_fail(message, "a wrong wire type");
	while ((got = cpa_wire_varint(&field->bytes, &value)) == 1) {
		int error_code = add(message, value);

		if (error_code != 0)
			return error_code;
	}
	return got == 0 ? 0 : cpa_message_fail(message, "a broken list of numbers");
}

static int add_value(struct cpa_message *message, uint64_t value)
{
	if (CPA_MESSAGE_FULL(&message->profile->values))
		return cpa_message_fail(message, "too many values in all");
	*CPA_PROFILE_ADD(&message->profile->values) = (int64_t)value;
	return 0;
}

/* The frames of a sample: most of a profile is these numbers. */
static int add_locs(struct cpa_message *message, const struct cpa_wire_field *field)
{
	struct cpa_profile *profile = message->profile;
	struct cpa_wire wire = field->bytes;
	size_t most = field->type == CPA_WIRE_BYTES ? (size_t)(wire.end - wire.next) : 1;
	uint64_t id;
	uint32_t *to;
	int got = 1;

	if (most == 0)
		return 0;
	if (most > CPA_PROFILE_MAX_LOCS - profile->locs.count)
		return cpa_message_fail(message, "too many frames in all");
	profile->locs.items = cpa_memory_room(profile->locs.items, &profile->locs.capacity,
		profile->locs.count + most, sizeof(*profile->locs.items));
	to = profile->locs.items + profile->locs.count;
	if (field->type == CPA_WIRE_VARINT)
		*to++ = cpa_ids_token(&message->ids, field->value);
	else if (field->type != CPA_WIRE_BYTES)
		return cpa_message_fail(message, "a wrong wire type");
	else
		while ((got = cpa_wire_varint(&wire, &id)) == 1)
			*to++ = cpa_ids_token(&message->ids, id);
	profile->locs.count = (size_t)(to - profile->locs.items);
	return got >= 0 ? 0 : cpa_message_fail(message, "a broken list of numbers");
}

static int add_comment(struct cpa_message *message, uint64_t value)
{
	if (CPA_MESSAGE_FULL(&message->profile->comments))
		return cpa_message_fail(message, "too many comments");
	*CPA_PROFILE_ADD(&message->profile->comments) = cpa_message_index(value);
	return 0;
}

int cpa_message_fields(struct cpa_message *message, struct cpa_wire wire, void *to,
	int (*take)(struct cpa_message *, struct cpa_wire_field *, void *))
{
	struct cpa_wire_field field;
	const char *why;
	int got;

	while ((got = cpa_wire_field(&wire, &field, &why)) == 1) {
		int error_code = take(message, &field, to);

		if (error_code != 0)
			return error_code;
	}
	return got == 0 ? 0 : cpa_message_fail(message, why);
}

static int take_type(struct cpa_message *message, struct cpa_wire_field *field, void *to)
{
	struct cpa_profile_type *type = to;

	if (field->number > 2)
		return 0;
	if (field->type != CPA_WIRE_VARINT)
		return cpa_message_fail(message, "a wrong wire type");
	*(field->number == 1 ? &type->type : &type->unit) = cpa_message_index(field->value);
	return 0;
}

static int take_label(struct cpa_message *message, struct cpa_wire_field *field, void *to)
{
	struct cpa_profile_label *label = to;

	if (field->number > 4)
		return 0;
	if (field->type != CPA_WIRE_VARINT)
		return cpa_message_fail(message, "a wrong wire type");
	switch (field->number) {
	case 1:
		label->key = cpa_message_index(field->value);
		break;
	case 2:
		label->str = cpa_message_index(field->value);
		break;
	case 3:
		label->num = (int64_t)field->value;
		break;
	default:
		label->unit = cpa_message_index(field->value);
	}
	return 0;
}

static int take_sample(struct cpa_message *message, struct cpa_wire_field *field, void *to)
{
	struct cpa_profile *profile = message->profile;

	(void)to;
	switch (field->number) {
	case 1:
		return add_locs(message, field);
	case 2:
		return add_numbers(message, field, add_value);
	case 3:
		if (field->type != CPA_WIRE_BYTES)
			return cpa_message_fail(message, "a wrong wire type");
		if (CPA_MESSAGE_FULL(&profile->labels))
			return cpa_message_fail(message, "too many labels in all");
		return cpa_message_fields(
			message, field->bytes, CPA_PROFILE_ADD(&profile->labels), take_label);
	default:
		return 0;
	}
}

static int read_sample(struct cpa_message *message, struct cpa_wire wire)
{
	struct cpa_profile *profile = message->profile;
	size_t loc_begin = profile->locs.count, value_begin = profile->values.count;
	size_t label_begin = profile->labels.count, value_count;
	struct cpa_profile_sample *sample;
	int error_code;

	if (CPA_MESSAGE_FULL(&profile->samples))
		return cpa_message_fail(message, "too many samples");
	error_code = cpa_message_fields(message, wire, NULL, take_sample);
	if (error_code != 0)
		return error_code;
	/*
	 * All samples must have as many values as the first; resolve.c compares that with the
	 * sample types.
	 */
	value_count = profile->values.count - value_begin;
	if (profile->samples.count > 0 && value_count * profile->samples.count != value_begin) {
		char what[128];

		snprintf(what, sizeof(what), "%zu values where the samples before have %zu",
			value_count, value_begin / profile->samples.count);
		return cpa_message_fail(message, what);
	}
	sample = CPA_PROFILE_ADD(&profile->samples);
	sample->loc_begin = (uint32_t)loc_begin;
	sample->loc_count = (uint32_t)(profile->locs.count - loc_begin);
	sample->label_begin = (uint32_t)label_begin;
	sample->label_count = (uint32_t)(profile->labels.count - label_begin);
	return 0;
}

static int read_string(struct cpa_message *message, struct cpa_wire wire)
{
	struct cpa_profile *profile = message->profile;
	size_t length_bytes = (size_t)(wire.end - wire.next), begin = profile->text.count;

	if (CPA_MESSAGE_FULL(&profile->strings))
		return cpa_message_fail(message, "too many strings");
	profile->text.items = cpa_memory_room(
		profile->text.items, &profile->text.capacity, begin + length_bytes + 1, 1);
	if (length_bytes > 0)
		memcpy(profile->text.items + begin, wire.next, length_bytes);
	profile->text.items[begin + length_bytes] = '\0';
	profile->text.count = begin + length_bytes + 1;
	*CPA_PROFILE_ADD(&profile->strings) = begin;
	return 0;
}

int cpa_message_read(struct cpa_message *message, uint32_t number, struct cpa_wire wire)
{
	struct cpa_profile *profile = message->profile;

	switch (number) {
	case 1:
		if (profile->types.count >= 1024)
			return cpa_message_fail(message, "too many sample types");
		return cpa_message_fields(
			message, wire, CPA_PROFILE_ADD(&profile->types), take_type);
	case 2:
		return read_sample(message, wire);
	case 3:
	case 4:
	case 5:
		return cpa_places_read(message, number, wire);
	case 6:
		return read_string(message, wire);
	case 11:
		return cpa_message_fields(message, wire, &profile->period_type, take_type);
	case 13: {
		struct cpa_wire_field packed = {
			.number = 13, .type = CPA_WIRE_BYTES, .bytes = wire};

		return add_numbers(message, &packed, add_comment);
	}
	default:
		return 0;
	}
}

int cpa_message_number(struct cpa_message *message, uint32_t number, uint64_t value)
{
	struct cpa_profile *profile = message->profile;

	switch (number) {
	case 7:
		profile->drop_frames = cpa_message_index(value);
		return 0;
	case 8:
		profile->keep_frames = cpa_message_index(value);
		return 0;
	case 9:
		if (profile->time_ns != 0)
			return cpa_error_set(message->error,
				"not a profile but two, one behind the other: add separate files "
				"with cprof merge");
		profile->time_ns = (int64_t)value;
		return 0;
	case 10:
		profile->duration_ns = (int64_t)value;
		return 0;
	case 12:
		profile->period = (int64_t)value;
		return 0;
	case 13:
		return add_comment(message, value);
	case 14:
		profile->default_type = cpa_message_index(value);
		return 0;
	case 15:
		profile->doc_url = cpa_message_index(value);
		return 0;
	default:
		return 0;
	}
}
