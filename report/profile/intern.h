/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Equal byte strings get equal small numbers: 0, 1, 2, ... in the order they first came.
 * Not here: what is numbered (nodes.h, report/analysis/diff.h).
 */
#ifndef CPA_PROFILE_INTERN_H
#define CPA_PROFILE_INTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "report/profile/memory.h"

struct cpa_intern_key {
	size_t begin; /* in bytes[] */
	size_t length_bytes;
	uint64_t hash;
};

struct cpa_intern {
	struct cpa_intern_key *keys;
	size_t count, key_capacity;
	unsigned char *bytes; /* all keys, each begun at a multiple of 8 */
	size_t bytes_used, bytes_capacity;
	uint32_t *slots; /* number + 1, 0 where free; slot_count is a power of two */
	size_t slot_count;
};

/*
 * The number of a key; *ret_is_new (may be NULL) tells whether it came for the first time.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
uint32_t cpa_intern_add(
	struct cpa_intern *intern, const void *key, size_t length_bytes, bool *ret_is_new);

/*
 * A hash that differs from process to process, so that nobody can write a profile whose keys all
 * collide: for tables of one's own.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
uint64_t cpa_intern_hash(const void *key, size_t length_bytes);

/*
 * The bytes of a key, aligned to 8, valid until the next add.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const void *cpa_intern_get(
	const struct cpa_intern *intern, uint32_t number, size_t *ret_length_bytes);

/*
 * Free all; fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_intern_done(struct cpa_intern *intern);

#endif
