/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All stacks of a profile as one tree, callers first.
 * Not here: folding what is small (fold.c), the law of the variances (stats.h, diff.h).
 */
#include "report/analysis/stacktree.h"

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
	int *types;    /* index in profile for each type of the tree; -1: it has none */
	double *scale; /* by type */
};

struct key {
	uint32_t parent, frame;
};

static uint32_t add_node(struct cpa_stacktree *tree, uint32_t parent, uint32_t frame, int64_t line)
{
	struct key key = {parent, frame};
	bool is_new;
	uint32_t number = cpa_intern_add(&tree->keys, &key, sizeof(key), &is_new);

	if (is_new) {
		tree->count = (size_t)number + 1;
		tree->items = cpa_memory_grow(
			tree->items, &tree->capacity, tree->count, sizeof(*tree->items));
		tree->flat = cpa_memory_grow(tree->flat, &tree->flat_capacity,
			tree->count * tree->type_count, sizeof(*tree->flat));
		tree->items[number] = (struct cpa_stacktree_node){parent, frame, line};
	} else if (tree->items[number].line != line) {
		tree->items[number].line = -1;
	}
	return number;
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
		tree->lines[depth++] = line;
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
	int objects = cpa_profile_type_named(profile, "alloc_objects"),
	    bytes = cpa_profile_type_named(profile, "alloc_space");
	struct cpa_change_amount now, alloc;

	if (!view->is_known)
		return;
	now = (struct cpa_change_amount){value_or_0(source, sample, view->objects_type),
		value_or_0(source, sample, view->bytes_type)};
	alloc = (struct cpa_change_amount){
		value_or_0(source, sample, objects), value_or_0(source, sample, bytes)};
	cpa_change_add(&tree->changes[type], source->side, node,
		(double)cpa_profile_block_bytes(profile, &profile->samples.items[sample]), now,
		objects >= 0 && bytes >= 0 ? alloc : now);
}

static void add_samples(struct cpa_stacktree *tree, const struct source *source)
{
	size_t i, type;

	for (i = 0; i < source->profile->samples.count; i++) {
		uint32_t node = find_end(tree, source, i);

		for (type = 0; type < tree->type_count; type++) {
			struct cpa_stacktree_value *flat =
				&tree->flat[node * tree->type_count + type];
			double value;

			if (source->types[type] < 0)
				continue;
			value = source->scale[type] * value_or_0(source, i, source->types[type]);
			flat->value[source->side] += value;
			if (tree->has_base) {
				flat->sum.value += source->side == NEW ? value : -value;
				add_change(tree, source, i, type, node);
			} else {
				cpa_stats_add_sample(&flat->sum, &tree->views[NEW][type],
					source->profile, i, type);
			}
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
			i++)
			cpa_change_add_variance(&change->items[i], views,
				strncmp(name, "alloc_", 6) == 0, tree->is_one_process,
				&tree->flat[change->items[i].site * tree->type_count + type].sum);
		cpa_change_done(change);
	}
}

static void count_stacks(struct cpa_stacktree *tree)
{
	size_t i, type;

	for (i = 0; i < tree->count; i++)
		for (type = 0; type < tree->type_count; type++) {
			const double *value = tree->flat[i * tree->type_count + type].value;

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
	add_node(tree, 0, CPA_STACKTREE_ROOT, 0);
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
	cpa_intern_done(&tree->keys);
}

void cpa_stacktree_done(struct cpa_stacktree *tree)
{
	cpa_nodes_done(&tree->nodes);
	cpa_intern_done(&tree->keys);
	free(tree->items);
	free(tree->flat);
	free(tree->views[OLD]);
	free(tree->views[NEW]);
	free(tree->changes);
	free(tree->stack);
	free(tree->lines);
	memset(tree, 0, sizeof(*tree));
}
