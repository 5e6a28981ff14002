/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One protobuf message in memory, field by field.
 * Not here: which field means what (message.c, places.c).
 */
#include "report/profile/wire.h"

#include <errno.h>

int cpa_wire_long_varint(struct cpa_wire *wire, uint64_t *ret_value)
{
	uint64_t value = 0;
	unsigned shift;

	if (wire->next == wire->end)
		return 0;
	/* Most long ones have two or three bytes: ids of places. */
	if (wire->end - wire->next >= 3) {
		const unsigned char *next = wire->next;

		value = (uint64_t)(next[0] & 0x7f) | (uint64_t)(next[1] & 0x7f) << 7;
		if (next[0] >= 0x80 && next[1] < 0x80) {
			wire->next += 2;
			*ret_value = value;
			return 1;
		}
		if (next[0] >= 0x80 && next[2] < 0x80) {
			wire->next += 3;
			*ret_value = value | (uint64_t)next[2] << 14;
			return 1;
		}
		value = 0;
	}
	for (shift = 0; shift < 70; shift += 7) {
		unsigned char byte;

		if (wire->next == wire->end)
			return -EINVAL;
		byte = *wire->next++;
		if (shift == 63 && byte > 1) /* the tenth byte has room for one bit */
			return -EINVAL;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*ret_value = value;
			return 1;
		}
	}
	return -EINVAL;
}

static int read_fixed(struct cpa_wire *wire, size_t length_bytes, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t i;

	if ((size_t)(wire->end - wire->next) < length_bytes)
		return -EINVAL;
	for (i = 0; i < length_bytes; i++)
		value |= (uint64_t)wire->next[i] << (8 * i);
	wire->next += length_bytes;
	*ret_value = value;
	return 1;
}

static int read_bytes(struct cpa_wire *wire, struct cpa_wire *ret_bytes)
{
	uint64_t length_bytes;

	if (cpa_wire_varint(wire, &length_bytes) != 1 ||
		length_bytes > (uint64_t)(wire->end - wire->next))
		return -EINVAL;
	ret_bytes->next = wire->next;
	ret_bytes->end = wire->next + length_bytes;
	wire->next += length_bytes;
	return 1;
}

int cpa_wire_field(struct cpa_wire *wire, struct cpa_wire_field *ret_field, const char **ret_why)
{
	uint64_t tag;
	int got = cpa_wire_varint(wire, &tag);

	*ret_why = "a broken field tag";
	if (got != 1)
		return got;
	if (tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3)
		return -EINVAL;
	ret_field->number = (uint32_t)(tag >> 3);
	ret_field->type = (enum cpa_wire_type)(tag & 7);
	switch (ret_field->type) {
	case CPA_WIRE_VARINT:
		*ret_why = "a broken number";
		return cpa_wire_varint(wire, &ret_field->value) == 1 ? 1 : -EINVAL;
	case CPA_WIRE_FIXED64:
		*ret_why = "a number cut short";
		return read_fixed(wire, 8, &ret_field->value);
	case CPA_WIRE_FIXED32:
		*ret_why = "a number cut short";
		return read_fixed(wire, 4, &ret_field->value);
	case CPA_WIRE_BYTES:
		*ret_why = "a length that reaches past its end";
		return read_bytes(wire, &ret_field->bytes);
	default:
		*ret_why = "an unknown wire type";
		return -EINVAL;
	}
}
