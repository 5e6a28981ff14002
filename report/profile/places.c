/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where samples point: the mappings, locations, lines and functions of a pprof file.
 * Not here: the samples and all other messages (message.c).
 */
#include "report/profile/message.h"

static int take_mapping(struct cpa_message *message, struct cpa_wire_field *field, void *to)
{
	struct cpa_profile_mapping *mapping = to;
	bool *flags[4] = {&mapping->has_functions, &mapping->has_filenames,
		&mapping->has_line_numbers, &mapping->has_inline_frames};

	if (field->number > 10)
		return 0;
	if (field->type != CPA_WIRE_VARINT)
		return cpa_message_fail(message, "a wrong wire type");
	switch (field->number) {
	case 1:
		mapping->id = field->value;
		break;
	case 2:
		mapping->start = field->value;
		break;
	case 3:
		mapping->limit = field->value;
		break;
	case 4:
		mapping->offset = field->value;
		break;
	case 5:
		mapping->file = cpa_message_index(field->value);
		break;
	case 6:
		mapping->build_id = cpa_message_index(field->value);
		break;
	default:
		*flags[field->number - 7] = field->value != 0;
	}
	return 0;
}

static int take_line(struct cpa_message *message, struct cpa_wire_field *field, void *to)
{
	struct cpa_profile_line *line = to;

	if (field->number > 3)
		return 0;
	if (field->type != CPA_WIRE_VARINT)
		return cpa_message_fail(message, "a wrong wire type");
	switch (field->number) {
	case 1:
		line->function = cpa_ids_token(&message->ids, field->value);
		break;
	case 2:
		line->line = (int64_t)field->value;
		break;
	default:
		/* No compiler tells of so many columns; what does not fit is no column. */
		line->column = field->value <= UINT32_MAX ? (uint32_t)field->value : 0;
	}
	return 0;
}

static int take_location(struct cpa_message *message, struct cpa_wire_field *field, void *to)
{
	struct cpa_profile_location *location = to;

	if (field->number > 5)
		return 0;
	if (field->type != (field->number == 4 ? CPA_WIRE_BYTES : CPA_WIRE_VARINT))
		return cpa_message_fail(message, "a wrong wire type");
	switch (field->number) {
	case 1:
		location->id = field->value;
		break;
	case 2:
		location->mapping = cpa_ids_token(&message->ids, field->value);
		break;
	case 3:
		location->addr = field->value;
		break;
	case 4:
		if (CPA_MESSAGE_FULL(&message->profile->lines))
			return cpa_message_fail(message, "too many lines in all");
		location->line_count++;
		return cpa_message_fields(message, field->bytes,
			CPA_PROFILE_ADD(&message->profile->lines), take_line);
	default:
		location->folded = field->value != 0;
	}
	return 0;
}

static int take_function(struct cpa_message *message, struct cpa_wire_field *field, void *to)
{
	struct cpa_profile_function *function = to;

	if (field->number > 5)
		return 0;
	if (field->type != CPA_WIRE_VARINT)
		return cpa_message_fail(message, "a wrong wire type");
	switch (field->number) {
	case 1:
		function->id = field->value;
		break;
	case 2:
		function->name = cpa_message_index(field->value);
		break;
	case 3:
		function->system_name = cpa_message_index(field->value);
		break;
	case 4:
		function->file = cpa_message_index(field->value);
		break;
	default:
		function->start_line = (int64_t)field->value;
	}
	return 0;
}

int cpa_places_read(struct cpa_message *message, uint32_t number, struct cpa_wire wire)
{
	struct cpa_profile *profile = message->profile;
	struct cpa_profile_location *location;

	switch (number) {
	case 3:
		if (CPA_MESSAGE_FULL(&profile->mappings))
			return cpa_message_fail(message, "too many mappings");
		return cpa_message_fields(
			message, wire, CPA_PROFILE_ADD(&profile->mappings), take_mapping);
	case 4:
		if (CPA_MESSAGE_FULL(&profile->locations))
			return cpa_message_fail(message, "too many locations");
		location = CPA_PROFILE_ADD(&profile->locations);
		location->line_begin = (uint32_t)profile->lines.count;
		return cpa_message_fields(message, wire, location, take_location);
	default:
		if (CPA_MESSAGE_FULL(&profile->functions))
			return cpa_message_fail(message, "too many functions");
		return cpa_message_fields(
			message, wire, CPA_PROFILE_ADD(&profile->functions), take_function);
	}
}
