/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which nodes and edges make a good picture of a call graph.
 * Not here: the graph (graph.c), drawing it (dot.c).
 */
#include "report/graph/visual.h"

#include <math.h>
#include <stdlib.h>

#include "report/graph/boxes.h"

static double part_entropy(double value, double total)
{
	double part = fabs(value) / total;

	return part > 0 ? -part * log2(part) : 0;
}

/*
 * The entropy, in bits, of how a node's value is shared among edges and the node itself. Magnitudes
 * all through: with sums of both signs, as of a base taken away, Go's client takes logarithms of
 * negative shares, and what it then keeps is chance.
 */
static double edges_entropy(
	const struct cpa_graph *graph, const uint32_t *edges, uint32_t edge_count, double self)
{
	double total = fabs(self), entropy = 0;
	uint32_t i;

	for (i = 0; i < edge_count; i++)
		total += fabs(graph->edges[edges[i]].sum.value);
	if (total == 0)
		return 0;
	for (i = 0; i < edge_count; i++)
		entropy += part_entropy(graph->edges[edges[i]].sum.value, total);
	return entropy + part_entropy(self, total);
}

/* Go's score, to the unit: ties are common, and must be ties here too. */
static double node_score(const struct cpa_graph *graph, const struct cpa_graph_node *node)
{
	double entropy = 0;

	entropy += node->in_count == 0 ? 1 : edges_entropy(graph, node->in, node->in_count, 0);
	entropy += node->out_count == 0
			   ? 1
			   : edges_entropy(graph, node->out, node->out_count, node->flat.value);
	return trunc(entropy * node->cum.value) + node->flat.value;
}

struct sorting {
	const struct cpa_graph *graph;
	const double *scores; /* by node */
};

static int compare_scores(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	uint32_t l = *(const uint32_t *)left, r = *(const uint32_t *)right;
	double left_score = fabs(sorting->scores[l]), right_score = fabs(sorting->scores[r]);
	int order = (left_score < right_score) - (left_score > right_score);

	if (order == 0)
		order = cpa_nodes_compare(&sorting->graph->nodes, l, r);
	return order != 0 ? order : (l > r) - (l < r);
}

void cpa_visual_sort(struct cpa_graph *graph)
{
	double *scores = cpa_memory_new(graph->nodes.keys.count, sizeof(*scores));
	struct sorting sorting = {graph, scores};
	size_t i;

	for (i = 0; i < graph->order_count; i++)
		scores[graph->order[i]] = node_score(graph, &graph->items[graph->order[i]]);
	if (graph->order_count > 0)
		qsort_r(graph->order, graph->order_count, sizeof(*graph->order), compare_scores,
			&sorting);
	free(scores);
}

size_t cpa_visual_count(
	struct cpa_graph *graph, const struct cpa_profile *profile, size_t type, size_t node_count)
{
	struct cpa_nodelets nodelets;
	size_t kept = node_count < graph->order_count ? node_count : graph->order_count, used = 0,
	       i;

	cpa_nodelets_init(&nodelets, graph, kept, profile, type);
	for (i = 0; i < kept && used < node_count; i++) {
		size_t tags = cpa_boxes_flat_count(&nodelets, graph->order[i]);

		used += 1 + (tags < CPA_BOXES_MAX ? tags : CPA_BOXES_MAX);
	}
	cpa_nodelets_done(&nodelets);
	return i;
}

/* Can the end of this edge be reached from its beginning by others? */
static bool has_other_way(const struct cpa_graph *graph, uint32_t edge, uint32_t *queue,
	uint32_t *seen, uint32_t round)
{
	uint32_t from = graph->edges[edge].from, to = graph->edges[edge].to, i;
	size_t begin = 0, end = 0;

	queue[end++] = to;
	seen[to] = round;
	while (begin < end) {
		const struct cpa_graph_node *node = &graph->items[queue[begin++]];

		for (i = 0; i < node->in_count; i++) {
			const struct cpa_graph_edge *in = &graph->edges[node->in[i]];

			if (node->in[i] == edge || in->is_dropped || seen[in->from] == round)
				continue;
			if (in->from == from)
				return true;
			seen[in->from] = round;
			queue[end++] = in->from;
		}
	}
	return false;
}

void cpa_visual_prune(struct cpa_graph *graph)
{
	size_t node_count = graph->nodes.keys.count, i;
	uint32_t *queue = cpa_memory_new(node_count, sizeof(*queue)),
		 *seen = cpa_memory_new(node_count, sizeof(*seen)), round = 0, j;

	for (i = graph->order_count; i > 0; i--) {
		const struct cpa_graph_node *node = &graph->items[graph->order[i - 1]];

		for (j = node->in_count; j > 0; j--) {
			struct cpa_graph_edge *edge = &graph->edges[node->in[j - 1]];

			if (!edge->is_residual)
				break;
			edge->is_dropped =
				has_other_way(graph, node->in[j - 1], queue, seen, ++round);
		}
	}
	free(queue);
	free(seen);
}
