/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was allocated and what is still in use, per (stack, label set, size class).
 *
 *   stack -> bucket -> bucket -> 0        a new bucket is pushed at the head, none is ever removed
 */
#include "sampling/heap.h"

#include <stdatomic.h>

#include "sampling/stack_record.h"

/*
 * All counters by atomic adds; a reader may see a sample counted in one field and not yet in the
 * next.
 */
struct bucket {
	cpa_store_ref next; /* never changes once the bucket is published */
	cpa_stack_id stack;
	uint32_t label_set;
	uint32_t size_class;
	uint64_t alloc_samples;
	uint64_t inuse_samples;
	uint64_t sample_bytes; /* requested bytes of all samples ever, for their mean */
	double alloc_objects;
	double alloc_bytes;
	double inuse_objects;
	double inuse_bytes;
};

struct cpa_heap_counters cpa_heap_counters;
static double inuse_bytes_all;

static void add_double(double *sum, double add)
{
	double old_sum, new_sum;

	__atomic_load(sum, &old_sum, __ATOMIC_RELAXED);
	do {
		new_sum = old_sum + add;
	} while (!__atomic_compare_exchange(
		sum, &old_sum, &new_sum, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

static double load_double(const double *sum)
{
	double value;

	__atomic_load(sum, &value, __ATOMIC_RELAXED);
	return value;
}

/*
 * Eight classes to a doubling, each size its own class up to 16: the mean of a bucket is within 6
 * % of each of its sizes, and one stack that asks for every length has at most some 400 buckets.
 */
static uint32_t size_class(size_t req_bytes)
{
	uint32_t log2;

	if (req_bytes <= 16)
		return (uint32_t)req_bytes;
	log2 = 63u - (uint32_t)__builtin_clzll(req_bytes);
	return log2 * 8 + (uint32_t)((req_bytes >> (log2 - 3)) & 7);
}

static struct bucket *bucket_at(cpa_heap_bucket ref)
{
	return cpa_store_at(ref);
}

static cpa_heap_bucket search(
	cpa_heap_bucket from, cpa_heap_bucket until, uint32_t label_set, uint32_t class)
{
	for (cpa_heap_bucket ref = from; ref != until; ref = bucket_at(ref)->next)
		if (bucket_at(ref)->size_class == class && bucket_at(ref)->label_set == label_set)
			return ref;
	return 0;
}

static cpa_heap_bucket bucket_of(cpa_stack_id stack, uint32_t label_set, uint32_t class)
{
	_Atomic cpa_store_ref *head = &cpa_stack_record(stack)->buckets;
	/* acquire: pairs with the release below, so that the bucket is seen whole. */
	cpa_heap_bucket first = atomic_load_explicit(head, memory_order_acquire);
	cpa_heap_bucket searched = 0;
	cpa_heap_bucket fresh = 0;
	cpa_heap_bucket found;

	for (;;) {
		found = search(first, searched, label_set, class);
		if (found)
			return found;
		searched = first;
		if (!fresh) {
			fresh = cpa_store_alloc(sizeof(struct bucket));
			if (!fresh)
				return 0;
			bucket_at(fresh)->stack = stack;
			bucket_at(fresh)->label_set = label_set;
			bucket_at(fresh)->size_class = class;
		}
		bucket_at(fresh)->next = first;
		if (atomic_compare_exchange_strong_explicit(
			    head, &first, fresh, memory_order_release, memory_order_acquire))
			return fresh;
	}
}

/* Add or take back (sign -1) one sample's share of what is in use. */
static void count_inuse(struct bucket *bucket, const struct cpa_heap_sample *sample, int sign)
{
	double objects = sign / sample->probability;
	double bytes = objects * (double)sample->req_bytes;

	__atomic_fetch_add(&bucket->inuse_samples, (uint64_t)(int64_t)sign, __ATOMIC_RELAXED);
	add_double(&bucket->inuse_objects, objects);
	add_double(&bucket->inuse_bytes, bytes);
	add_double(&inuse_bytes_all, bytes);
}

static void count_alloc(struct bucket *bucket, const struct cpa_heap_sample *sample, int sign)
{
	double objects = sign / sample->probability;

	__atomic_fetch_add(&bucket->alloc_samples, (uint64_t)(int64_t)sign, __ATOMIC_RELAXED);
	__atomic_fetch_add(
		&bucket->sample_bytes, (uint64_t)sign * sample->req_bytes, __ATOMIC_RELAXED);
	add_double(&bucket->alloc_objects, objects);
	add_double(&bucket->alloc_bytes, objects * (double)sample->req_bytes);
}

cpa_heap_bucket cpa_heap_birth(
	cpa_stack_id stack, uint32_t label_set, const struct cpa_heap_sample *sample)
{
	cpa_heap_bucket ref = bucket_of(stack, label_set, size_class(sample->req_bytes));

	if (!ref) {
		cpa_heap_count(&cpa_heap_counters.dropped_store_full, 1);
		return 0;
	}
	count_alloc(bucket_at(ref), sample, 1);
	count_inuse(bucket_at(ref), sample, 1);
	cpa_heap_count(&cpa_heap_counters.samples, 1);
	return ref;
}

void cpa_heap_death(cpa_heap_bucket ref, const struct cpa_heap_sample *sample)
{
	count_inuse(bucket_at(ref), sample, -1);
	cpa_heap_count(&cpa_heap_counters.frees, 1);
}

void cpa_heap_unbirth(cpa_heap_bucket ref, const struct cpa_heap_sample *sample)
{
	count_inuse(bucket_at(ref), sample, -1);
	count_alloc(bucket_at(ref), sample, -1);
	cpa_heap_count(&cpa_heap_counters.samples, (uint64_t)-1);
}

double cpa_heap_inuse_bytes(void)
{
	return load_double(&inuse_bytes_all);
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

/* Move on to the next bucket that exists; false at the end. */
static bool advance(struct cpa_heap_walk *walk)
{
	if (walk->bucket)
		walk->bucket = bucket_at(walk->bucket)->next;
	while (!walk->bucket) {
		if (walk->stack)
			walk->stack = cpa_stack_record(walk->stack)->next;
		if (!walk->stack)
			walk->stack = next_chain(walk);
		if (!walk->stack)
			return false;
		walk->bucket = first_bucket(walk->stack);
	}
	return true;
}

static void read_bucket(const struct bucket *bucket, struct cpa_heap_row *ret_row)
{
	uint64_t sample_bytes = __atomic_load_n(&bucket->sample_bytes, __ATOMIC_RELAXED);

	*ret_row = (struct cpa_heap_row){
		.stack = bucket->stack,
		.label_set = bucket->label_set,
		.alloc_samples = __atomic_load_n(&bucket->alloc_samples, __ATOMIC_RELAXED),
		.inuse_samples = __atomic_load_n(&bucket->inuse_samples, __ATOMIC_RELAXED),
		.alloc_objects = load_double(&bucket->alloc_objects),
		.alloc_bytes = load_double(&bucket->alloc_bytes),
		.inuse_objects = load_double(&bucket->inuse_objects),
		.inuse_bytes = load_double(&bucket->inuse_bytes),
	};
	if (ret_row->alloc_samples)
		ret_row->mean_req_bytes =
			(sample_bytes + ret_row->alloc_samples / 2) / ret_row->alloc_samples;
	if (ret_row->inuse_samples == 0) {
		/* Sums that return to zero may keep a last bit of rounding. */
		ret_row->inuse_objects = 0;
		ret_row->inuse_bytes = 0;
	}
}

bool cpa_heap_next(struct cpa_heap_walk *walk, struct cpa_heap_row *ret_row)
{
	if (!cpa_store)
		return false;
	do {
		if (!advance(walk))
			return false;
		read_bucket(bucket_at(walk->bucket), ret_row);
	} while (ret_row->alloc_samples == 0);
	return true;
}
