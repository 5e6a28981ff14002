/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call graph of a profile: nodes with flat and cum, edges with what flows along them, counted
 * and trimmed as Go's client does.
 * Not here: what a node is (nodes.h), printing (cli/tree.c, cli/peek.c, cli/svg.c).
 */
#ifndef CPA_ANALYSIS_GRAPH_H
#define CPA_ANALYSIS_GRAPH_H

#include "report/analysis/nodes.h"
#include "report/analysis/stats.h"

struct cpa_graph_edge {
	uint32_t from, to; /* caller, callee: numbers of nodes */
	struct cpa_stats_sum sum;
	bool is_residual; /* nodes between them were trimmed away */
	bool is_inline;   /* callee was inlined into caller, each time */
};

struct cpa_graph_node {
	uint32_t node; /* number in nodes: name, file, line */
	struct cpa_stats_sum flat, cum;
	/* Of edges, each list sorted by what flows, most first. */
	uint32_t *in, *out;
	uint32_t in_count, out_count;
	bool is_kept;
};

struct cpa_graph_options {
	enum cpa_nodes_by by;
	bool sort_by_cum;
	size_t node_count;    /* keep at most so many nodes; 0: all */
	double node_fraction; /* drop nodes whose |cum| is less than this part of the total */
	double edge_fraction; /* drop edges of less than this part of the total */
};

struct cpa_graph {
	struct cpa_nodes nodes;
	struct cpa_graph_node *items; /* as many as nodes.keys, by node number */
	uint32_t *order;              /* the kept nodes, sorted as reports show them */
	size_t order_count;
	struct cpa_graph_edge *edges;
	size_t edge_count;
	struct cpa_stats_view view;
	size_t dropped_node_count, dropped_edge_count; /* for want of weight */
	double node_cutoff, edge_cutoff;               /* in the unit of the values */
};

/*
 * Build, trim and sort. Freed with cpa_graph_done.
 *
 * @magnitude  what the fractions are of: cpa_cli_loaded.magnitude
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_graph_init(struct cpa_graph *ret_graph, const struct cpa_profile *profile, size_t type,
	double magnitude, const struct cpa_graph_options *options);
void cpa_graph_done(struct cpa_graph *graph);

#endif
