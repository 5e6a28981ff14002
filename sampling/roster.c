/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of the threads that are there.
 *
 *   chunks[0..chunk_count) -> slot[SLOTS_PER_CHUNK]      chunks come and never go
 *
 *   slot.tid   0 free -> TAKEN being filled -> the thread's number -> 0
 *
 * A slot is taken by its thread with one compare-and-swap, changed by it alone, and given back by
 * it, or by whoever finds that there is no such thread any more.
 */
#include "sampling/roster.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/lock.h"
#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/store.h"

#define SLOTS_PER_CHUNK 512u
#define CHUNKS_MAX      128u /* for twice as many threads as Linux has, unless told otherwise */
#define TAKEN           UINT32_MAX

enum kind { PROGRAM, INTERNAL, INTERNAL_LEAVING };

struct slot {
	_Atomic uint32_t tid;
	_Atomic uint32_t label_set;
	_Atomic cpa_threadcreate_place place;
	_Atomic uint32_t kind;
};

static struct slot first_slots[SLOTS_PER_CHUNK];
static struct slot *_Atomic chunks[CHUNKS_MAX] = {first_slots};
static _Atomic uint32_t chunk_count = 1;
static struct cpa_lock chunk_lock; /* to make one */
static _Atomic uint32_t next_slot; /* where the search begins */
static _Atomic uint64_t lost_count;
static CPA_TLS_IE struct slot *own; /* NULL: none */

static struct slot *slot_at(uint32_t index)
{
	return &chunks[index / SLOTS_PER_CHUNK][index % SLOTS_PER_CHUNK];
}

static struct slot *slot_find(uint32_t count)
{
	uint32_t first = atomic_fetch_add_explicit(&next_slot, 1, memory_order_relaxed);

	for (uint32_t i = 0; i < count * SLOTS_PER_CHUNK; i++) {
		struct slot *slot = slot_at((first + i) % (count * SLOTS_PER_CHUNK));
		uint32_t expected = 0;

		if (atomic_load_explicit(&slot->tid, memory_order_relaxed) == 0 &&
			atomic_compare_exchange_strong(&slot->tid, &expected, TAKEN))
			return slot;
	}
	return NULL;
}

/* More slots, unless somebody made some since there were only `count` chunks. */
static bool chunk_add(uint32_t count)
{
	bool added = false;

	cpa_lock_acquire(&chunk_lock);
	if (atomic_load(&chunk_count) != count) {
		added = true;
	} else if (count < CHUNKS_MAX && cpa_store) {
		cpa_store_ref ref = cpa_store_alloc(SLOTS_PER_CHUNK * sizeof(struct slot));

		if (ref) {
			atomic_store(&chunks[count], (struct slot *)cpa_store_at(ref));
			atomic_store(&chunk_count, count + 1);
			added = true;
		}
	}
	cpa_lock_release(&chunk_lock);
	return added;
}

static struct slot *slot_take(void)
{
	uint32_t count;
	struct slot *slot;

	do {
		count = atomic_load(&chunk_count);
		slot = slot_find(count);
	} while (!slot && chunk_add(count));
	return slot;
}

static void fill(
	struct slot *slot, uint32_t label_set, cpa_threadcreate_place place, enum kind kind)
{
	if (!slot) {
		atomic_fetch_add(&lost_count, 1);
		return;
	}
	atomic_store(&slot->label_set, label_set);
	atomic_store(&slot->place, place);
	atomic_store(&slot->kind, kind);
	atomic_store(&slot->tid, cpa_gate_thread_id()); /* now others see it */
	own = slot;
}

void cpa_roster_enter(uint32_t label_set, cpa_threadcreate_place place)
{
	fill(own ? own : slot_take(), label_set, place, PROGRAM);
}

/* Slots of our own threads that have meanwhile ended. */
static void sweep_internal(void)
{
	int kept_errno = errno;
	uint32_t end = atomic_load(&chunk_count) * SLOTS_PER_CHUNK;

	for (uint32_t i = 0; i < end; i++) {
		struct slot *slot = slot_at(i);
		uint32_t tid = atomic_load_explicit(&slot->tid, memory_order_relaxed);

		if (tid && atomic_load(&slot->kind) == INTERNAL_LEAVING &&
			syscall(SYS_tgkill, getpid(), (int)tid, 0) < 0)
			(void)atomic_compare_exchange_strong(&slot->tid, &tid, 0);
	}
	errno = kept_errno;
}

void cpa_roster_enter_internal(void)
{
	sweep_internal();
	fill(own ? own : slot_take(), 0, 0, INTERNAL);
}

void cpa_roster_leave(void)
{
	struct slot *slot = own;

	if (!slot)
		return;
	own = NULL;
	/* Ours is still to be seen for a moment, and must not be taken for the program's then. */
	if (atomic_load(&slot->kind) == INTERNAL)
		atomic_store(&slot->kind, INTERNAL_LEAVING);
	else
		atomic_store(&slot->tid, 0);
}

void cpa_roster_set_labels(uint32_t label_set)
{
	cpa_labels_current = label_set;
	if (cpa_likely(own != NULL))
		atomic_store_explicit(&own->label_set, label_set, memory_order_relaxed);
	else /* no new chunk: its lock may be held by the code that a handler interrupted */
		fill(slot_find(atomic_load(&chunk_count)), label_set, 0, PROGRAM);
}

bool cpa_roster_next(struct cpa_roster_walk *walk, struct cpa_roster_entry *ret_entry)
{
	uint32_t end = atomic_load(&chunk_count) * SLOTS_PER_CHUNK;

	while (walk->index < end) {
		struct slot *slot = slot_at(walk->index++);
		uint32_t tid = atomic_load(&slot->tid);
		uint32_t kind = atomic_load(&slot->kind);

		if (!tid || tid == TAKEN)
			continue;
		*ret_entry = (struct cpa_roster_entry){
			.tid = tid,
			.label_set = atomic_load(&slot->label_set),
			.place = atomic_load(&slot->place),
			.internal = kind != PROGRAM,
			.leaving = kind == INTERNAL_LEAVING,
		};
		if (atomic_load(&slot->tid) == tid)
			return true;
	}
	return false;
}

void cpa_roster_forget(const struct cpa_roster_walk *walk, uint32_t tid)
{
	(void)atomic_compare_exchange_strong(&slot_at(walk->index - 1)->tid, &tid, 0);
}

uint64_t cpa_roster_lost_count(void)
{
	return atomic_load(&lost_count);
}

void cpa_roster_postfork_child(void)
{
	uint32_t end = atomic_load(&chunk_count) * SLOTS_PER_CHUNK;

	cpa_lock_reset(&chunk_lock);
	for (uint32_t i = 0; i < end; i++) {
		struct slot *slot = slot_at(i);

		/* Asked first: a write would copy a page. */
		if (slot != own && atomic_load_explicit(&slot->tid, memory_order_relaxed))
			atomic_store(&slot->tid, 0);
	}
	if (own)
		atomic_store(&own->tid, cpa_gate_thread_id());
}
