/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for what, right now: lists by the hash of the lock's address. */
#include "sampling/waits.h"

#include "base/clock.h"

/* All but taken and older is guarded by the lock of the bucket of `object`. */
struct record {
	_Atomic(const void *) object; /* NULL: waits for nothing, is in no list */
	uint64_t begin_ns;
	uint64_t charged_ns; /* up to when an unlock was charged with this wait */
	cpa_stack_id stack;
	uint32_t label_set;
	cpa_store_ref next;     /* in the bucket */
	cpa_store_ref older;    /* never changes once published */
	_Atomic uint32_t taken; /* by a thread that lives */
	uint32_t pad[3];        /* one cache line or two halves, not three */
};

struct cpa_waits_bucket cpa_waits_buckets[1u << CPA_WAITS_BUCKET_BITS];

static _Atomic cpa_store_ref newest;
static _Atomic uint64_t displaced_count;
static _Atomic uint64_t lost_count;
static _Atomic uint64_t refused_count;
static CPA_TLS_IE cpa_store_ref own; /* 0: none yet */

static struct record *record_at(cpa_store_ref ref)
{
	return cpa_store_at(ref);
}

static const void *object_of(struct record *record)
{
	return atomic_load_explicit(&record->object, memory_order_relaxed);
}

/* One that a thread has given back; 0: none. */
static cpa_store_ref reuse(void)
{
	cpa_store_ref ref = atomic_load_explicit(&newest, memory_order_acquire);

	for (; ref; ref = record_at(ref)->older) {
		uint32_t expected = 0;

		/* Asked first: most are taken, and a failed exchange would move the line here. */
		if (!atomic_load_explicit(&record_at(ref)->taken, memory_order_relaxed) &&
			atomic_compare_exchange_strong_explicit(&record_at(ref)->taken, &expected,
				1, memory_order_acquire, memory_order_relaxed))
			return ref;
	}
	return 0;
}

static cpa_store_ref take(void)
{
	cpa_store_ref ref = reuse();

	if (ref)
		return ref;
	ref = cpa_store_alloc(sizeof(struct record));
	if (!ref)
		return 0;
	atomic_store_explicit(&record_at(ref)->taken, 1, memory_order_relaxed);
	record_at(ref)->older = atomic_load_explicit(&newest, memory_order_relaxed);
	/* release: pairs with the acquire of walks, so that the record is seen whole. */
	while (!atomic_compare_exchange_weak_explicit(
		&newest, &record_at(ref)->older, ref, memory_order_release, memory_order_relaxed))
		;
	return ref;
}

static void link_own(const struct cpa_wait *wait)
{
	struct cpa_waits_bucket *bucket = cpa_waits_bucket_of(wait->object);
	struct record *record = record_at(own);

	cpa_lock_acquire(&bucket->lock);
	record->begin_ns = wait->begin_ns;
	record->charged_ns = wait->begin_ns;
	record->stack = wait->stack;
	record->label_set = wait->label_set;
	record->next = bucket->first;
	bucket->first = own;
	atomic_store_explicit(&record->object, wait->object, memory_order_relaxed);
	atomic_fetch_add_explicit(&bucket->count, 1, memory_order_relaxed);
	cpa_lock_release(&bucket->lock);
}

static void unlink_own(void)
{
	struct record *record = record_at(own);
	struct cpa_waits_bucket *bucket = cpa_waits_bucket_of(object_of(record));
	cpa_store_ref *link = &bucket->first;

	cpa_lock_acquire(&bucket->lock);
	while (*link && *link != own)
		link = &record_at(*link)->next;
	if (*link) {
		*link = record->next;
		atomic_fetch_sub_explicit(&bucket->count, 1, memory_order_relaxed);
	}
	atomic_store_explicit(&record->object, NULL, memory_order_relaxed);
	cpa_lock_release(&bucket->lock);
}

bool cpa_waits_begin(struct cpa_wait *wait)
{
	bool first = !own;

	if (first)
		own = take();
	wait->begin_ns = cpa_clock_mono_ns();
	if (!own) {
		atomic_fetch_add_explicit(&lost_count, 1, memory_order_relaxed);
		return false;
	}
	if (object_of(record_at(own))) {
		atomic_fetch_add_explicit(&displaced_count, 1, memory_order_relaxed);
		unlink_own();
	}
	link_own(wait);
	return first;
}

uint64_t cpa_waits_end(const struct cpa_wait *wait)
{
	uint64_t now_ns = cpa_clock_mono_ns();

	/* Another one: a signal handler's, which left it by siglongjmp to below this one. */
	if (own && object_of(record_at(own)) == wait->object &&
		record_at(own)->begin_ns == wait->begin_ns)
		unlink_own();
	return now_ns > wait->begin_ns ? now_ns - wait->begin_ns : 0;
}

uint64_t cpa_waits_charge(const void *object)
{
	struct cpa_waits_bucket *bucket = cpa_waits_bucket_of(object);
	uint64_t sum_ns = 0, now_ns;

	cpa_lock_acquire(&bucket->lock);
	now_ns = cpa_clock_mono_ns();
	for (cpa_store_ref ref = bucket->first; ref; ref = record_at(ref)->next) {
		struct record *record = record_at(ref);

		if (object_of(record) != object || record->charged_ns >= now_ns)
			continue;
		sum_ns += now_ns - record->charged_ns;
		record->charged_ns = now_ns;
	}
	cpa_lock_release(&bucket->lock);
	return sum_ns;
}

void cpa_waits_refused(void)
{
	atomic_fetch_add_explicit(&refused_count, 1, memory_order_relaxed);
}

void cpa_waits_thread_end(void)
{
	cpa_store_ref ref = own;

	if (!ref)
		return;
	if (object_of(record_at(ref))) {
		atomic_fetch_add_explicit(&displaced_count, 1, memory_order_relaxed);
		unlink_own();
	}
	own = 0;
	/* release: pairs with the acquire of who takes it next. */
	atomic_store_explicit(&record_at(ref)->taken, 0, memory_order_release);
}

/* False: it waits for nothing. The record may be another wait's by the time the lock is there. */
static bool copy_one(struct record *record, struct cpa_tally_row *ret_row)
{
	const void *object = object_of(record);
	struct cpa_waits_bucket *bucket = cpa_waits_bucket_of(object);
	uint64_t now_ns;
	bool waits;

	if (!object)
		return false;
	cpa_lock_acquire(&bucket->lock);
	now_ns = cpa_clock_mono_ns();
	waits = object_of(record) == object;
	if (waits)
		*ret_row = (struct cpa_tally_row){
			.stack = record->stack,
			.label_set = record->label_set,
			.count = 1,
			.value_ns = (double)(now_ns - record->begin_ns),
		};
	cpa_lock_release(&bucket->lock);
	return waits;
}

size_t cpa_waits_copy(struct cpa_tally_row *ret_rows, size_t room)
{
	cpa_store_ref ref = atomic_load_explicit(&newest, memory_order_acquire);
	size_t count = 0;

	for (; ref; ref = record_at(ref)->older) {
		struct cpa_tally_row row;

		if (copy_one(record_at(ref), &row) && count++ < room)
			ret_rows[count - 1] = row;
	}
	return count;
}

struct cpa_waits_counters cpa_waits_count(void)
{
	struct cpa_waits_counters counters = {
		.displaced = atomic_load_explicit(&displaced_count, memory_order_relaxed),
		.lost = atomic_load_explicit(&lost_count, memory_order_relaxed),
		.refused = atomic_load_explicit(&refused_count, memory_order_relaxed),
	};

	for (size_t i = 0; i < CPA_ARRAY_LEN(cpa_waits_buckets); i++)
		counters.unfinished +=
			atomic_load_explicit(&cpa_waits_buckets[i].count, memory_order_relaxed);
	return counters;
}

void cpa_waits_postfork_child(void)
{
	for (size_t i = 0; i < CPA_ARRAY_LEN(cpa_waits_buckets); i++) {
		struct cpa_waits_bucket *bucket = &cpa_waits_buckets[i];

		/* Asked first: a write would copy a page. */
		if (bucket->count || bucket->lock.word || bucket->first) {
			bucket->count = 0;
			bucket->first = 0;
			cpa_lock_reset(&bucket->lock);
		}
	}
	for (cpa_store_ref ref = newest; ref; ref = record_at(ref)->older) {
		if (object_of(record_at(ref)))
			atomic_store(&record_at(ref)->object, NULL);
		if (ref != own && record_at(ref)->taken)
			record_at(ref)->taken = 0;
	}
}
