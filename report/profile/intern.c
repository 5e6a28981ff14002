/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Equal byte strings get equal small numbers.
 * Not here: what is numbered (nodes.c, report/analysis/diff.c).
 */
#include "report/profile/intern.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* The 128-bit product, folded. */
static uint64_t mix(uint64_t left, uint64_t right)
{
	__uint128_t product = (__uint128_t)left * right;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_seed(void)
{
	static uint64_t seed;

	if (seed != 0)
		return seed;
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint64_t)(uintptr_t)&seed;
	seed |= 1;
	return seed;
}

/* Eight bytes at a time: a sample's key is as long as its stack. */
uint64_t cpa_intern_hash(const void *key, size_t length_bytes)
{
	uint64_t hash = hash_seed() ^ length_bytes, word;
	const unsigned char *at = key;
	size_t left_bytes = length_bytes;

	for (; left_bytes >= sizeof(word); left_bytes -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = mix(hash ^ word, UINT64_C(0x9e3779b97f4a7c15));
	}
	word = 0;
	if (left_bytes > 0)
		memcpy(&word, at, left_bytes);
	return mix(hash ^ word, UINT64_C(0xe7037ed1a0b428db));
}

static size_t find_slot(
	const struct cpa_intern *intern, uint64_t hash, const void *key, size_t length_bytes)
{
	size_t slot = hash & (intern->slot_count - 1);

	while (intern->slots[slot] != 0) {
		const struct cpa_intern_key *there = &intern->keys[intern->slots[slot] - 1];

		if (there->hash == hash && there->length_bytes == length_bytes &&
			(length_bytes == 0 ||
				memcmp(intern->bytes + there->begin, key, length_bytes) == 0))
			break;
		slot = (slot + 1) & (intern->slot_count - 1);
	}
	return slot;
}

/* Half of the slots stay free, so a search ends soon. */
static void grow_slots(struct cpa_intern *intern)
{
	size_t i;

	if (intern->count * 2 < intern->slot_count)
		return;
	free(intern->slots);
	intern->slot_count = intern->slot_count > 0 ? intern->slot_count * 2 : 64;
	intern->slots = cpa_memory_new(intern->slot_count, sizeof(*intern->slots));
	for (i = 0; i < intern->count; i++) {
		size_t slot = intern->keys[i].hash & (intern->slot_count - 1);

		while (intern->slots[slot] != 0)
			slot = (slot + 1) & (intern->slot_count - 1);
		intern->slots[slot] = (uint32_t)i + 1;
	}
}

uint32_t cpa_intern_add(
	struct cpa_intern *intern, const void *key, size_t length_bytes, bool *ret_is_new)
{
	uint64_t hash = cpa_intern_hash(key, length_bytes);
	struct cpa_intern_key *entry;
	size_t slot;

	grow_slots(intern);
	slot = find_slot(intern, hash, key, length_bytes);
	if (ret_is_new != NULL)
		*ret_is_new = intern->slots[slot] == 0;
	if (intern->slots[slot] != 0)
		return intern->slots[slot] - 1;
	intern->bytes = cpa_memory_room(
		intern->bytes, &intern->bytes_capacity, intern->bytes_used + length_bytes + 8, 1);
	intern->keys = cpa_memory_room(
		intern->keys, &intern->key_capacity, intern->count + 1, sizeof(*intern->keys));
	entry = &intern->keys[intern->count];
	entry->begin = intern->bytes_used;
	entry->length_bytes = length_bytes;
	entry->hash = hash;
	if (length_bytes > 0)
		memcpy(intern->bytes + entry->begin, key, length_bytes);
	intern->bytes_used += (length_bytes + 7) & ~(size_t)7;
	intern->slots[slot] = (uint32_t)++intern->count;
	return (uint32_t)intern->count - 1;
}

const void *cpa_intern_get(
	const struct cpa_intern *intern, uint32_t number, size_t *ret_length_bytes)
{
	*ret_length_bytes = intern->keys[number].length_bytes;
	return intern->bytes + intern->keys[number].begin;
}

void cpa_intern_done(struct cpa_intern *intern)
{
	free(intern->keys);
	free(intern->bytes);
	free(intern->slots);
	memset(intern, 0, sizeof(*intern));
}
