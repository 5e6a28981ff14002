/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One protobuf message in memory, field by field. Nothing is copied, nothing recurses, nothing
 * reads past the end.
 * Not here: which field means what (message.h), the file around it (source.h).
 */
#ifndef CPA_PROFILE_WIRE_H
#define CPA_PROFILE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cpa_wire_type {
	CPA_WIRE_VARINT = 0,
	CPA_WIRE_FIXED64 = 1,
	CPA_WIRE_BYTES = 2,
	CPA_WIRE_FIXED32 = 5,
};

/* What is left of a message, or of a packed list of numbers. */
struct cpa_wire {
	const unsigned char *next;
	const unsigned char *end;
};

struct cpa_wire_field {
	uint32_t number;
	enum cpa_wire_type type;
	uint64_t value;        /* VARINT, FIXED64, FIXED32 */
	struct cpa_wire bytes; /* BYTES */
};

/*
 * The next field: 1, 0 at the end, -EINVAL where the message is broken (*ret_why tells how, in
 * a few words).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cpa_wire_field(struct cpa_wire *wire, struct cpa_wire_field *ret_field, const char **ret_why);

/*
 * The next number of a packed list: 1, 0 at the end, -EINVAL where it is broken. Use the first;
 * the second is what it does with numbers of more than one byte.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline int cpa_wire_varint(struct cpa_wire *wire, uint64_t *ret_value);
int cpa_wire_long_varint(struct cpa_wire *wire, uint64_t *ret_value);

static inline int cpa_wire_varint(struct cpa_wire *wire, uint64_t *ret_value)
{
	if (wire->next != wire->end && *wire->next < 0x80) {
		*ret_value = *wire->next++;
		return 1;
	}
	return cpa_wire_long_varint(wire, ret_value);
}

#endif
