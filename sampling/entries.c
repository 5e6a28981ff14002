/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in the program's own profiles.
 *
 *   custom_table -> shards[], heads[] -> entry -> entry -> 0
 *
 * All profiles share one hash table, whose key is (profile, value). It is made with the first
 * profile and has a fixed number of chains; an entry that was removed is used again.
 */
#include "sampling/entries.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/lock.h"
#include "sampling/store.h"

#define SHARD_BITS     6u
#define SHARDS         (1u << SHARD_BITS)
#define HEADS_MAX      65536u
#define HEADS_MIN      1024u
#define STORE_PER_HEAD 256u /* bytes of the store, where it is small */
#define CHUNK_ENTRIES  32u
#define ENTRY_UNITS    (sizeof(struct entry) / CPA_STORE_UNIT_BYTES)
#define LATE_ROWS      256u /* room for entries made while we copy */

struct entry {
	uint64_t value;
	cpa_store_ref profile;
	cpa_stack_id stack;
	uint32_t label_set;
	cpa_store_ref next;
};

/* The lock guards the shard's chains and its free entries. */
struct shard {
	struct cpa_lock lock;
	cpa_store_ref free_entry;
	cpa_store_ref chunk; /* entries not yet used: next one, and how many are left */
	uint32_t chunk_left;
	uint32_t pad[12]; /* one cache line */
};

struct table {
	struct shard shards[SHARDS];
	uint32_t heads_per_shard;
	uint32_t pad;
	cpa_store_ref heads[]; /* [SHARDS][heads_per_shard] */
};

/* Between prefork and postfork this thread holds every lock; others' handlers may call us. */
static CPA_TLS_IE bool holds_all;

static void lock_one(struct cpa_lock *lock)
{
	if (cpa_likely(!holds_all))
		cpa_lock_acquire(lock);
}

static void unlock_one(struct cpa_lock *lock)
{
	if (cpa_likely(!holds_all))
		cpa_lock_release(lock);
}

static struct entry *entry_at(cpa_store_ref ref)
{
	return cpa_store_at(ref);
}

static struct table *table_get(void)
{
	cpa_store_ref ref =
		cpa_store ? atomic_load_explicit(&cpa_store->custom_table, memory_order_acquire)
			  : 0;

	return ref ? cpa_store_at(ref) : NULL;
}

int cpa_entries_make_table(void)
{
	uint32_t heads = HEADS_MAX;
	cpa_store_ref ref;
	struct table *table;

	if (table_get())
		return 0;
	while (heads > HEADS_MIN && heads > cpa_store_limit_bytes() / STORE_PER_HEAD)
		heads /= 2;
	ref = cpa_store_alloc(sizeof(*table) + heads * sizeof(table->heads[0]));
	if (!ref)
		return -ENOMEM;
	table = cpa_store_at(ref);
	table->heads_per_shard = heads / SHARDS;
	atomic_store_explicit(&cpa_store->custom_table, ref, memory_order_release);
	return 0;
}

/* Where an entry is, or would be. */
struct spot {
	struct shard *shard;
	cpa_store_ref *head;
};

static struct spot spot_of(cpa_store_ref profile, uint64_t value)
{
	struct table *table = table_get();
	uint64_t hash = ((value ^ (uint64_t)profile << 40) * 0x9e3779b97f4a7c15u);
	uint32_t shard = (uint32_t)(hash >> (64 - SHARD_BITS));
	uint32_t head = (uint32_t)(hash >> 32) & (table->heads_per_shard - 1);

	return (struct spot){
		.shard = &table->shards[shard],
		.head = &table->heads[shard * table->heads_per_shard + head],
	};
}

/* The link that leads to the entry, or to 0. */
static cpa_store_ref *find_locked(cpa_store_ref *link, cpa_store_ref profile, uint64_t value)
{
	while (*link && (entry_at(*link)->value != value || entry_at(*link)->profile != profile))
		link = &entry_at(*link)->next;
	return link;
}

/* One given back, else the next of the chunk, else the first of a new chunk; 0: no memory. */
static cpa_store_ref entry_new_locked(struct shard *shard)
{
	cpa_store_ref ref = shard->free_entry;

	if (ref) {
		shard->free_entry = entry_at(ref)->next;
		return ref;
	}
	if (shard->chunk_left == 0) {
		shard->chunk = cpa_store_alloc(CHUNK_ENTRIES * sizeof(struct entry));
		if (!shard->chunk)
			return 0;
		shard->chunk_left = CHUNK_ENTRIES;
	}
	ref = shard->chunk;
	shard->chunk += ENTRY_UNITS;
	shard->chunk_left--;
	return ref;
}

static int add_locked(const struct spot *spot, const struct entry *entry)
{
	cpa_store_ref ref;

	if (*find_locked(spot->head, entry->profile, entry->value))
		return -EEXIST;
	ref = entry_new_locked(spot->shard);
	if (!ref)
		return -ENOMEM;
	*entry_at(ref) = *entry;
	entry_at(ref)->next = *spot->head;
	*spot->head = ref;
	return 0;
}

int cpa_entries_add(struct cpa_custom_profile *profile, const void *value, cpa_stack_id stack,
	uint32_t label_set)
{
	struct entry entry = {
		.value = (uintptr_t)value,
		.profile = cpa_custom_ref(profile),
		.stack = stack,
		.label_set = label_set,
	};
	struct spot spot = spot_of(entry.profile, entry.value);
	struct cpa_custom_counters *counters = cpa_custom_counters(profile);
	int result;

	lock_one(&spot.shard->lock);
	result = add_locked(&spot, &entry);
	/* Before anybody can remove it: the number of entries never falls below none. */
	if (result == 0)
		__atomic_fetch_add(&counters->entries, 1, __ATOMIC_RELAXED);
	unlock_one(&spot.shard->lock);
	if (result == 0)
		__atomic_fetch_add(&counters->added, 1, __ATOMIC_RELAXED);
	else if (result == -ENOMEM)
		__atomic_fetch_add(&counters->dropped_store_full, 1, __ATOMIC_RELAXED);
	return result;
}

int cpa_entries_remove(struct cpa_custom_profile *profile, const void *value)
{
	cpa_store_ref ref = cpa_custom_ref(profile);
	struct spot spot = spot_of(ref, (uintptr_t)value);
	cpa_store_ref *link;
	cpa_store_ref found;

	lock_one(&spot.shard->lock);
	link = find_locked(spot.head, ref, (uintptr_t)value);
	found = *link;
	if (found) {
		*link = entry_at(found)->next;
		entry_at(found)->profile = 0;
		entry_at(found)->next = spot.shard->free_entry;
		spot.shard->free_entry = found;
	}
	unlock_one(&spot.shard->lock);
	if (!found)
		return -ENOENT;
	__atomic_fetch_sub(&cpa_custom_counters(profile)->entries, 1, __ATOMIC_RELAXED);
	return 0;
}

/* How many entries there are; of the first `room` a row is written. */
static size_t copy_shard(struct table *table, uint32_t number, cpa_store_ref profile,
	struct cpa_entries_row *rows, size_t room)
{
	const cpa_store_ref *heads = &table->heads[number * table->heads_per_shard];
	size_t count = 0;

	lock_one(&table->shards[number].lock);
	for (uint32_t i = 0; i < table->heads_per_shard; i++) {
		for (cpa_store_ref ref = heads[i]; ref; ref = entry_at(ref)->next) {
			const struct entry *entry = entry_at(ref);

			if (entry->profile != profile)
				continue;
			if (count < room)
				rows[count] = (struct cpa_entries_row){
					.stack = entry->stack,
					.label_set = entry->label_set,
				};
			count++;
		}
	}
	unlock_one(&table->shards[number].lock);
	return count;
}

int cpa_entries_copy(const struct cpa_custom_profile *profile, struct cpa_arena *arena,
	struct cpa_entries_row **ret_rows, size_t *ret_count)
{
	struct table *table = table_get();
	size_t room = 0, count = 0;

	*ret_rows = NULL;
	*ret_count = 0;
	/* Again with more room where more was added meanwhile than there was room for. */
	do {
		room = (count > room ? count : cpa_custom_count(profile).entries) * 5 / 4 +
		       LATE_ROWS;
		*ret_rows = cpa_arena_alloc(arena, room * sizeof(**ret_rows));
		if (!*ret_rows)
			return -ENOMEM;
		count = 0;
		for (uint32_t i = 0; table && i < SHARDS; i++)
			count += copy_shard(table, i, cpa_custom_ref(profile), *ret_rows + count,
				count < room ? room - count : 0);
	} while (count > room);
	*ret_count = count;
	return 0;
}

void cpa_entries_prefork(void)
{
	struct table *table;

	table = table_get();
	for (uint32_t i = 0; table && i < SHARDS; i++)
		cpa_lock_acquire(&table->shards[i].lock);
	holds_all = true;
}

void cpa_entries_postfork_parent(void)
{
	struct table *table = table_get();

	holds_all = false;
	for (uint32_t i = 0; table && i < SHARDS; i++)
		cpa_lock_release(&table->shards[i].lock);
}

void cpa_entries_postfork_child(void)
{
	struct table *table = table_get();

	holds_all = false;
	for (uint32_t i = 0; table && i < SHARDS; i++)
		cpa_lock_reset(&table->shards[i].lock);
}
