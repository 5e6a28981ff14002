/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree of stacks without what is too small to be seen: folded, not lost.
 * Not here: the tree (stacktree.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis/stacktree.h"

/*
 * The largest share of a total that each node has, with all it called, in any sample type. What
 * shrank counts as what grew does. A child never has more than its parent.
 */
static double *compute_shares(const struct cpa_stacktree *tree)
{
	double *share = cpa_memory_new(tree->count, sizeof(*share));
	double *weight = cpa_memory_new(tree->count, sizeof(*weight));
	size_t i, type;

	for (type = 0; type < tree->type_count; type++) {
		for (i = 0; i < tree->count; i++) {
			const double *value = tree->flat[i * tree->type_count + type].value;

			weight[i] = fmax(fabs(value[0]), fabs(value[1]));
		}
		for (i = tree->count - 1; i > 0; i--)
			weight[tree->items[i].parent] += weight[i];
		for (i = 0; i < tree->count && weight[0] > 0; i++)
			share[i] = fmax(share[i], weight[i] / weight[0]);
	}
	share[0] = 1;
	free(weight);
	return share;
}

/* Nodes that are too deep have no share that could keep them. */
static void cut_depth(const struct cpa_stacktree *tree, double *share)
{
	uint32_t *depth = cpa_memory_new(tree->count, sizeof(*depth));
	size_t i;

	for (i = 1; i < tree->count; i++) {
		depth[i] = depth[tree->items[i].parent] + 1;
		if (depth[i] > CPA_STACKTREE_MAX_DEPTH)
			share[i] = -1;
	}
	free(depth);
}

static int compare_down(const void *left, const void *right)
{
	double l = *(const double *)left, r = *(const double *)right;

	return (l < r) - (l > r);
}

/* The least share that stays, so that at most max_count nodes do. */
static double least_kept(const double *share, size_t count, double fraction, size_t max_count)
{
	double *sorted, limit;

	if (max_count == 0 || count <= max_count)
		return fraction;
	sorted = cpa_memory_new(count, sizeof(*sorted));
	memcpy(sorted, share, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_down);
	limit = nextafter(sorted[max_count], 2);
	free(sorted);
	return fmax(fraction, limit);
}

static void merge_value(struct cpa_stacktree_value *to, const struct cpa_stacktree_value *from)
{
	to->value[0] += from->value[0];
	to->value[1] += from->value[1];
	cpa_stats_add_sum(&to->sum, &from->sum);
}

/* Append a copy of node with its parent's new number. */
static uint32_t append(struct cpa_stacktree *to, uint32_t parent, struct cpa_stacktree_node node)
{
	to->items = cpa_memory_grow(to->items, &to->capacity, to->count + 1, sizeof(*to->items));
	to->flat = cpa_memory_grow(
		to->flat, &to->flat_capacity, (to->count + 1) * to->type_count, sizeof(*to->flat));
	node.parent = parent;
	to->items[to->count] = node;
	return (uint32_t)to->count++;
}

void cpa_stacktree_prune(struct cpa_stacktree *tree, double fraction, size_t max_count)
{
	double *share = compute_shares(tree), limit;
	struct cpa_stacktree kept = {.type_count = tree->type_count};
	uint32_t *into = cpa_memory_new(tree->count, sizeof(*into));   /* new numbers */
	uint32_t *small = cpa_memory_new(tree->count, sizeof(*small)); /* 0: none */
	size_t i, type;

	cut_depth(tree, share);
	limit = least_kept(share, tree->count, fraction, max_count);
	for (i = 0; i < tree->count; i++) {
		uint32_t parent = tree->items[i].parent;

		if (i == 0 || share[i] >= limit) {
			into[i] = append(&kept, into[parent], tree->items[i]);
		} else {
			tree->folded_count++;
			if (share[parent] >= limit || parent == 0) {
				if (small[parent] == 0)
					small[parent] = append(&kept, into[parent],
						(struct cpa_stacktree_node){
							.frame = CPA_STACKTREE_SMALL});
				into[i] = small[parent];
			} else {
				into[i] = into[parent];
			}
		}
		for (type = 0; type < tree->type_count; type++)
			merge_value(&kept.flat[into[i] * tree->type_count + type],
				&tree->flat[i * tree->type_count + type]);
	}
	free(share);
	free(into);
	free(small);
	free(tree->items);
	free(tree->flat);
	tree->items = kept.items;
	tree->flat = kept.flat;
	tree->count = kept.count;
	tree->capacity = kept.capacity;
	tree->flat_capacity = kept.flat_capacity;
	tree->fraction = tree->folded_count > 0 ? limit : 0;
}
