/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All stacks of a profile as one tree, callers first.
 * Not here: folding what is small (fold.c), the law of the variances (report/analysis/stats.h,
 * report/analysis/diff.h).
 */
#include "report/graph/stacktree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OLD CPA_CHANGE_OLD
#define NEW CPA_CHANGE_NEW

/* The state of reading one of the profiles. */
struct source {
	const struct cpa_profile *profile;
	enum cpa_change_side side;
	struct cpa_nodes_map map;
	int *types; /* index in profile for each type of the tree; -1: it has none */
	int alloc_objects, alloc_bytes; /* types of profile; -1: it has none */
	double *scale;                  /* by type */
};

/* Where to look first for a child of parent with this frame. */
static size_t first_slot(const struct cpa_stacktree *tree, uint32_t parent, uint32_t frame)
{
	uint64_t key = (uint64_t)parent << 32 | frame;

	return (size_t)cpa_intern_hash(&key, sizeof(key)) & (tree->slot_count - 1);
}

static void grow_slots(struct cpa_stacktree *tree)
{
	size_t i, at;

	free(tree->slots);
	tree->slot_count = tree->slot_count > 0 ? 2 * tree->slot_count : 1024;
	tree->slots = cpa_memory_new(tree->slot_count, sizeof(*tree->slots));
	for (i = 1; i < tree->count; i++) {
		at = first_slot(tree, tree->items[i].parent, tree->items[i].frame);
		while (tree->slots[at] != 0)
			at = (at + 1) & (tree->slot_count - 1);
		tree->slots[at] = (uint32_t)i;
	}
}

static uint32_t append(struct cpa_stacktree *tree, uint32_t parent, uint32_t frame, int32_t line)
{
	tree->items = cpa_memory_grow(
		tree->items, &tree->capacity, tree->count + 1, sizeof(*tree->items));
	tree->items[tree->count] =
		(struct cpa_stacktree_node){.parent = parent, .frame = frame, .line = line};
	return (uint32_t)tree->count++;
}

static uint32_t add_node(struct cpa_stacktree *tree, uint32_t parent, uint32_t frame, int32_t line)
{
	struct cpa_stacktree_node *node;
	size_t at;

	if (2 * tree->count >= tree->slot_count)
		grow_slots(tree);
	at = first_slot(tree, parent, frame);
	for (; tree->slots[at] != 0; at = (at + 1) & (tree->slot_count - 1)) {
		node = &tree->items[tree->slots[at]];
		if (node->parent != parent || node->frame != frame)
			continue;
		if (node->line != line)
			node->line = -1;
		return tree->slots[at];
	}
	tree->slots[at] = append(tree, parent, frame, line);
	return tree->slots[at];
}

struct cpa_stacktree_value *cpa_stacktree_end(struct cpa_stacktree *tree, size_t node)
{
	struct cpa_stacktree_node *item = &tree->items[node];

	if (item->end == 0) {
		item->end = (uint32_t)++tree->end_count;
		tree->values = cpa_memory_grow(tree->values, &tree->value_capacity,
			tree->end_count * tree->type_count, sizeof(*tree->values));
	}
	return &tree->values[(item->end - 1) * tree->type_count];
}

/* The node where the stack of this sample ends. */
static uint32_t find_end(struct cpa_stacktree *tree, const struct source *source, size_t sample)
{
	struct cpa_nodes_walk walk;
	uint32_t frame, node = 0;
	int64_t line;
	size_t depth = 0;

	cpa_nodes_begin(&walk, &source->map, &source->profile->samples.items[sample]);
	while (cpa_nodes_next(&walk, &frame, &line)) {
		tree->stack = cpa_memory_grow(
			tree->stack, &tree->stack_capacity, depth + 1, sizeof(*tree->stack));
		tree->lines = cpa_memory_grow(
			tree->lines, &tree->line_capacity, depth + 1, sizeof(*tree->lines));
		tree->stack[depth] = frame;
		tree->lines[depth++] = line > 0 && line <= INT32_MAX ? (int32_t)line : 0;
	}
	while (depth-- > 0)
		node = add_node(tree, node, tree->stack[depth], tree->lines[depth]);
	return node;
}

static double value_or_0(const struct source *source, size_t sample, int type)
{
	if (type < 0)
		return 0;
	return (double)cpa_profile_value(source->profile, sample, (size_t)type);
}

/* For the variance of a change: what the sample tells of its site and size. */
static void add_change(struct cpa_stacktree *tree, const struct source *source, size_t sample,
	size_t type, uint32_t node)
{
	const struct cpa_stats_view *view = &tree->views[source->side][type];
	const struct cpa_profile *profile = source->profile;
	struct cpa_change_amount now, alloc;

	if (!view->is_known)
		return;
	now = (struct cpa_change_amount){value_or_0(source, sample, view->objects_type),
		value_or_0(source, sample, view->bytes_type)};
	alloc = (struct cpa_change_amount){value_or_0(source, sample, source->alloc_objects),
		value_or_0(source, sample, source->alloc_bytes)};
	cpa_change_add(&tree->changes[type], source->side, node,
		(double)cpa_profile_block_bytes(profile, &profile->samples.items[sample]), now,
		source->alloc_objects >= 0 && source->alloc_bytes >= 0 ? alloc : now);
}

static void add_samples(struct cpa_stacktree *tree, const struct source *source)
{
	size_t i, type;

	for (i = 0; i < source->profile->samples.count; i++) {
		uint32_t node = find_end(tree, source, i);
		struct cpa_stacktree_value *values = cpa_stacktree_end(tree, node);

		for (type = 0; type < tree->type_count; type++) {
			struct cpa_stats_sum sum = {0};

			if (source->types[type] < 0)
				continue;
			values[type].value[source->side] +=
				source->scale[type] * value_or_0(source, i, source->types[type]);
			if (tree->has_base) {
				add_change(tree, source, i, type, node);
				continue;
			}
			cpa_stats_add_sample(
				&sum, &tree->views[NEW][type], source->profile, i, type);
			values[type].variance += sum.variance;
		}
	}
}

/* Which type of the profile each type of the tree is: its own, and in the base by name. */
static void open_source(struct source *ret_source, struct cpa_stacktree *tree,
	const struct cpa_profile *profile, const struct cpa_profile *named_by,
	enum cpa_change_side side)
{
	size_t i;

	ret_source->profile = profile;
	ret_source->side = side;
	ret_source->alloc_objects = cpa_profile_type_named(profile, "alloc_objects");
	ret_source->alloc_bytes = cpa_profile_type_named(profile, "alloc_space");
	cpa_nodes_map_init(&ret_source->map, &tree->nodes, profile);
	ret_source->types = cpa_memory_new(tree->type_count, sizeof(*ret_source->types));
	ret_source->scale = cpa_memory_new(tree->type_count, sizeof(*ret_source->scale));
	tree->views[side] = cpa_memory_new(tree->type_count, sizeof(*tree->views[side]));
	for (i = 0; i < tree->type_count; i++) {
		const char *name = cpa_profile_string(named_by, named_by->types.items[i].type);
		int type = profile == named_by ? (int)i : cpa_profile_type_named(profile, name);

		ret_source->types[i] = type;
		ret_source->scale[i] = 1;
		if (type >= 0)
			tree->views[side][i] = cpa_stats_view(profile, (size_t)type);
	}
}

static void close_source(struct source *source)
{
	cpa_nodes_map_done(&source->map);
	free(source->types);
	free(source->scale);
}

static void normalize(const struct source *old, const struct source *new, size_t type_count)
{
	size_t i;

	for (i = 0; i < type_count; i++) {
		double have, want;

		if (old->types[i] < 0)
			continue;
		have = (double)cpa_profile_total(old->profile, (size_t)old->types[i]);
		want = (double)cpa_profile_total(new->profile, (size_t) new->types[i]);
		if (have != 0)
			old->scale[i] = want / have;
	}
}

static void add_variances(struct cpa_stacktree *tree, const struct cpa_profile *profile)
{
	size_t type, i;

	for (type = 0; type < tree->type_count; type++) {
		const struct cpa_stats_view *const views[2] = {
			&tree->views[OLD][type], &tree->views[NEW][type]};
		const char *name = cpa_profile_string(profile, profile->types.items[type].type);
		struct cpa_change *change = &tree->changes[type];

		for (i = 0; views[OLD]->is_known && views[NEW]->is_known && i < change->keys.count;
			i++) {
			struct cpa_stats_sum sum = {0};

			cpa_change_add_variance(&change->items[i], views,
				strncmp(name, "alloc_", 6) == 0, tree->is_one_process, &sum);
			cpa_stacktree_end(tree, change->items[i].site)[type].variance +=
				sum.variance;
		}
		cpa_change_done(change);
	}
}

static void count_stacks(struct cpa_stacktree *tree)
{
	size_t i, type;

	for (i = 0; i < tree->end_count; i++)
		for (type = 0; type < tree->type_count; type++) {
			const double *value = tree->values[i * tree->type_count + type].value;

			if (value[OLD] != 0 || value[NEW] != 0) {
				tree->stack_count++;
				break;
			}
		}
}

void cpa_stacktree_init(struct cpa_stacktree *ret_tree, const struct cpa_profile *profile,
	const struct cpa_profile *base, const struct cpa_stacktree_options *options)
{
	struct cpa_stacktree *tree = ret_tree;
	struct source old = {NULL}, new;

	memset(tree, 0, sizeof(*tree));
	tree->nodes.by = options->by;
	tree->nodes.no_inlines = options->no_inlines;
	tree->type_count = profile->types.count;
	tree->has_base = base != NULL;
	tree->is_one_process = base != NULL && options->is_one_process && !options->normalizes;
	append(tree, 0, CPA_STACKTREE_ROOT, 0);
	open_source(&new, tree, profile, profile, NEW);
	if (base != NULL) {
		tree->changes = cpa_memory_new(tree->type_count, sizeof(*tree->changes));
		open_source(&old, tree, base, profile, OLD);
		if (options->normalizes)
			normalize(&old, &new, tree->type_count);
		add_samples(tree, &old);
		close_source(&old);
	}
	add_samples(tree, &new);
	close_source(&new);
	if (base != NULL)
		add_variances(tree, profile);
	count_stacks(tree);
	free(tree->slots);
	tree->slots = NULL;
	tree->slot_count = 0;
}

void cpa_stacktree_done(struct cpa_stacktree *tree)
{
	cpa_nodes_done(&tree->nodes);
	free(tree->slots);
	free(tree->items);
	free(tree->values);
	free(tree->views[OLD]);
	free(tree->views[NEW]);
	free(tree->changes);
	free(tree->stack);
	free(tree->lines);
	memset(tree, 0, sizeof(*tree));
}
