/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each distinct set of labels once.
 *
 *   label_heads[hash & mask] -> set -> set -> 0      as stacks.c, and never removed either
 *   label_sets[number]       -> set
 */
#include "sampling/labels.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "sampling/store.h"

#define RESERVED_KEY    "bytes"
#define RESERVED_PREFIX "pprof::"

_Static_assert(CPA_LABELS_SETS_MAX + 1 == CPA_STORE_LABEL_SETS, "the store has a place for each");

struct set {
	cpa_store_ref next; /* never changes once the set is published */
	uint32_t hash;
	uint32_t number;
	uint32_t label_count;
	uint32_t text_bytes;
	char text[];
};

/* A set being put together. */
struct draft {
	uint32_t label_count;
	uint32_t text_bytes;
	char text[CPA_LABELS_TEXT_BYTES];
};

CPA_TLS_IE uint32_t cpa_labels_current;

static uint64_t overflow_count;

static struct set *set_at(cpa_store_ref ref)
{
	return cpa_store_at(ref);
}

static uint32_t hash_text(const char *text, uint32_t text_bytes)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (uint32_t i = 0; i < text_bytes; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return (uint32_t)(hash ^ (hash >> 32));
}

const char *cpa_labels_next(const char *text)
{
	return text + strlen(text) + 1;
}

uint32_t cpa_labels_get(uint32_t number, const char **ret_text)
{
	cpa_store_ref ref = 0;

	if (cpa_store && number <= CPA_LABELS_SETS_MAX)
		ref = atomic_load_explicit(&cpa_store->label_sets[number], memory_order_acquire);
	*ret_text = ref ? set_at(ref)->text : "";
	return ref ? set_at(ref)->label_count : 0;
}

static bool key_is_good(const char *key)
{
	if (!*key || !strcmp(key, RESERVED_KEY) ||
		!strncmp(key, RESERVED_PREFIX, strlen(RESERVED_PREFIX)))
		return false;
	for (; *key; key++)
		if ((unsigned char)*key < ' ' || *key == 0x7f)
			return false;
	return true;
}

static bool draft_add(struct draft *draft, const char *key, const char *value)
{
	size_t room_bytes = sizeof(draft->text) - draft->text_bytes;
	/* Never further than can matter: a value may be a whole file. */
	size_t key_bytes = strnlen(key, room_bytes) + 1;
	size_t value_bytes = strnlen(value, room_bytes) + 1;

	if (key_bytes + value_bytes > room_bytes || draft->label_count == CPA_LABELS_PER_SET_MAX)
		return false;
	memcpy(draft->text + draft->text_bytes, key, key_bytes);
	memcpy(draft->text + draft->text_bytes + key_bytes, value, value_bytes);
	draft->text_bytes += (uint32_t)(key_bytes + value_bytes);
	draft->label_count++;
	return true;
}

/* The labels of `from` and one more, which takes the place of one with the same key. */
static bool draft_make(struct draft *draft, uint32_t from, const char *key, const char *value)
{
	const char *text;
	uint32_t left = cpa_labels_get(from, &text);
	bool added = false;

	draft->label_count = 0;
	draft->text_bytes = 0;
	while (left--) {
		const char *old_key = text;
		const char *old_value = cpa_labels_next(old_key);
		int order = strcmp(key, old_key);

		text = cpa_labels_next(old_value);
		if (order <= 0 && !added) {
			added = true;
			if (!draft_add(draft, key, value))
				return false;
		}
		if (order != 0 && !draft_add(draft, old_key, old_value))
			return false;
	}
	return added || draft_add(draft, key, value);
}

static cpa_store_ref search(
	cpa_store_ref from, cpa_store_ref until, uint32_t hash, const struct draft *draft)
{
	for (cpa_store_ref ref = from; ref != until; ref = set_at(ref)->next) {
		const struct set *set = set_at(ref);

		if (set->hash == hash && set->text_bytes == draft->text_bytes &&
			memcmp(set->text, draft->text, draft->text_bytes) == 0)
			return ref;
	}
	return 0;
}

/* A record with a number of its own; 0 when there are no more numbers, or no memory. */
static cpa_store_ref set_new(uint32_t hash, const struct draft *draft)
{
	_Atomic uint32_t *count = &cpa_store->label_set_count;
	uint32_t number = atomic_load_explicit(count, memory_order_relaxed);
	cpa_store_ref ref;
	struct set *set;

	if (number >= CPA_LABELS_SETS_MAX)
		return 0;
	ref = cpa_store_alloc(sizeof(*set) + draft->text_bytes);
	if (!ref)
		return 0;
	do {
		if (number >= CPA_LABELS_SETS_MAX)
			return 0;
	} while (!atomic_compare_exchange_weak_explicit(
		count, &number, number + 1, memory_order_relaxed, memory_order_relaxed));
	set = set_at(ref);
	set->hash = hash;
	set->number = number + 1;
	set->label_count = draft->label_count;
	set->text_bytes = draft->text_bytes;
	memcpy(set->text, draft->text, draft->text_bytes);
	/* release: who reads the number finds the set whole. */
	atomic_store_explicit(&cpa_store->label_sets[number + 1], ref, memory_order_release);
	return ref;
}

/* The number of a set, new or known; 0 when no more can be made. */
static uint32_t intern(const struct draft *draft)
{
	uint32_t hash = hash_text(draft->text, draft->text_bytes);
	_Atomic cpa_store_ref *head = &cpa_store->label_heads[hash % CPA_STORE_LABEL_HEADS];
	cpa_store_ref first = atomic_load_explicit(head, memory_order_acquire);
	cpa_store_ref searched = 0, fresh = 0, found;

	for (;;) {
		found = search(first, searched, hash, draft);
		if (found)
			return set_at(found)->number; /* a number taken in vain: races only */
		searched = first;
		if (!fresh)
			fresh = set_new(hash, draft);
		if (!fresh)
			return 0;
		set_at(fresh)->next = first;
		if (atomic_compare_exchange_strong_explicit(
			    head, &first, fresh, memory_order_release, memory_order_acquire))
			return set_at(fresh)->number;
	}
}

int cpa_labels_init(void)
{
	struct draft draft;

	(void)draft_make(&draft, 0, "labels", "[too many label sets]");
	return intern(&draft) == CPA_LABELS_OVERFLOW ? 0 : -ENOMEM;
}

int cpa_labels_with(uint32_t set, const char *key, const char *value, uint32_t *ret_set)
{
	struct draft draft;
	uint32_t number = 0;

	if (!key || !value || !key_is_good(key))
		return -EINVAL;
	if (set != CPA_LABELS_OVERFLOW) {
		if (!draft_make(&draft, set, key, value))
			return -E2BIG;
		number = intern(&draft);
	}
	if (!number) {
		number = CPA_LABELS_OVERFLOW;
		__atomic_fetch_add(&overflow_count, 1, __ATOMIC_RELAXED);
	}
	*ret_set = number;
	return 0;
}

struct cpa_labels_counters cpa_labels_count(void)
{
	return (struct cpa_labels_counters){
		.sets = cpa_store ? atomic_load_explicit(
					    &cpa_store->label_set_count, memory_order_relaxed)
				  : 0,
		.overflows = __atomic_load_n(&overflow_count, __ATOMIC_RELAXED),
	};
}
