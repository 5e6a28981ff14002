/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of a pprof file, each from memory into the flat arrays of the model.
 * Not here: the stream they come in (read.h).
 */
#ifndef CPA_PROFILE_MESSAGE_H
#define CPA_PROFILE_MESSAGE_H

#include "report/profile/ids.h"
#include "report/profile/profile.h"
#include "report/profile/wire.h"

/* Where messages go, and how to tell of a broken one. */
struct cpa_message {
	struct cpa_profile *profile;
	struct cpa_error *error;
	struct cpa_ids ids;
	uint64_t offset_bytes; /* of the top-level field being read */
	const char *field_name;
	bool is_gzipped; /* offsets are those of the unpacked data */
};

/*
 * "not a profile: WHAT in the FIELD at byte N" into error; always -EINVAL.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cpa_message_fail(struct cpa_message *message, const char *what);

/*
 * One top-level field of the profile that is a message, a string or a packed list; a number
 * the profile does not know is passed over. 0 or -EINVAL with the cause in error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_message_read(
	struct cpa_message *message, uint32_t number, struct cpa_wire wire);

/*
 * The same for a top-level field that is a number.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_message_number(struct cpa_message *message, uint32_t number, uint64_t value);

/*
 * The same for mapping (3), location (4) and function (5); message.c calls it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_places_read(
	struct cpa_message *message, uint32_t number, struct cpa_wire wire);

/*
 * Call take for each field of one message; what it returns other than 0 ends the walk. Fields
 * that take does not know it must pass over: later versions of the format add some.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_message_fields(struct cpa_message *message, struct cpa_wire wire, void *to,
	int (*take)(struct cpa_message *, struct cpa_wire_field *, void *));

/* An index that cannot be right becomes one that the checks in resolve.c refuse. */
static inline uint32_t cpa_message_index(uint64_t value)
{
	return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

#define CPA_MESSAGE_FULL(array) ((array)->count >= CPA_PROFILE_MAX_COUNT)

#endif
