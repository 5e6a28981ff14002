/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The small boxes under the nodes of a call graph: which labels their samples have, as Go's client
 * sums them. Text labels of a sample together make one; of numeric labels only "bytes" counts,
 * each size by itself under the text labels it came with.
 * Not here: which of them are drawn (boxes.h), the graph (graph.h).
 */
#ifndef CPA_GRAPH_NODELETS_H
#define CPA_GRAPH_NODELETS_H

#include "report/graph/graph.h"

struct cpa_nodelet {
	char *name; /* "worker:purge", "16kB" */
	bool is_numeric;
	int64_t bytes;  /* numeric: the first size that came under this name */
	uint32_t under; /* numeric: the nodelet of the text labels, or CPA_PROFILE_NONE */
	uint32_t next;  /* of the same node, or CPA_PROFILE_NONE */
	struct cpa_stats_sum flat, cum;
};

struct cpa_nodelets {
	struct cpa_intern keys;
	struct cpa_nodelet *items; /* as many as keys */
	size_t capacity;
	uint32_t *first; /* of each node, or CPA_PROFILE_NONE */
	double cutoff;   /* those with less, flat and cum, do not count */
};

/*
 * Sum up for the first node_count nodes of graph->order. Freed with cpa_nodelets_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_nodelets_init(struct cpa_nodelets *ret_nodelets, struct cpa_graph *graph,
	size_t node_count, const struct cpa_profile *profile, size_t type);
void cpa_nodelets_done(struct cpa_nodelets *nodelets);

/*
 * A size as Go's client writes it, in a unit of scale.h (NULL: what suits it): sizes that look the
 * same are the same to it.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_nodelets_size_name(char *to, size_t to_bytes, int64_t bytes, const char *wanted_unit);

#endif
