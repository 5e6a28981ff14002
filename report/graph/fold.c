/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree of stacks without what is too small to be seen: folded, not lost.
 * Not here: the tree (stacktree.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/graph/stacktree.h"

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
			struct cpa_stacktree_value flat = cpa_stacktree_value(tree, i, type);

			weight[i] = fmax(fabs(flat.value[0]), fabs(flat.value[1]));
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

static size_t count_from(const double *share, size_t count, double limit)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++)
		kept += share[i] >= limit;
	return kept;
}

/* The least share that stays, so that at most max_count nodes do: by bisection. */
static double least_kept(const double *share, size_t count, double fraction, size_t max_count)
{
	double low = fraction, high = nextafter(1, 2);
	int step;

	if (max_count == 0 || count_from(share, count, fraction) <= max_count)
		return fraction;
	for (step = 0; step < 48; step++) {
		double middle = (low + high) / 2;

		if (count_from(share, count, middle) <= max_count)
			high = middle;
		else
			low = middle;
	}
	return high;
}

static void merge_values(
	struct cpa_stacktree *to, size_t node, const struct cpa_stacktree *from, size_t from_node)
{
	struct cpa_stacktree_value *values;
	size_t type;

	if (from->items[from_node].end == 0)
		return;
	values = cpa_stacktree_end(to, node);
	for (type = 0; type < to->type_count; type++) {
		struct cpa_stacktree_value value = cpa_stacktree_value(from, from_node, type);

		values[type].value[0] += value.value[0];
		values[type].value[1] += value.value[1];
		values[type].variance += value.variance;
	}
}

/* Append a copy of node with its parent's new number, without values. */
static uint32_t append(struct cpa_stacktree *to, uint32_t parent, struct cpa_stacktree_node node)
{
	to->items = cpa_memory_grow(to->items, &to->capacity, to->count + 1, sizeof(*to->items));
	node.parent = parent;
	node.end = 0;
	to->items[to->count] = node;
	return (uint32_t)to->count++;
}

void cpa_stacktree_prune(struct cpa_stacktree *tree, double fraction, size_t max_count)
{
	double *share = compute_shares(tree), limit;
	struct cpa_stacktree kept = {.type_count = tree->type_count};
	uint32_t *into = cpa_memory_new(tree->count, sizeof(*into));   /* new numbers */
	uint32_t *small = cpa_memory_new(tree->count, sizeof(*small)); /* 0: none */
	size_t i;

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
		merge_values(&kept, into[i], tree, i);
	}
	free(share);
	free(into);
	free(small);
	free(tree->items);
	free(tree->values);
	tree->items = kept.items;
	tree->values = kept.values;
	tree->end_count = kept.end_count;
	tree->count = kept.count;
	tree->capacity = kept.capacity;
	tree->value_capacity = kept.value_capacity;
	tree->fraction = tree->folded_count > 0 ? limit : 0;
}
