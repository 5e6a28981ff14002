/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How uncertain the change of a site is.
 * Not here: the sites (diff.c), the law of one sample (stats.c).
 */
#include "report/analysis/change.h"

#include <math.h>
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
	bool is_new;

	if (block_bytes <= 0 && alloc.objects > 0)
		block_bytes = alloc.bytes / alloc.objects;
	if (block_bytes <= 0 && inuse.objects > 0)
		block_bytes = inuse.bytes / inuse.objects;
	/* Where the size is a mean it moves between two snapshots; its class does not. */
	key.size_class = block_bytes > 0 ? cpa_sizeclass_of((uint64_t)(block_bytes + 0.5)) : 0;
	number = cpa_intern_add(&change->keys, &key, sizeof(key), &is_new);
	/* Room, not zeros: what is not used costs no memory then. */
	change->items = cpa_memory_room(
		change->items, &change->capacity, number + 1, sizeof(*change->items));
	bucket = &change->items[number];
	if (is_new)
		*bucket = (struct cpa_change_bucket){0};
	bucket->site = site;
	bucket->block_bytes = block_bytes;
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
	return left.bytes <= right.bytes ? left : right;
}

/* Bytes tell few objects better than their number, which was rounded. */
static void add_part(struct cpa_stats_sum *sum, const struct cpa_stats_view *view,
	const struct cpa_change_bucket *bucket, struct cpa_change_amount amount)
{
	double objects = amount.objects, block_bytes = bucket->block_bytes;

	if (!(amount.objects > 0) && !(amount.bytes > 0))
		return;
	if (!(block_bytes > 0))
		block_bytes = amount.objects > 0 ? amount.bytes / amount.objects : 0;
	else if (objects < 16)
		objects = amount.bytes / block_bytes;
	cpa_stats_add_objects(sum, view, objects, block_bytes);
	sum->value += view->what == CPA_STATS_BYTES ? amount.bytes : amount.objects;
	if (view->what == CPA_STATS_OBJECTS && !view->is_exact)
		sum->rounding += objects - amount.objects;
}

void cpa_change_parts(const struct cpa_change_bucket *bucket,
	const struct cpa_stats_view *const view[2], bool is_alloc, bool is_one_process,
	struct cpa_stats_sum *gained, struct cpa_stats_sum *lost)
{
	struct cpa_change_amount births, deaths;

	if (!is_one_process) {
		add_part(gained, view[NEW], bucket,
			is_alloc ? bucket->alloc[NEW] : bucket->inuse[NEW]);
		add_part(lost, view[OLD], bucket,
			is_alloc ? bucket->alloc[OLD] : bucket->inuse[OLD]);
		return;
	}
	births = minus(bucket->alloc[NEW], bucket->alloc[OLD]);
	if (is_alloc) {
		add_part(gained, view[NEW], bucket, births);
		return;
	}
	deaths = minus(minus(bucket->alloc[NEW], bucket->inuse[NEW]),
		minus(bucket->alloc[OLD], bucket->inuse[OLD]));
	add_part(gained, view[NEW], bucket, smaller(births, bucket->inuse[NEW]));
	add_part(lost, view[OLD], bucket, smaller(deaths, bucket->inuse[OLD]));
}

void cpa_change_add_parts(struct cpa_stats_sum *sum, const struct cpa_stats_sum *gained,
	const struct cpa_stats_sum *lost)
{
	struct cpa_stats_sum change = *gained;

	cpa_stats_add_sum(&change, lost);
	change.value = change.seen = 0; /* what was seen may be in both */
	change.rounding = gained->rounding - lost->rounding;
	cpa_stats_add_sum(sum, &change);
}

void cpa_change_add_variance(const struct cpa_change_bucket *bucket,
	const struct cpa_stats_view *const view[2], bool is_alloc, bool is_one_process,
	struct cpa_stats_sum *sum)
{
	struct cpa_stats_sum gained = {0}, lost = {0};

	cpa_change_parts(bucket, view, is_alloc, is_one_process, &gained, &lost);
	cpa_change_add_parts(sum, &gained, &lost);
}

void cpa_change_hits(const struct cpa_stats_view *const view[2], double old_value, double new_value,
	bool is_one_clock, struct cpa_stats_sum *gained, struct cpa_stats_sum *lost)
{
	double kept = is_one_clock ? fmin(old_value, new_value) : 0;

	cpa_stats_add_hits(gained, view[CPA_CHANGE_NEW], new_value - kept);
	cpa_stats_add_hits(lost, view[CPA_CHANGE_OLD], old_value - kept);
}

void cpa_change_done(struct cpa_change *change)
{
	cpa_intern_done(&change->keys);
	free(change->items);
	memset(change, 0, sizeof(*change));
}
