/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call graph of a profile: nodes with flat and cum, edges with what flows along them, counted
 * and trimmed as Go's client does. The one place where flat and cum of nodes are counted.
 * Not here: what a node is (report/profile/nodes.h), which edges and nodes a drawing can do
 * without (visual.h), printing (cli/tree.c, cli/peek.c, cli/svg.c).
 */
#ifndef CPA_GRAPH_GRAPH_H
#define CPA_GRAPH_GRAPH_H

#include "report/analysis/stats.h"
#include "report/profile/nodes.h"

struct cpa_graph_edge {
	uint32_t from, to; /* caller, callee: numbers of nodes */
	struct cpa_stats_sum sum;
	double divisor;      /* with is_mean: the sum that sum.value is to be divided by */
	uint32_t last_stack; /* while counting: a stack counts once for an edge */
	bool is_residual;    /* nodes between them were trimmed away */
	bool is_inline;      /* callee was inlined into caller, each time */
	bool is_dropped;     /* too light, or redundant in a drawing: in no list */
};

struct cpa_graph_node {
	uint32_t node; /* number in nodes: name, file, line */
	struct cpa_stats_sum flat, cum;
	double flat_divisor, cum_divisor; /* with is_mean, as in an edge */
	/* Numbers of edges, each list sorted by what flows, most first. */
	uint32_t *in, *out;
	uint32_t in_count, out_count;
	bool is_kept;
};

struct cpa_graph_options {
	enum cpa_nodes_by by;
	bool no_inlines;
	bool sort_by_cum;
	bool no_edges;        /* nodes only, for a list of them */
	bool is_visual;       /* for a drawing: the nodes that tell most, no redundant edges */
	bool drop_negative;   /* without nodes whose flat, or else cum, is below 0 */
	bool is_mean;         /* values are divided by the first one of their samples */
	size_t node_count;    /* keep at most so many nodes; 0: all */
	double node_fraction; /* drop nodes whose |cum| is less than this part of all flats */
	double edge_fraction; /* drop edges of less than this part of them */
	const char
		*label_unit; /* is_visual: of the label "bytes", as in scale.h; NULL: "minimum" */
};

struct cpa_graph {
	struct cpa_nodes nodes;
	struct cpa_graph_node *items; /* as many as nodes.keys, by node number */
	uint32_t *order;              /* the kept nodes, sorted as reports show them */
	size_t order_count;
	struct cpa_graph_edge *edges;
	size_t edge_count, edge_capacity;
	uint32_t *links; /* what the lists in and out of all nodes are parts of */
	struct cpa_stats_view view;
	size_t all_count;                              /* nodes that are not 0 */
	size_t dropped_node_count, dropped_edge_count; /* for want of weight */
	double node_cutoff, edge_cutoff;               /* in the unit of the values */
	const char *label_unit;                        /* as in the options */
};

/*
 * Build, trim and sort. Freed with cpa_graph_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_graph_init(struct cpa_graph *ret_graph, const struct cpa_profile *profile, size_t type,
	const struct cpa_graph_options *options);
void cpa_graph_done(struct cpa_graph *graph);

#endif
