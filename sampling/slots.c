/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots that threads take and give back. */
#include "sampling/slots.h"

#include <stdbool.h>

#include "sampling/store.h"

static _Atomic uint32_t *word_of(void *slot)
{
	return slot;
}

static void *find_among(struct cpa_slots *slots, uint32_t count)
{
	uint32_t first = atomic_fetch_add_explicit(&slots->next, 1, memory_order_relaxed);

	for (uint32_t i = 0; i < count; i++) {
		void *slot = cpa_slots_at(slots, (first + i) % count);
		uint32_t expected = 0;

		/* Asked first: most are taken, and a failed exchange would move the line here. */
		if (!atomic_load_explicit(word_of(slot), memory_order_relaxed) &&
			atomic_compare_exchange_strong(word_of(slot), &expected, CPA_SLOTS_TAKEN))
			return slot;
	}
	return NULL;
}

void *cpa_slots_find(struct cpa_slots *slots)
{
	return find_among(slots, cpa_slots_count(slots));
}

/* More slots, unless somebody made some since there were only so many. */
static bool grow(struct cpa_slots *slots, uint32_t count)
{
	uint32_t chunk = count / CPA_SLOTS_PER_CHUNK;
	bool grown = false;

	cpa_lock_acquire(&slots->lock);
	if (atomic_load(&slots->chunk_count) != chunk) {
		grown = true;
	} else if (chunk < CPA_SLOTS_CHUNKS_MAX && cpa_store) {
		cpa_store_ref ref = cpa_store_alloc(CPA_SLOTS_PER_CHUNK * slots->slot_bytes);

		if (ref) {
			atomic_store(&slots->chunks[chunk], (char *)cpa_store_at(ref));
			atomic_store(&slots->chunk_count, chunk + 1);
			grown = true;
		}
	}
	cpa_lock_release(&slots->lock);
	return grown;
}

void *cpa_slots_take(struct cpa_slots *slots)
{
	uint32_t count;
	void *slot;

	do {
		count = cpa_slots_count(slots);
		slot = find_among(slots, count);
	} while (!slot && grow(slots, count));
	return slot;
}

uint32_t cpa_slots_count(struct cpa_slots *slots)
{
	return atomic_load(&slots->chunk_count) * CPA_SLOTS_PER_CHUNK;
}

void *cpa_slots_at(struct cpa_slots *slots, uint32_t index)
{
	return slots->chunks[index / CPA_SLOTS_PER_CHUNK] +
	       index % CPA_SLOTS_PER_CHUNK * slots->slot_bytes;
}

void cpa_slots_postfork_child(struct cpa_slots *slots, const void *kept)
{
	uint32_t count = cpa_slots_count(slots);

	cpa_lock_reset(&slots->lock);
	for (uint32_t i = 0; i < count; i++) {
		void *slot = cpa_slots_at(slots, i);

		/* Asked first: a write would copy a page. */
		if (slot != kept && atomic_load_explicit(word_of(slot), memory_order_relaxed))
			atomic_store(word_of(slot), 0);
	}
}
