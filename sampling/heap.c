/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was allocated and what is still in use, per (stack, label set, size class).
 *
 * A bucket sums what was allocated and what was freed; the rest is in use. Sums are doubles: exact
 * to 9e15 bytes with rate 1, and beyond that wrong by less than any sample's error.
 *
 *   stack -> bucket -> bucket -> 0        a new bucket is pushed at the head, none is ever removed
 *   label_buckets[hash & mask] -> bucket -> bucket -> 0                     those with labels
 *
 * A stack has few size classes, so its own chain is short; but it may have thousands of label sets.
 */
#include "sampling/heap.h"

#include <stdatomic.h>

#include "base/atomic_double.h"
#include "base/sizeclass.h"
#include "sampling/stack_record.h"

/*
 * Changed by atomic adds alone; a reader may see a sample counted in one field and not yet in the
 * next.
 */
struct sums {
	uint64_t samples; /* and, above COUNT_BITS, half of what first_bytes() says */
	double objects;   /* estimated: the sum of 1/p */
	double bytes;     /* estimated: the sum of req_bytes/p */
};

struct bucket {
	cpa_store_ref next; /* this, kind and stack never change once the bucket is published */
	uint32_t kind;
	struct sums alloc;
	struct sums freed;
};

struct labelled_bucket {
	struct bucket bucket;
	cpa_stack_id stack;
};

#define COUNT_BITS 48u /* 2.8e14 samples */
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)

#define INDEX_HEADS_MAX 65536u
#define INDEX_HEADS_MIN 1024u
#define STORE_PER_HEAD  256u /* bytes of the store, where it is small */

struct cpa_heap_counters cpa_heap_counters;
static double inuse_bytes_all;

/*
 * A bucket among those of its stack: size class, label set, and whether the stack is the full one.
 */
#define CLASS_MASK ((1u << CPA_SIZECLASS_BITS) - 1)
#define LABEL_BITS 21u
#define KIND_FULL  (1u << (CPA_SIZECLASS_BITS + LABEL_BITS))

static uint32_t kind_of(cpa_stack_id stack, uint32_t label_set, size_t req_bytes)
{
	return cpa_sizeclass_of(req_bytes) |
	       (label_set & ((1u << LABEL_BITS) - 1)) << CPA_SIZECLASS_BITS |
	       (stack == cpa_stacks_full() ? KIND_FULL : 0);
}

static struct bucket *bucket_at(cpa_heap_bucket ref)
{
	return cpa_store_at(ref);
}

/* stack 0: all buckets of the chain are of the one that is meant. */
static cpa_heap_bucket search(
	cpa_heap_bucket from, cpa_heap_bucket until, uint32_t kind, cpa_stack_id stack)
{
	for (cpa_heap_bucket ref = from; ref != until; ref = bucket_at(ref)->next)
		if (bucket_at(ref)->kind == kind &&
			(!stack || ((struct labelled_bucket *)bucket_at(ref))->stack == stack))
			return ref;
	return 0;
}

/*
 * What the first object of a bucket asked for: a size that stays, where the mean moves, as readers
 * tell the samples of a profile apart by it too. Kept in the counts of samples, as the distance
 * from the smallest size of the class: a field more would be a tenth of all that a sample costs.
 */
static void set_first_bytes(struct bucket *bucket, uint64_t first_bytes)
{
	uint64_t over_bytes = first_bytes - cpa_sizeclass_min_bytes(bucket->kind & CLASS_MASK);

	if (over_bytes > UINT32_MAX) /* objects of 32 GiB and more */
		over_bytes = UINT32_MAX;
	bucket->alloc.samples = over_bytes >> 16 << COUNT_BITS;
	bucket->freed.samples = over_bytes << COUNT_BITS;
}

static uint64_t first_bytes(const struct bucket *bucket)
{
	uint64_t high = __atomic_load_n(&bucket->alloc.samples, __ATOMIC_RELAXED) >> COUNT_BITS;
	uint64_t low = __atomic_load_n(&bucket->freed.samples, __ATOMIC_RELAXED) >> COUNT_BITS;

	return cpa_sizeclass_min_bytes(bucket->kind & CLASS_MASK) + (high << 16 | low);
}

static cpa_heap_bucket bucket_new(uint32_t kind, cpa_stack_id stack, size_t req_bytes)
{
	cpa_heap_bucket ref;

	if (kind & KIND_FULL)
		ref = cpa_store_alloc_reserve(sizeof(struct bucket));
	else
		ref = cpa_store_alloc(
			stack ? sizeof(struct labelled_bucket) : sizeof(struct bucket));
	if (!ref)
		return 0;
	bucket_at(ref)->kind = kind;
	set_first_bytes(bucket_at(ref), req_bytes);
	if (stack)
		((struct labelled_bucket *)bucket_at(ref))->stack = stack;
	return ref;
}

/* The bucket of this kind (and stack, if not 0) in a chain, new or known; 0: no memory. */
static cpa_heap_bucket intern(
	_Atomic cpa_store_ref *head, uint32_t kind, cpa_stack_id stack, size_t req_bytes)
{
	/* acquire: pairs with the release below, so that the bucket is seen whole. */
	cpa_heap_bucket first = atomic_load_explicit(head, memory_order_acquire);
	cpa_heap_bucket searched = 0;
	cpa_heap_bucket fresh = 0;
	cpa_heap_bucket found;

	for (;;) {
		found = search(first, searched, kind, stack);
		if (found)
			return found;
		searched = first;
		if (!fresh)
			fresh = bucket_new(kind, stack, req_bytes);
		if (!fresh)
			return 0;
		bucket_at(fresh)->next = first;
		if (atomic_compare_exchange_strong_explicit(
			    head, &first, fresh, memory_order_release, memory_order_acquire))
			return fresh;
	}
}

static uint32_t index_heads(void)
{
	uint32_t heads = INDEX_HEADS_MAX;

	while (heads > INDEX_HEADS_MIN && heads > cpa_store_limit_bytes() / STORE_PER_HEAD)
		heads /= 2;
	return heads;
}

/* The index of buckets with labels, made by the first of them; NULL: no memory. */
static _Atomic cpa_store_ref *index_get(void)
{
	cpa_store_ref ref = atomic_load_explicit(&cpa_store->label_buckets, memory_order_acquire);
	cpa_store_ref fresh;

	if (cpa_unlikely(!ref)) {
		fresh = cpa_store_alloc(index_heads() * sizeof(cpa_store_ref));
		/* Where two threads are first at the same time one index is made in vain. */
		if (!fresh ||
			atomic_compare_exchange_strong(&cpa_store->label_buckets, &ref, fresh))
			ref = fresh;
	}
	return ref ? cpa_store_at(ref) : NULL;
}

static cpa_heap_bucket bucket_of(cpa_stack_id stack, uint32_t label_set, size_t req_bytes)
{
	uint32_t kind = kind_of(stack, label_set, req_bytes);
	_Atomic cpa_store_ref *index;
	uint64_t hash;

	if (cpa_likely(!label_set))
		return intern(&cpa_stack_record(stack)->buckets, kind, 0, req_bytes);
	index = index_get();
	if (!index)
		return 0;
	hash = ((uint64_t)stack << 32 | kind) * 0x9e3779b97f4a7c15u;
	return intern(&index[(hash >> 32) & (index_heads() - 1)], kind, stack, req_bytes);
}

/* Add one sample's share, or take it back (sign -1). Returns the estimated bytes. */
static double count(struct sums *sums, const struct cpa_heap_sample *sample, int sign)
{
	double objects = sign / sample->probability;
	double bytes = objects * (double)sample->req_bytes;

	__atomic_fetch_add(&sums->samples, (uint64_t)(int64_t)sign, __ATOMIC_RELAXED);
	cpa_atomic_double_add(&sums->objects, objects);
	cpa_atomic_double_add(&sums->bytes, bytes);
	return bytes;
}

cpa_heap_bucket cpa_heap_birth(
	cpa_stack_id stack, uint32_t label_set, const struct cpa_heap_sample *sample)
{
	/* The last resort has no labels, so that its few buckets fit into the reserve. */
	uint32_t used_set = stack == cpa_stacks_full() ? 0 : label_set;
	cpa_heap_bucket ref = bucket_of(stack, used_set, sample->req_bytes);

	if (!ref)
		ref = bucket_of(cpa_stacks_full(), 0, sample->req_bytes);
	if (!ref) {
		cpa_heap_count(&cpa_heap_counters.dropped_store_full, 1);
		return 0;
	}
	cpa_atomic_double_add(&inuse_bytes_all, count(&bucket_at(ref)->alloc, sample, 1));
	cpa_heap_count(&cpa_heap_counters.samples, 1);
	if (bucket_at(ref)->kind & KIND_FULL)
		cpa_heap_count(&cpa_heap_counters.stacks_full, 1);
	return ref;
}

void cpa_heap_death(cpa_heap_bucket ref, const struct cpa_heap_sample *sample)
{
	cpa_atomic_double_add(&inuse_bytes_all, -count(&bucket_at(ref)->freed, sample, 1));
	cpa_heap_count(&cpa_heap_counters.frees, 1);
}

void cpa_heap_unbirth(cpa_heap_bucket ref, const struct cpa_heap_sample *sample)
{
	cpa_atomic_double_add(&inuse_bytes_all, count(&bucket_at(ref)->alloc, sample, -1));
	cpa_heap_count(&cpa_heap_counters.samples, (uint64_t)-1);
	if (bucket_at(ref)->kind & KIND_FULL)
		cpa_heap_count(&cpa_heap_counters.stacks_full, (uint64_t)-1);
}

double cpa_heap_inuse_bytes(void)
{
	return cpa_atomic_double_load(&inuse_bytes_all);
}

/* The first stack at or after this head. */
static cpa_store_ref next_chain(struct cpa_heap_walk *walk)
{
	while (walk->head < CPA_STORE_STACK_HEADS) {
		cpa_store_ref first = atomic_load_explicit(
			&cpa_store->stack_heads[walk->head++], memory_order_acquire);

		if (first)
			return first;
	}
	return 0;
}

static cpa_store_ref first_bucket(cpa_store_ref stack)
{
	return atomic_load_explicit(&cpa_stack_record(stack)->buckets, memory_order_acquire);
}

/* The next bucket with labels; 0 at the end. */
static cpa_heap_bucket next_labelled(struct cpa_heap_walk *walk)
{
	cpa_store_ref ref = atomic_load_explicit(&cpa_store->label_buckets, memory_order_acquire);
	const _Atomic cpa_store_ref *index = ref ? cpa_store_at(ref) : NULL;
	cpa_heap_bucket first = 0;

	while (index && !first && walk->index_head < index_heads())
		first = atomic_load_explicit(&index[walk->index_head++], memory_order_acquire);
	return first;
}

/* Move on to the next bucket that exists; false at the end. */
static bool advance(struct cpa_heap_walk *walk)
{
	if (walk->bucket)
		walk->bucket = bucket_at(walk->bucket)->next;
	if (walk->in_index) {
		walk->bucket = walk->bucket ? walk->bucket : next_labelled(walk);
		return walk->bucket != 0;
	}
	while (!walk->bucket) {
		if (walk->stack)
			walk->stack = cpa_stack_record(walk->stack)->next;
		if (!walk->stack)
			walk->stack = next_chain(walk);
		if (!walk->stack) {
			walk->in_index = true;
			walk->bucket = next_labelled(walk);
			return walk->bucket != 0;
		}
		walk->bucket = first_bucket(walk->stack);
	}
	return true;
}

static struct sums read_sums(const struct sums *sums)
{
	return (struct sums){
		/* acquire: what is freed is read before what was allocated */
		.samples = __atomic_load_n(&sums->samples, __ATOMIC_ACQUIRE) & COUNT_MASK,
		.objects = cpa_atomic_double_load(&sums->objects),
		.bytes = cpa_atomic_double_load(&sums->bytes),
	};
}

static void read_bucket(
	const struct bucket *bucket, cpa_stack_id stack, struct cpa_heap_row *ret_row)
{
	/*
	 * In this order a sample that dies meanwhile still counts as in use, and none counts as
	 * negative.
	 */
	struct sums freed = read_sums(&bucket->freed);
	struct sums alloc = read_sums(&bucket->alloc);

	*ret_row = (struct cpa_heap_row){
		.stack = stack,
		.label_set = (bucket->kind & ~KIND_FULL) >> CPA_SIZECLASS_BITS,
		.first_req_bytes = first_bytes(bucket),
		.alloc_samples = alloc.samples,
		.inuse_samples = alloc.samples - freed.samples,
		.alloc_objects = alloc.objects,
		.alloc_bytes = alloc.bytes,
	};
	if (alloc.objects > 0)
		ret_row->mean_req_bytes = (uint64_t)(alloc.bytes / alloc.objects + 0.5);
	if (ret_row->inuse_samples) {
		/* Else it is zero: a difference of equal sums may keep a last bit of rounding. */
		ret_row->inuse_objects = alloc.objects - freed.objects;
		ret_row->inuse_bytes = alloc.bytes - freed.bytes;
	}
}

bool cpa_heap_next(struct cpa_heap_walk *walk, struct cpa_heap_row *ret_row)
{
	const struct bucket *bucket;

	if (!cpa_store)
		return false;
	do {
		if (!advance(walk))
			return false;
		bucket = bucket_at(walk->bucket);
		read_bucket(bucket,
			walk->in_index ? ((const struct labelled_bucket *)bucket)->stack
				       : walk->stack,
			ret_row);
	} while (ret_row->alloc_samples == 0);
	return true;
}
