/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call graph of a profile, counted and trimmed as Go's client does.
 * Not here: what a node is (report/profile/nodes.c), lists of edges (edges.c), what a drawing
 * shows (visual.c).
 *
 * Steps of cpa_graph_init, in the order of Go's client, on which the figures depend:
 *   1. count flat and cum of all nodes
 *   2. drop the nodes whose cum is below a part of the sum of all flats
 *   3. sort, and keep the first node_count
 *   4. count again with the kept nodes only: the edges jump over those that went
 *   5. drop the edges below a part of that sum
 */
#include "report/graph/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/graph/edges.h"
#include "report/graph/visual.h"

struct frame {
	uint32_t node;
	bool is_inlined;
};

struct count {
	struct cpa_graph *graph;
	const struct cpa_profile *profile;
	const struct cpa_graph_options *options;
	size_t type;
	struct cpa_nodes_map map;
	struct cpa_edges edges;
	uint32_t *last_stack; /* by node: a stack counts once for it */
	struct frame *frames; /* of one stack, leaf first */
	size_t frame_capacity;
	bool has_edges, only_kept;
};

static void add_edge(struct count *count, uint32_t from, const struct frame *to, bool is_residual,
	const struct cpa_stats_sum *one, double divisor, uint32_t stack)
{
	struct cpa_graph_edge *edge = cpa_edges_find(&count->edges, count->graph, from, to->node);
	bool is_new = edge->last_stack == 0;

	if (edge->last_stack == stack)
		return;
	edge->last_stack = stack;
	cpa_stats_add_sum(&edge->sum, one);
	edge->divisor += divisor;
	edge->is_residual = edge->is_residual || is_residual;
	edge->is_inline = (is_new || edge->is_inline) && to->is_inlined;
}

static size_t take_stack(struct count *count, size_t sample)
{
	struct cpa_nodes_walk walk;
	size_t depth = 0;
	uint32_t node;
	int64_t line;

	cpa_nodes_begin(&walk, &count->map, &count->profile->samples.items[sample]);
	while (cpa_nodes_next(&walk, &node, &line)) {
		if (depth == count->frame_capacity)
			count->frames = cpa_memory_room(count->frames, &count->frame_capacity,
				depth + 1, sizeof(*count->frames));
		count->frames[depth++] = (struct frame){node, walk.is_inlined};
	}
	return depth;
}

/* From the root to the leaf: an edge that jumps over nodes is told by the callee. */
static void add_stack(struct count *count, size_t sample)
{
	struct cpa_graph *graph = count->graph;
	struct cpa_stats_sum one = {0};
	size_t i;
	uint32_t stack = (uint32_t)sample + 1;
	struct cpa_graph_node *parent = NULL, *item;
	bool is_residual = false;
	double divisor = 0;

	cpa_stats_add_sample(&one, &graph->view, count->profile, sample, count->type);
	if (count->options->is_mean)
		divisor = (double)cpa_profile_value(count->profile, sample, 0);
	if (one.value == 0 && divisor == 0)
		return;
	for (i = take_stack(count, sample); i > 0; i--) {
		const struct frame *frame = &count->frames[i - 1];

		item = &graph->items[frame->node];
		if (count->only_kept && !item->is_kept) {
			is_residual = true;
			continue;
		}
		if (count->last_stack[frame->node] != stack) {
			count->last_stack[frame->node] = stack;
			cpa_stats_add_sum(&item->cum, &one);
			item->cum_divisor += divisor;
		}
		if (count->has_edges && parent != NULL && parent != item)
			add_edge(count, parent->node, frame, is_residual, &one, divisor, stack);
		parent = item;
		is_residual = false;
	}
	if (parent != NULL && !is_residual) {
		cpa_stats_add_sum(&parent->flat, &one);
		parent->flat_divisor += divisor;
	}
}

/* All flats, cums and, where wanted, edges anew; and the order of what is then not 0. */
static void count_all(struct count *count, bool has_edges, bool only_kept)
{
	struct cpa_graph *graph = count->graph;
	size_t i;

	count->has_edges = has_edges;
	count->only_kept = only_kept;
	graph->edge_count = 0;
	cpa_edges_done(&count->edges);
	memset(count->last_stack, 0, graph->nodes.keys.count * sizeof(*count->last_stack));
	for (i = 0; i < graph->nodes.keys.count; i++) {
		bool is_kept = graph->items[i].is_kept;

		memset(&graph->items[i], 0, sizeof(graph->items[i]));
		graph->items[i].node = (uint32_t)i;
		graph->items[i].is_kept = is_kept;
	}
	for (i = 0; i < count->profile->samples.count; i++)
		add_stack(count, i);
}

static bool is_negative(const struct cpa_graph_node *item)
{
	return item->flat.value < 0 || (item->flat.value == 0 && item->cum.value < 0);
}

/* Steps 1 and 2. */
static bool keep_heavy(struct count *count)
{
	struct cpa_graph *graph = count->graph;
	double total = 0;
	size_t i, kept = 0;

	graph->order_count = 0;
	for (i = 0; i < graph->nodes.keys.count; i++) {
		const struct cpa_graph_node *item = &graph->items[i];

		if (item->cum.value == 0 && item->flat.value == 0)
			continue;
		if (count->options->drop_negative && is_negative(item))
			continue;
		total += item->flat.value;
		graph->order[graph->order_count++] = (uint32_t)i;
	}
	graph->all_count = graph->order_count;
	graph->node_cutoff = fabs(trunc(total * count->options->node_fraction));
	graph->edge_cutoff = fabs(trunc(total * count->options->edge_fraction));
	for (i = 0; i < graph->order_count; i++) {
		struct cpa_graph_node *item = &graph->items[graph->order[i]];

		item->is_kept = !(fabs(item->cum.value) < graph->node_cutoff);
		if (item->is_kept)
			graph->order[kept++] = graph->order[i];
	}
	graph->dropped_node_count = graph->order_count - kept;
	graph->order_count = kept;
	return graph->dropped_node_count > 0;
}

struct sorting {
	const struct cpa_graph *graph;
	bool by_cum;
};

static int compare_magnitudes(double left, double right)
{
	return (fabs(left) < fabs(right)) - (fabs(left) > fabs(right));
}

static int compare_nodes(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	const struct cpa_graph_node *l = &sorting->graph->items[*(const uint32_t *)left];
	const struct cpa_graph_node *r = &sorting->graph->items[*(const uint32_t *)right];
	int order = sorting->by_cum ? compare_magnitudes(l->cum.value, r->cum.value)
				    : compare_magnitudes(l->flat.value, r->flat.value);

	if (order == 0)
		order = cpa_nodes_compare(&sorting->graph->nodes, l->node, r->node);
	if (order == 0)
		order = sorting->by_cum ? compare_magnitudes(l->flat.value, r->flat.value)
					: compare_magnitudes(l->cum.value, r->cum.value);
	return order != 0 ? order : (l->node > r->node) - (l->node < r->node);
}

static void sort_nodes(struct cpa_graph *graph, bool by_cum)
{
	struct sorting sorting = {graph, by_cum};

	qsort_r(graph->order, graph->order_count, sizeof(*graph->order), compare_nodes, &sorting);
}

/* Step 3; true when nodes went. */
static bool keep_first(struct cpa_graph *graph, size_t node_count)
{
	size_t i;

	if (node_count == 0 || node_count >= graph->order_count)
		return false;
	for (i = node_count; i < graph->order_count; i++)
		graph->items[graph->order[i]].is_kept = false;
	graph->order_count = node_count;
	return true;
}

static void divide(double *value, double divisor)
{
	if (divisor != 0)
		*value = trunc(*value / divisor);
}

static void take_means(struct cpa_graph *graph)
{
	size_t i;

	graph->view = (struct cpa_stats_view){.objects_type = -1, .bytes_type = -1};
	for (i = 0; i < graph->nodes.keys.count; i++) {
		divide(&graph->items[i].flat.value, graph->items[i].flat_divisor);
		divide(&graph->items[i].cum.value, graph->items[i].cum_divisor);
	}
	for (i = 0; i < graph->edge_count; i++)
		divide(&graph->edges[i].sum.value, graph->edges[i].divisor);
}

/* Steps 3 to 5 for a list or tree. */
static void trim_list(struct count *count, bool has_fewer)
{
	struct cpa_graph *graph = count->graph;

	sort_nodes(graph, count->options->sort_by_cum);
	has_fewer |= keep_first(graph, count->options->node_count);
	if (count->options->no_edges)
		return;
	count_all(count, true, has_fewer);
	graph->dropped_edge_count = cpa_edges_trim(graph, graph->edge_cutoff, true);
	cpa_edges_list(graph);
}

/* The same for a drawing, where the edges decide about the order. */
static void trim_drawing(struct count *count, bool has_fewer)
{
	struct cpa_graph *graph = count->graph;

	count_all(count, true, has_fewer);
	cpa_edges_list(graph);
	cpa_visual_sort(graph);
	if (count->options->node_count > 0 &&
		keep_first(graph, cpa_visual_count(graph, count->profile, count->type,
					  count->options->node_count))) {
		count_all(count, true, true);
		cpa_edges_list(graph);
		cpa_visual_sort(graph);
	}
	graph->dropped_edge_count = cpa_edges_trim(graph, graph->edge_cutoff, false);
	cpa_edges_list(graph);
	cpa_visual_prune(graph);
	cpa_edges_list(graph);
}

void cpa_graph_init(struct cpa_graph *ret_graph, const struct cpa_profile *profile, size_t type,
	const struct cpa_graph_options *options)
{
	struct cpa_graph *graph = ret_graph;
	struct count count = {.graph = graph, .profile = profile, .options = options, .type = type};
	bool has_fewer;

	memset(graph, 0, sizeof(*graph));
	graph->nodes.by = options->by;
	graph->nodes.no_inlines = options->no_inlines;
	graph->nodes.lumps_unknown = true;
	graph->view = cpa_stats_view(profile, type);
	graph->label_unit = options->label_unit;
	cpa_nodes_map_init(&count.map, &graph->nodes, profile);
	graph->items = cpa_memory_new(graph->nodes.keys.count, sizeof(*graph->items));
	graph->order = cpa_memory_new(graph->nodes.keys.count, sizeof(*graph->order));
	count.last_stack = cpa_memory_new(graph->nodes.keys.count, sizeof(*count.last_stack));
	count_all(&count, false, false);
	has_fewer = keep_heavy(&count);
	if (options->is_visual)
		trim_drawing(&count, has_fewer);
	else
		trim_list(&count, has_fewer);
	if (options->is_mean)
		take_means(graph);
	free(count.last_stack);
	free(count.frames);
	cpa_edges_done(&count.edges);
	cpa_nodes_map_done(&count.map);
}

void cpa_graph_done(struct cpa_graph *graph)
{
	cpa_nodes_done(&graph->nodes);
	free(graph->items);
	free(graph->order);
	free(graph->edges);
	free(graph->links);
	memset(graph, 0, sizeof(*graph));
}
