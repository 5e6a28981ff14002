/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One profile summed by function, line or address.
 * Not here: two profiles (report/analysis/diff.c), printing (cli/summary.c).
 */
#include "report/graph/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/graph/graph.h"

struct cpa_stats_sum cpa_table_total(const struct cpa_profile *profile, size_t type,
	const struct cpa_stats_view *view, double *ret_magnitude)
{
	struct cpa_stats_sum total = {0};
	size_t i;

	*ret_magnitude = 0;
	for (i = 0; i < profile->samples.count; i++) {
		cpa_stats_add_sample(&total, view, profile, i, type);
		*ret_magnitude += fabs((double)cpa_profile_value(profile, i, type));
	}
	return total;
}

void cpa_table_init(struct cpa_table *ret_table, const struct cpa_profile *profile, size_t type,
	enum cpa_nodes_by by, bool sort_by_cum)
{
	const struct cpa_graph_options options = {
		.by = by, .sort_by_cum = sort_by_cum, .no_edges = true};
	struct cpa_graph graph;
	size_t i;

	memset(ret_table, 0, sizeof(*ret_table));
	cpa_graph_init(&graph, profile, type, &options);
	ret_table->view = graph.view;
	ret_table->row_count = graph.order_count;
	ret_table->rows = cpa_memory_new(graph.order_count, sizeof(*ret_table->rows));
	for (i = 0; i < graph.order_count; i++) {
		const struct cpa_graph_node *item = &graph.items[graph.order[i]];

		ret_table->rows[i] = (struct cpa_table_row){item->node, item->flat, item->cum};
	}
	ret_table->nodes = graph.nodes;
	memset(&graph.nodes, 0, sizeof(graph.nodes));
	cpa_graph_done(&graph);
}

void cpa_table_done(struct cpa_table *table)
{
	cpa_nodes_done(&table->nodes);
	free(table->rows);
	memset(table, 0, sizeof(*table));
}
