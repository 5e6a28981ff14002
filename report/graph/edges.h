/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The edges of a call graph while it is counted: found by their ends, and at the end listed at
 * each of them.
 * Not here: what flows along them (graph.h).
 */
#ifndef CPA_GRAPH_EDGES_H
#define CPA_GRAPH_EDGES_H

#include "report/graph/graph.h"

struct cpa_edges {
	uint32_t *slots; /* number of an edge + 1, 0 where free; slot_count is a power of two */
	size_t slot_count;
};

/*
 * The edge from one node to another, made where there is none yet: then its last_stack is 0.
 * Valid until the next call.
 */
struct cpa_graph_edge *cpa_edges_find(
	struct cpa_edges *edges, struct cpa_graph *graph, uint32_t from, uint32_t to);
void cpa_edges_done(struct cpa_edges *edges);

/*
 * Drop the edges of less than cutoff; how many there were.
 *
 * @spares_lost  not those to nodes that are not shown, as what cancelled to 0: Go's client lists
 *               them at their callers
 */
size_t cpa_edges_trim(struct cpa_graph *graph, double cutoff, bool spares_lost);

/* Sort numbers of edges by what flows, most first. */
void cpa_edges_sort(const struct cpa_graph *graph, uint32_t *list, size_t count);

/* Make the lists in and out of all nodes anew, without the dropped edges. */
void cpa_edges_list(struct cpa_graph *graph);

#endif
