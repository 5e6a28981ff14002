/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The snapshots of one process as a table of stacks by time.
 * Not here: which files (files.c), what a stack's course means (verdict.c).
 */
#include "report/trend/history.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sizeclass.h"

#define SEQUENCE_MAX UINT32_MAX /* as many in all: sums of their differences fit */
#define TORN_DOWN    0.5        /* of the snapshot before: less than this is left at the end */

#define OLD CPA_CHANGE_OLD
#define NEW CPA_CHANGE_NEW

/* Sample types of the profile being added; alloc ones -1 where missing. */
struct types {
	int inuse_objects, inuse_bytes, alloc_objects, alloc_bytes;
};

struct bucket_key {
	uint32_t stack;
	uint32_t size_class;
};

void cpa_history_init(struct cpa_history *ret_history, bool counts_objects)
{
	struct cpa_profile_type *type;

	memset(ret_history, 0, sizeof(*ret_history));
	ret_history->counts_objects = counts_objects;
	ret_history->has_counters = true;
	cpa_graft_init(&ret_history->graft, &ret_history->places);
	type = CPA_PROFILE_ADD(&ret_history->places.types);
	type->type = cpa_graft_text(&ret_history->graft, "stack");
	type->unit = cpa_graft_text(&ret_history->graft, "number");
}

void cpa_history_done(struct cpa_history *history)
{
	size_t i;

	for (i = 0; i < history->snapshot_count; i++)
		free(history->snapshots[i].path);
	for (i = 0; i < history->stack_keys.count; i++)
		free(history->stacks[i].points);
	free(history->snapshots);
	free(history->stacks);
	free(history->buckets);
	free(history->scratch);
	cpa_intern_done(&history->stack_keys);
	cpa_intern_done(&history->bucket_keys);
	cpa_graft_done(&history->graft);
	cpa_profile_done(&history->places);
	memset(history, 0, sizeof(*history));
}

static int find_types(
	struct types *types, const struct cpa_profile *profile, struct cpa_error *error)
{
	types->inuse_bytes = cpa_profile_type(profile, "inuse_space", error);
	if (types->inuse_bytes < 0)
		return -EINVAL;
	types->inuse_objects = cpa_profile_type(profile, "inuse_objects", error);
	if (types->inuse_objects < 0)
		return -EINVAL;
	types->alloc_bytes = cpa_profile_type_named(profile, "alloc_space");
	types->alloc_objects = cpa_profile_type_named(profile, "alloc_objects");
	return 0;
}

/* Which sample was taken at which rate can no longer be told: the larger one counts. */
static void widen_view(struct cpa_history *history, struct cpa_stats_view view)
{
	int64_t rate_bytes = (int64_t)view.rate_bytes;

	if (history->snapshot_count == 0) {
		history->view = view;
		history->least_rate_bytes = rate_bytes;
		return;
	}
	view.rate_bytes = fmax(view.rate_bytes, history->view.rate_bytes);
	view.is_exact = view.is_exact && history->view.is_exact;
	view.is_known = view.is_known && history->view.is_known;
	history->view = view;
	if (rate_bytes < history->least_rate_bytes)
		history->least_rate_bytes = rate_bytes;
}

/* The stack of a sample, perhaps a new sample of places. */
static uint32_t number_stack(
	struct cpa_history *history, const struct cpa_profile *profile, size_t sample)
{
	const struct cpa_profile_sample *from = &profile->samples.items[sample];
	struct cpa_profile *places = &history->places;
	struct cpa_profile_sample *to;
	uint32_t number, i;
	bool is_new;

	history->scratch = cpa_memory_room(history->scratch, &history->scratch_capacity,
		from->loc_count, sizeof(*history->scratch));
	for (i = 0; i < from->loc_count; i++)
		history->scratch[i] = cpa_graft_location(
			&history->graft, profile->locs.items[from->loc_begin + i]);
	number = cpa_intern_add(&history->stack_keys, history->scratch,
		from->loc_count * sizeof(*history->scratch), &is_new);
	if (!is_new)
		return number;
	history->stacks = cpa_memory_grow(
		history->stacks, &history->stack_capacity, number + 1, sizeof(*history->stacks));
	to = CPA_PROFILE_ADD(&places->samples);
	to->loc_begin = (uint32_t)places->locs.count;
	to->loc_count = from->loc_count;
	for (i = 0; i < from->loc_count; i++)
		*CPA_PROFILE_ADD(&places->locs) = history->scratch[i];
	*CPA_PROFILE_ADD(&places->values) = (int64_t)number;
	return number;
}

static struct cpa_history_bucket *find_bucket(
	struct cpa_history *history, uint32_t stack, double block_bytes)
{
	struct bucket_key key = {.stack = stack};
	uint32_t number;

	key.size_class = block_bytes > 0 ? cpa_sizeclass_of((uint64_t)(block_bytes + 0.5)) : 0;
	number = cpa_intern_add(&history->bucket_keys, &key, sizeof(key), NULL);
	history->buckets = cpa_memory_grow(
		history->buckets, &history->bucket_capacity, number + 1, sizeof(*history->buckets));
	history->buckets[number].stack = stack;
	return &history->buckets[number];
}

static struct cpa_change_amount amount_of(
	const struct cpa_profile *profile, size_t sample, int objects_type, int bytes_type)
{
	struct cpa_change_amount amount = {0, 0};

	if (objects_type >= 0 && bytes_type >= 0) {
		amount.objects = (double)cpa_profile_value(profile, sample, (size_t)objects_type);
		amount.bytes = (double)cpa_profile_value(profile, sample, (size_t)bytes_type);
	}
	return amount;
}

static void fill_buckets(
	struct cpa_history *history, const struct cpa_profile *profile, const struct types *types)
{
	size_t i;

	cpa_graft_from(&history->graft, profile);
	if (history->snapshot_count == 0) {
		history->places.drop_frames =
			cpa_graft_string(&history->graft, profile->drop_frames);
		history->places.keep_frames =
			cpa_graft_string(&history->graft, profile->keep_frames);
		/* The first mapping of a profile is that of the program. */
		if (profile->mappings.count > 0)
			(void)cpa_graft_mapping(&history->graft, 0);
	}
	for (i = 0; i < profile->samples.count; i++) {
		struct cpa_change_amount inuse =
			amount_of(profile, i, types->inuse_objects, types->inuse_bytes);
		struct cpa_change_amount alloc =
			amount_of(profile, i, types->alloc_objects, types->alloc_bytes);
		double block_bytes =
			(double)cpa_profile_block_bytes(profile, &profile->samples.items[i]);
		struct cpa_history_bucket *bucket;

		if (block_bytes <= 0 && alloc.objects > 0)
			block_bytes = alloc.bytes / alloc.objects;
		if (block_bytes <= 0 && inuse.objects > 0)
			block_bytes = inuse.bytes / inuse.objects;
		bucket = find_bucket(history, number_stack(history, profile, i), block_bytes);
		bucket->inuse[NEW].objects += inuse.objects;
		bucket->inuse[NEW].bytes += inuse.bytes;
		bucket->alloc[NEW].objects += alloc.objects;
		bucket->alloc[NEW].bytes += alloc.bytes;
	}
}

/* The variance of so many objects; what one of them can do is kept at point. */
static double variance_of(
	struct cpa_history *history, struct cpa_change_amount amount, struct cpa_site_point *point)
{
	struct cpa_stats_sum sum = {0};

	if (amount.objects > 0)
		cpa_stats_add_objects(
			&sum, &history->view, amount.objects, amount.bytes / amount.objects);
	point->weight = fmax(point->weight, sum.weight);
	if (sum.variance > 0)
		point->jump = fmax(point->jump, sqrt(sum.jumps / sum.variance));
	return sum.variance;
}

static double value_of(const struct cpa_history *history, struct cpa_change_amount amount)
{
	return history->counts_objects ? amount.objects : amount.bytes;
}

static struct cpa_change_amount minus(struct cpa_change_amount left, struct cpa_change_amount right)
{
	return (struct cpa_change_amount){left.objects - right.objects, left.bytes - right.bytes};
}

/* Add what a bucket did to its stack, and make its present its past. */
static void close_bucket(struct cpa_history *history, struct cpa_history_bucket *bucket)
{
	struct cpa_site_point *now = &history->stacks[bucket->stack].now;
	struct cpa_change_amount births, deaths, zero = {0, 0};

	/* A row that is gone: the counters stay, what was in use is not. */
	if (bucket->alloc[NEW].objects <= 0 && history->has_counters)
		bucket->alloc[NEW] = bucket->alloc[OLD];
	births = minus(bucket->alloc[NEW], bucket->alloc[OLD]);
	deaths = minus(births, minus(bucket->inuse[NEW], bucket->inuse[OLD]));
	now->value += value_of(history, bucket->inuse[NEW]);
	now->variance += variance_of(history, bucket->inuse[NEW], now);
	if (history->has_counters) {
		now->births += fmax(0, value_of(history, births));
		now->births_variance += variance_of(history, births, now);
		now->deaths_variance += variance_of(history, deaths, now);
	} else {
		now->births += fmax(0, -value_of(history, deaths));
		now->births_variance += variance_of(history, bucket->inuse[NEW], now);
		now->deaths_variance += variance_of(history, bucket->inuse[OLD], now);
	}
	bucket->inuse[OLD] = bucket->inuse[NEW];
	bucket->alloc[OLD] = bucket->alloc[NEW];
	bucket->inuse[NEW] = bucket->alloc[NEW] = zero;
}

static void close_stack(struct cpa_history_stack *stack, uint32_t at)
{
	const struct cpa_site_point *last =
		stack->point_count > 0 ? &stack->points[stack->point_count - 1] : NULL;
	struct cpa_site_point now = stack->now;

	memset(&stack->now, 0, sizeof(stack->now));
	/* Equal to the bit, or something was born or died. */
	if (last != NULL && !(now.births > 0) && now.value <= last->value &&
		now.value >= last->value)
		return;
	if (last == NULL && !(now.births > 0) && !(now.value > 0))
		return;
	stack->points = cpa_memory_room(stack->points, &stack->point_capacity,
		stack->point_count + 1, sizeof(*stack->points));
	now.at = at;
	stack->points[stack->point_count++] = now;
}

static void describe(
	struct cpa_history *history, const struct cpa_profile *profile, const struct types *types)
{
	static const char *const keys[CPA_HISTORY_FACTS] = {"rss_bytes", "jemalloc_allocated_bytes",
		"jemalloc_active_bytes", "jemalloc_resident_bytes", "jemalloc_retained_bytes"};
	const char *reason = cpa_comments_get(profile, "reason");
	struct cpa_history_snapshot *snapshot;
	size_t i;

	history->snapshots = cpa_memory_grow(history->snapshots, &history->snapshot_capacity,
		history->snapshot_count + 1, sizeof(*history->snapshots));
	snapshot = &history->snapshots[history->snapshot_count++];
	snapshot->path = cpa_memory_text(profile->path, strlen(profile->path));
	snapshot->time_ns = profile->time_ns;
	snapshot->sequence = cpa_comments_number(profile, "sequence");
	if (snapshot->sequence > SEQUENCE_MAX)
		snapshot->sequence = -1;
	snapshot->rate_bytes = profile->period;
	snapshot->may_be_final = reason == NULL || strcmp(reason, "final") == 0;
	for (i = 0; i < CPA_HISTORY_FACTS; i++)
		snapshot->facts[i] = cpa_comments_number(profile, keys[i]);
	for (i = 0; i < profile->samples.count; i++)
		cpa_stats_add_sample(&snapshot->total, &history->view, profile, i,
			(size_t)(history->counts_objects ? types->inuse_objects
							 : types->inuse_bytes));
}

int cpa_history_add(
	struct cpa_history *history, const struct cpa_profile *profile, struct cpa_error *error)
{
	uint32_t at = (uint32_t)history->snapshot_count;
	struct types types;
	size_t i;

	if (find_types(&types, profile, error) != 0)
		return -EINVAL;
	if (cpa_comments_number(profile, "rate_bytes") == 0)
		return cpa_error_set(error, "sampling was off when it was written");
	widen_view(history,
		cpa_stats_view(profile, (size_t)(history->counts_objects ? types.inuse_objects
									 : types.inuse_bytes)));
	if (types.alloc_bytes < 0 || types.alloc_objects < 0)
		history->has_counters = false;
	else
		history->last_alloc = (double)cpa_profile_total(profile, (size_t)types.alloc_bytes);
	fill_buckets(history, profile, &types);
	for (i = 0; i < history->bucket_keys.count; i++)
		close_bucket(history, &history->buckets[i]);
	for (i = 0; i < history->stack_keys.count; i++)
		close_stack(&history->stacks[i], at);
	describe(history, profile, &types);
	/* Freed by the caller: nothing may look at it again. */
	history->graft.from = NULL;
	return 0;
}

bool cpa_history_drop_teardown(struct cpa_history *history, double *ret_freed)
{
	uint32_t last = (uint32_t)history->snapshot_count - 1;
	double before, after;
	size_t i;

	if (history->snapshot_count < 2 || !history->snapshots[last].may_be_final)
		return false;
	before = history->snapshots[last - 1].total.value;
	after = history->snapshots[last].total.value;
	if (!(after < TORN_DOWN * before))
		return false;
	for (i = 0; i < history->stack_keys.count; i++) {
		struct cpa_history_stack *stack = &history->stacks[i];

		if (stack->point_count > 0 && stack->points[stack->point_count - 1].at == last)
			stack->point_count--;
	}
	free(history->snapshots[last].path);
	history->snapshot_count--;
	*ret_freed = before - after;
	return true;
}

bool cpa_history_continues(const struct cpa_history *history, const struct cpa_profile *profile)
{
	int type = cpa_profile_type_named(profile, "alloc_space");

	if (history->snapshot_count == 0 || type < 0)
		return true;
	/* Some slack, for values that were rounded. */
	return (double)cpa_profile_total(profile, (size_t)type) >=
	       history->last_alloc * 0.9995 - 4096;
}
