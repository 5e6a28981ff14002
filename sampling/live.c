/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sample an address is: a hash table cut into shards, each with its own lock and its own
 * growth.
 *
 *   shard -> slots[slot_count] -> record
 *
 * Linear probing, at most three quarters full, holes closed on removal.
 *
 * Slots hold 32-bit references, records stay where they are: growing moves 4 bytes a sample, and
 * the outgrown slot table is kept for the next shard that needs its size.
 */
#include "sampling/live.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define FIRST_SLOTS   16u
#define CHUNK_RECORDS 32u
#define RECORD_UNITS  (sizeof(struct cpa_live_record) / CPA_STORE_UNIT_BYTES)

/*
 * Between prefork and postfork this thread holds every lock already; other atfork handlers may
 * allocate and free.
 */
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

static uint64_t hash_addr(uint64_t addr)
{
	return (addr >> 3) * 0x9e3779b97f4a7c15u;
}

static struct cpa_store_shard *shard_of(uint64_t hash)
{
	return &cpa_store->shards[hash >> (64 - CPA_STORE_SHARD_BITS)];
}

static struct cpa_live_record *record_at(cpa_store_ref ref)
{
	return cpa_store_at(ref);
}

static cpa_store_ref *slots_of(const struct cpa_store_shard *shard)
{
	return cpa_store_at(shard->slots);
}

/* Where an address wants to be: bits of the hash that did not choose the shard. */
static uint32_t home_slot(uint64_t hash, uint32_t slot_count)
{
	return (uint32_t)(hash >> 20) & (slot_count - 1);
}

/* The slot that holds addr, or the empty one where it belongs. */
static uint32_t find_slot(const struct cpa_store_shard *shard, uint64_t addr, uint64_t hash)
{
	const cpa_store_ref *slots = slots_of(shard);
	uint32_t mask = shard->slot_count - 1;
	uint32_t slot = home_slot(hash, shard->slot_count);

	while (slots[slot] && record_at(slots[slot])->addr != addr)
		slot = (slot + 1) & mask;
	return slot;
}

/* A slot table: one outgrown by another shard, else a new one. Contents are zero. */
static cpa_store_ref table_new(uint32_t slot_count)
{
	cpa_store_ref *free_table = &cpa_store->free_tables[__builtin_ctz(slot_count)];
	cpa_store_ref table;

	lock_one(&cpa_store->tables_lock);
	table = *free_table;
	if (table)
		*free_table = *(cpa_store_ref *)cpa_store_at(table);
	unlock_one(&cpa_store->tables_lock);
	if (!table)
		return cpa_store_alloc(slot_count * sizeof(cpa_store_ref));
	memset(cpa_store_at(table), 0, slot_count * sizeof(cpa_store_ref));
	return table;
}

static void table_free(cpa_store_ref table, uint32_t slot_count)
{
	cpa_store_ref *free_table = &cpa_store->free_tables[__builtin_ctz(slot_count)];

	lock_one(&cpa_store->tables_lock);
	*(cpa_store_ref *)cpa_store_at(table) = *free_table;
	*free_table = table;
	unlock_one(&cpa_store->tables_lock);
}

static int grow_locked(struct cpa_store_shard *shard)
{
	struct cpa_store_shard old = {.slots = shard->slots, .slot_count = shard->slot_count};
	uint32_t slot_count = old.slot_count ? old.slot_count * 2 : FIRST_SLOTS;
	cpa_store_ref table = table_new(slot_count);

	if (!table)
		return -ENOMEM;
	shard->slots = table;
	shard->slot_count = slot_count;
	for (uint32_t i = 0; i < old.slot_count; i++) {
		cpa_store_ref ref = slots_of(&old)[i];
		uint64_t addr = ref ? record_at(ref)->addr : 0;

		if (ref)
			slots_of(shard)[find_slot(shard, addr, hash_addr(addr))] = ref;
	}
	if (old.slot_count)
		table_free(old.slots, old.slot_count);
	return 0;
}

/*
 * A record to fill: one given back, else the next of the chunk, else the first of a new chunk. 0
 * when the store is full.
 */
static cpa_store_ref record_new_locked(struct cpa_store_shard *shard)
{
	cpa_store_ref ref = shard->free_record;

	if (ref) {
		shard->free_record = (cpa_store_ref)record_at(ref)->addr;
		return ref;
	}
	if (shard->chunk_left == 0) {
		shard->chunk = cpa_store_alloc(CHUNK_RECORDS * sizeof(struct cpa_live_record));
		if (!shard->chunk)
			return 0;
		shard->chunk_left = CHUNK_RECORDS;
	}
	ref = shard->chunk;
	shard->chunk += RECORD_UNITS;
	shard->chunk_left--;
	return ref;
}

static void record_free_locked(struct cpa_store_shard *shard, cpa_store_ref ref)
{
	record_at(ref)->addr = shard->free_record;
	shard->free_record = ref;
}

/* By an atomic store, because cpa_live_count takes no lock. */
static void count_locked(struct cpa_store_shard *shard, int add)
{
	__atomic_store_n(&shard->live_count, shard->live_count + (uint32_t)add, __ATOMIC_RELAXED);
}

static int insert_locked(
	struct cpa_store_shard *shard, const struct cpa_live_record *record, uint64_t hash)
{
	cpa_store_ref ref;

	if ((shard->live_count + 1) * 4 > shard->slot_count * 3 && grow_locked(shard) < 0 &&
		shard->live_count + 1 >= shard->slot_count)
		return -ENOMEM; /* a table that cannot grow is used until one slot is left empty */
	ref = record_new_locked(shard);
	if (!ref)
		return -ENOMEM;
	*record_at(ref) = *record;
	slots_of(shard)[find_slot(shard, record->addr, hash)] = ref;
	count_locked(shard, 1);
	return 0;
}

/*
 * Empty a slot and close the hole: each later record of the run whose home is not between the hole
 * and itself moves into it (Knuth, vol. 3, 6.4, algorithm R).
 */
static void clear_slot_locked(struct cpa_store_shard *shard, uint32_t hole)
{
	cpa_store_ref *slots = slots_of(shard);
	uint32_t mask = shard->slot_count - 1;

	for (uint32_t slot = (hole + 1) & mask; slots[slot]; slot = (slot + 1) & mask) {
		uint32_t home =
			home_slot(hash_addr(record_at(slots[slot])->addr), shard->slot_count);

		if (((slot - home) & mask) >= ((slot - hole) & mask)) {
			slots[hole] = slots[slot];
			hole = slot;
		}
	}
	slots[hole] = 0;
}

int cpa_live_insert(const struct cpa_live_record *record)
{
	uint64_t hash = hash_addr(record->addr);
	struct cpa_store_shard *shard = shard_of(hash);
	int result;

	lock_one(&shard->lock);
	result = insert_locked(shard, record, hash);
	unlock_one(&shard->lock);
	return result;
}

bool cpa_live_remove(uint64_t addr, struct cpa_live_record *ret_record)
{
	uint64_t hash = hash_addr(addr);
	struct cpa_store_shard *shard = shard_of(hash);
	cpa_store_ref ref = 0;

	lock_one(&shard->lock);
	if (shard->slot_count) {
		uint32_t slot = find_slot(shard, addr, hash);

		ref = slots_of(shard)[slot];
		if (ref) {
			*ret_record = *record_at(ref);
			clear_slot_locked(shard, slot);
			record_free_locked(shard, ref);
			count_locked(shard, -1);
		}
	}
	unlock_one(&shard->lock);
	return ref != 0;
}

uint64_t cpa_live_count(void)
{
	uint64_t count = 0;

	for (uint32_t i = 0; cpa_store && i < CPA_STORE_SHARDS; i++)
		count += __atomic_load_n(&cpa_store->shards[i].live_count, __ATOMIC_RELAXED);
	return count;
}

void cpa_live_prefork(void)
{
	for (uint32_t i = 0; i < CPA_STORE_SHARDS; i++)
		cpa_lock_acquire(&cpa_store->shards[i].lock);
	cpa_lock_acquire(&cpa_store->tables_lock);
	holds_all = true;
}

void cpa_live_postfork_parent(void)
{
	holds_all = false;
	cpa_lock_release(&cpa_store->tables_lock);
	for (uint32_t i = 0; i < CPA_STORE_SHARDS; i++)
		cpa_lock_release(&cpa_store->shards[i].lock);
}

void cpa_live_postfork_child(void)
{
	holds_all = false;
	cpa_lock_reset(&cpa_store->tables_lock);
	for (uint32_t i = 0; i < CPA_STORE_SHARDS; i++)
		cpa_lock_reset(&cpa_store->shards[i].lock);
}
