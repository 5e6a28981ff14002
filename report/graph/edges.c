/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The edges of a call graph while it is counted, and their lists at each node.
 * Not here: what flows along them (graph.c).
 */
#include "report/graph/edges.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t first_slot(const struct cpa_edges *edges, uint32_t from, uint32_t to)
{
	uint64_t ends = (uint64_t)from << 32 | to;

	return (size_t)cpa_intern_hash(&ends, sizeof(ends)) & (edges->slot_count - 1);
}

static size_t find_slot(
	const struct cpa_edges *edges, const struct cpa_graph *graph, uint32_t from, uint32_t to)
{
	size_t slot = first_slot(edges, from, to);

	while (edges->slots[slot] != 0) {
		const struct cpa_graph_edge *edge = &graph->edges[edges->slots[slot] - 1];

		if (edge->from == from && edge->to == to)
			break;
		slot = (slot + 1) & (edges->slot_count - 1);
	}
	return slot;
}

/* Half of the slots stay free, so a search ends soon. */
static void make_room(struct cpa_edges *edges, const struct cpa_graph *graph)
{
	size_t i;

	if (edges->slot_count > 2 * graph->edge_count)
		return;
	free(edges->slots);
	edges->slot_count = edges->slot_count != 0 ? 2 * edges->slot_count : 1024;
	edges->slots = cpa_memory_new(edges->slot_count, sizeof(*edges->slots));
	for (i = 0; i < graph->edge_count; i++)
		edges->slots[find_slot(edges, graph, graph->edges[i].from, graph->edges[i].to)] =
			(uint32_t)i + 1;
}

struct cpa_graph_edge *cpa_edges_find(
	struct cpa_edges *edges, struct cpa_graph *graph, uint32_t from, uint32_t to)
{
	struct cpa_graph_edge *edge;
	size_t slot;

	make_room(edges, graph);
	slot = find_slot(edges, graph, from, to);
	if (edges->slots[slot] != 0)
		return &graph->edges[edges->slots[slot] - 1];
	graph->edges = cpa_memory_room(
		graph->edges, &graph->edge_capacity, graph->edge_count + 1, sizeof(*graph->edges));
	edge = &graph->edges[graph->edge_count++];
	memset(edge, 0, sizeof(*edge));
	edge->from = from;
	edge->to = to;
	edges->slots[slot] = (uint32_t)graph->edge_count;
	return edge;
}

void cpa_edges_done(struct cpa_edges *edges)
{
	free(edges->slots);
	memset(edges, 0, sizeof(*edges));
}

size_t cpa_edges_trim(struct cpa_graph *graph, double cutoff, bool spares_lost)
{
	size_t i, count = 0;

	for (i = 0; i < graph->edge_count; i++) {
		struct cpa_graph_edge *edge = &graph->edges[i];

		if (edge->is_dropped || !(fabs(edge->sum.value) < cutoff) ||
			(spares_lost && !graph->items[edge->to].is_kept))
			continue;
		edge->is_dropped = true;
		count++;
	}
	return count;
}

static int compare_edges(const void *left, const void *right, void *context)
{
	const struct cpa_graph *graph = context;
	const struct cpa_graph_edge *l = &graph->edges[*(const uint32_t *)left];
	const struct cpa_graph_edge *r = &graph->edges[*(const uint32_t *)right];
	double left_value = fabs(l->sum.value), right_value = fabs(r->sum.value);
	int order = (left_value < right_value) - (left_value > right_value);

	if (order == 0)
		order = cpa_nodes_compare(&graph->nodes, l->from, r->from);
	if (order == 0)
		order = cpa_nodes_compare(&graph->nodes, l->to, r->to);
	if (order == 0)
		order = (l > r) - (l < r);
	return order;
}

void cpa_edges_sort(const struct cpa_graph *graph, uint32_t *list, size_t count)
{
	if (count > 1)
		qsort_r(list, count, sizeof(*list), compare_edges, (void *)graph);
}

void cpa_edges_list(struct cpa_graph *graph)
{
	size_t i, node_count = graph->nodes.keys.count, used = 0;

	for (i = 0; i < node_count; i++)
		graph->items[i].in_count = graph->items[i].out_count = 0;
	for (i = 0; i < graph->edge_count; i++) {
		if (graph->edges[i].is_dropped)
			continue;
		graph->items[graph->edges[i].from].out_count++;
		graph->items[graph->edges[i].to].in_count++;
	}
	free(graph->links);
	graph->links = cpa_memory_new(2 * graph->edge_count, sizeof(*graph->links));
	for (i = 0; i < node_count; i++) {
		struct cpa_graph_node *item = &graph->items[i];

		item->in = graph->links + used;
		used += item->in_count;
		item->out = graph->links + used;
		used += item->out_count;
		item->in_count = item->out_count = 0;
	}
	for (i = 0; i < graph->edge_count; i++) {
		struct cpa_graph_node *from = &graph->items[graph->edges[i].from];
		struct cpa_graph_node *to = &graph->items[graph->edges[i].to];

		if (graph->edges[i].is_dropped)
			continue;
		from->out[from->out_count++] = (uint32_t)i;
		to->in[to->in_count++] = (uint32_t)i;
	}
	for (i = 0; i < node_count; i++) {
		cpa_edges_sort(graph, graph->items[i].in, graph->items[i].in_count);
		cpa_edges_sort(graph, graph->items[i].out, graph->items[i].out_count);
	}
}
