/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which nodes and edges make a good picture of a call graph, as Go's client chooses them for dot.
 * Not here: the graph (graph.h), drawing it (dot.h).
 */
#ifndef CPA_GRAPH_VISUAL_H
#define CPA_GRAPH_VISUAL_H

#include "report/graph/graph.h"

/*
 * Sort graph->order by how much a node tells: its value times the entropy of its edges, so that a
 * node that hands all of one edge on to another comes late. Before edges are dropped.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_visual_sort(struct cpa_graph *graph);

/*
 * How many nodes of graph->order to keep when node_count are wanted in all and the small boxes for
 * labels (nodelets.h) count too.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
size_t cpa_visual_count(
	struct cpa_graph *graph, const struct cpa_profile *profile, size_t type, size_t node_count);

/*
 * Drop the residual edges between nodes that are connected by another way; no edge that is heavier
 * than one that is not residual goes. Sets is_dropped; the lists of edges stay as they are.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_visual_prune(struct cpa_graph *graph);

#endif
