/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pprof file, one top-level field at a time.
 * Not here: what is in a field (message.c), whether all fits together (resolve.c), unpacking
 * (source.c).
 */
#include "report/profile/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/dropframes.h"
#include "report/profile/message.h"
#include "report/profile/names.h"
#include "report/profile/source.h"

/* One submessage: a string of 64 MiB, or a sample with millions of frames, is nobody's profile. */
#define MESSAGE_MAX_BYTES (UINT64_C(64) << 20)

struct reader {
	struct cpa_source source;
	struct cpa_message to;
	unsigned char *bytes; /* the submessage being read */
	size_t capacity;
};

/* 1 and a number, 0 at the end of the file (only where at_start), -EINVAL. */
static int stream_varint(struct reader *reader, uint64_t *ret_value, bool at_start)
{
	unsigned char bytes[10];
	struct cpa_wire wire = {.next = bytes, .end = bytes};
	int byte;

	do {
		byte = cpa_source_byte(&reader->source, reader->to.error);
		if (byte == -1)
			return at_start && wire.end == bytes
				       ? 0
				       : cpa_message_fail(&reader->to, "the end of the data");
		if (byte < 0)
			return byte;
		bytes[wire.end++ - bytes] = (unsigned char)byte;
	} while ((byte & 0x80) != 0 && wire.end < bytes + sizeof(bytes));
	return cpa_wire_varint(&wire, ret_value) == 1
		       ? 1
		       : cpa_message_fail(&reader->to, "a broken number");
}

/*
 * The bytes arrive before their room is made: a length that lies costs no more memory than the
 * file has bytes.
 */
static int stream_message(struct reader *reader, uint32_t number)
{
	uint64_t length_bytes;
	size_t have_bytes = 0;
	int error_code = stream_varint(reader, &length_bytes, false);

	if (error_code < 0)
		return error_code;
	if (length_bytes > MESSAGE_MAX_BYTES)
		return cpa_message_fail(&reader->to, "a length of more than 64 MiB");
	while (have_bytes < length_bytes) {
		size_t part_bytes = (size_t)length_bytes - have_bytes;
		int64_t got;

		if (part_bytes > CPA_SOURCE_BUFFER_BYTES)
			part_bytes = CPA_SOURCE_BUFFER_BYTES;
		reader->bytes = cpa_memory_room(
			reader->bytes, &reader->capacity, have_bytes + part_bytes, 1);
		got = cpa_source_read(
			&reader->source, reader->bytes + have_bytes, part_bytes, reader->to.error);
		if (got < 0)
			return (int)got;
		have_bytes += (size_t)got;
		if ((size_t)got < part_bytes)
			return cpa_message_fail(&reader->to, "the end of the data");
	}
	return cpa_message_read(&reader->to, number,
		(struct cpa_wire){.next = reader->bytes, .end = reader->bytes + have_bytes});
}

static const char *name_field(uint64_t number)
{
	static const char *const names[] = {"field", "sample type", "sample", "mapping", "location",
		"function", "string", "drop_frames", "keep_frames", "time", "duration",
		"period type", "period", "comment", "default sample type", "doc url"};

	return names[number < CPA_ARRAY_LEN(names) ? number : 0];
}

/* Whether a known field of the profile is of this wire type. */
static bool is_right_type(uint64_t number, uint64_t type)
{
	bool is_message = (number >= 1 && number <= 6) || number == 11;

	if (number > 15)
		return type == CPA_WIRE_VARINT || type == CPA_WIRE_BYTES ||
		       type == CPA_WIRE_FIXED64 || type == CPA_WIRE_FIXED32;
	if (number == 13)
		return type == CPA_WIRE_VARINT || type == CPA_WIRE_BYTES;
	return type == (uint64_t)(is_message ? CPA_WIRE_BYTES : CPA_WIRE_VARINT);
}

static int read_field(struct reader *reader, uint64_t tag)
{
	uint64_t value;
	char skipped[8];
	size_t skipped_bytes;
	int64_t got;
	int error_code;

	reader->to.field_name = name_field(tag >> 3);
	if (tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3 || !is_right_type(tag >> 3, tag & 7)) {
		if (reader->to.profile->samples.count + reader->to.profile->types.count == 0)
			return cpa_error_set(
				reader->to.error, "not a profile: neither gzip nor protobuf");
		return cpa_message_fail(&reader->to, "a wrong field type");
	}
	switch (tag & 7) {
	case CPA_WIRE_BYTES:
		return stream_message(reader, (uint32_t)(tag >> 3));
	case CPA_WIRE_VARINT:
		error_code = stream_varint(reader, &value, false);
		return error_code < 0
			       ? error_code
			       : cpa_message_number(&reader->to, (uint32_t)(tag >> 3), value);
	default:
		skipped_bytes = (tag & 7) == CPA_WIRE_FIXED64 ? 8 : 4;
		got = cpa_source_read(&reader->source, skipped, skipped_bytes, reader->to.error);
		if (got < 0)
			return (int)got;
		return (size_t)got < skipped_bytes
			       ? cpa_message_fail(&reader->to, "the end of the data")
			       : 0;
	}
}

static int read_all(struct reader *reader)
{
	uint64_t tag;
	int got;

	for (;;) {
		reader->to.offset_bytes = reader->source.offset_bytes;
		reader->to.field_name = "field";
		got = stream_varint(reader, &tag, true);
		if (got == 1)
			got = read_field(reader, tag) == 0 ? 1 : -EINVAL;
		if (got != 1)
			return got;
	}
}

int cpa_read_profile(struct cpa_profile *ret_profile, const char *path, struct cpa_error *error)
{
	struct reader *reader = cpa_memory_new(1, sizeof(*reader));
	int error_code;

	memset(ret_profile, 0, sizeof(*ret_profile));
	reader->to.profile = ret_profile;
	reader->to.error = error;
	reader->to.field_name = "field";
	reader->bytes = cpa_memory_room(NULL, &reader->capacity, CPA_SOURCE_BUFFER_BYTES, 1);
	error_code = cpa_source_init(&reader->source, path, error);
	reader->to.is_gzipped = reader->source.gzipped;
	if (error_code == 0)
		error_code = read_all(reader);
	ret_profile->unpacked_bytes = reader->source.offset_bytes;
	ret_profile->path = cpa_memory_text(path, strlen(path));
	cpa_source_done(&reader->source);
	if (error_code == 0)
		error_code = cpa_resolve_profile(ret_profile, &reader->to.ids, error);
	cpa_intern_done(&reader->to.ids.wide);
	free(reader->bytes);
	free(reader);
	if (error_code == 0) {
		cpa_comments_split(ret_profile);
		cpa_names_fill(ret_profile);
		cpa_dropframes_apply(ret_profile);
	} else {
		cpa_profile_done(ret_profile);
	}
	return error_code;
}
