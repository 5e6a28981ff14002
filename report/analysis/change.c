/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How uncertain the change of a site is.
 * Not here: the sites (diff.c), the law of one sample (stats.c).
 */
#include "report/analysis/change.h"

#include <stdlib.h>
#include <string.h>

#include "base/sizeclass.h"

#define OLD CPA_CHANGE_OLD
#define NEW CPA_CHANGE_NEW

struct bucket_key {
	uint32_t site;
	uint32_t size_class;
};

static void add_amount(struct cpa_change_amount *to, struct cpa_change_amount from)
{
	to->objects += from.objects;
	to->bytes += from.bytes;
}

void cpa_change_add(struct cpa_change *change, enum cpa_change_side side, uint32_t site,
	double block_bytes, struct cpa_change_amount inuse, struct cpa_change_amount alloc)
{
	struct bucket_key key = {.site = site};
	struct cpa_change_bucket *bucket;
	uint32_t number;

	if (block_bytes <= 0 && alloc.objects > 0)
		block_bytes = alloc.bytes / alloc.objects;
	if (block_bytes <= 0 && inuse.objects > 0)
		block_bytes = inuse.bytes / inuse.objects;
	/* The mean size of a bucket moves between two snapshots, its class does not. */
	key.size_class = block_bytes > 0 ? cpa_sizeclass_of((uint64_t)(block_bytes + 0.5)) : 0;
	number = cpa_intern_add(&change->keys, &key, sizeof(key), NULL);
	change->items = cpa_memory_grow(
		change->items, &change->capacity, number + 1, sizeof(*change->items));
	bucket = &change->items[number];
	bucket->site = site;
	add_amount(&bucket->inuse[side], inuse);
	add_amount(&bucket->alloc[side], alloc);
}

bool cpa_change_has_fallen(const struct cpa_change *change)
{
	size_t i;

	/* Half a per mille of slack, for values that were rounded to whole objects. */
	for (i = 0; i < change->keys.count; i++)
		if (change->items[i].alloc[NEW].bytes <
			change->items[i].alloc[OLD].bytes * 0.9995 - 1)
			return true;
	return false;
}

static struct cpa_change_amount minus(struct cpa_change_amount left, struct cpa_change_amount right)
{
	return (struct cpa_change_amount){left.objects - right.objects, left.bytes - right.bytes};
}

static struct cpa_change_amount smaller(
	struct cpa_change_amount left, struct cpa_change_amount right)
{
	return left.objects <= right.objects ? left : right;
}

static void add_variance(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	struct cpa_change_amount amount)
{
	if (amount.objects > 0)
		cpa_stats_add_objects(sum, view, amount.objects, amount.bytes / amount.objects);
}

void cpa_change_add_variance(const struct cpa_change_bucket *bucket,
	const struct cpa_stats_view *const view[2], bool is_alloc, bool is_one_process,
	struct cpa_stats_sum *sum)
{
	struct cpa_change_amount births, deaths;

	if (!is_one_process) {
		add_variance(sum, view[NEW], is_alloc ? bucket->alloc[NEW] : bucket->inuse[NEW]);
		add_variance(sum, view[OLD], is_alloc ? bucket->alloc[OLD] : bucket->inuse[OLD]);
		return;
	}
	births = minus(bucket->alloc[NEW], bucket->alloc[OLD]);
	if (is_alloc) {
		add_variance(sum, view[NEW], births);
		return;
	}
	deaths = minus(minus(bucket->alloc[NEW], bucket->inuse[NEW]),
		minus(bucket->alloc[OLD], bucket->inuse[OLD]));
	add_variance(sum, view[NEW], smaller(births, bucket->inuse[NEW]));
	add_variance(sum, view[OLD], smaller(deaths, bucket->inuse[OLD]));
}

void cpa_change_done(struct cpa_change *change)
{
	cpa_intern_done(&change->keys);
	free(change->items);
	memset(change, 0, sizeof(*change));
}
