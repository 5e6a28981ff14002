/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One profile summed by function, line or address.
 * Not here: two profiles (diff.c), printing (cli/top.c).
 */
#include "report/analysis/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void add_stack(struct cpa_table *table, const struct cpa_nodes_map *map, size_t sample,
	size_t type, size_t *seen)
{
	const struct cpa_profile *profile = map->profile;
	struct cpa_nodes_walk walk;
	uint32_t node;
	int64_t line;
	bool is_leaf = true;

	cpa_nodes_begin(&walk, map, &profile->samples.items[sample]);
	while (cpa_nodes_next(&walk, &node, &line)) {
		if (is_leaf)
			cpa_stats_add_sample(
				&table->rows[node].flat, &table->view, profile, sample, type);
		is_leaf = false;
		if (seen[node] == sample + 1)
			continue;
		seen[node] = sample + 1;
		cpa_stats_add_sample(&table->rows[node].cum, &table->view, profile, sample, type);
	}
}

/* qsort has no argument for the names; one thread, one sort at a time. */
static const struct cpa_nodes *sort_nodes;
static bool sort_cum;

static int compare_magnitudes(double left, double right)
{
	return (fabs(left) < fabs(right)) - (fabs(left) > fabs(right));
}

static int compare_rows(const void *left, const void *right)
{
	const struct cpa_table_row *l = left, *r = right;
	int order;

	order = sort_cum ? compare_magnitudes(l->cum.value, r->cum.value)
			 : compare_magnitudes(l->flat.value, r->flat.value);
	if (order == 0)
		order = strcmp(sort_nodes->items[l->node].name, sort_nodes->items[r->node].name);
	if (order == 0)
		order = sort_cum ? compare_magnitudes(l->flat.value, r->flat.value)
				 : compare_magnitudes(l->cum.value, r->cum.value);
	if (order == 0)
		order = (l->node > r->node) - (l->node < r->node);
	return order;
}

void cpa_table_init(struct cpa_table *ret_table, const struct cpa_profile *profile, size_t type,
	enum cpa_nodes_by by, bool sort_by_cum)
{
	struct cpa_table *table = ret_table;
	struct cpa_nodes_map map;
	size_t *seen;
	size_t i;

	memset(table, 0, sizeof(*table));
	table->nodes.by = by;
	table->view = cpa_stats_view(profile, type);
	cpa_nodes_map_init(&map, &table->nodes, profile);
	table->rows = cpa_memory_new(table->nodes.keys.count, sizeof(*table->rows));
	seen = cpa_memory_new(table->nodes.keys.count, sizeof(*seen));
	for (i = 0; i < table->nodes.keys.count; i++)
		table->rows[i].node = (uint32_t)i;
	for (i = 0; i < profile->samples.count; i++)
		if (cpa_profile_value(profile, i, type) != 0)
			add_stack(table, &map, i, type, seen);
	for (i = 0; i < table->nodes.keys.count; i++)
		if (seen[i] != 0)
			table->rows[table->row_count++] = table->rows[i];
	free(seen);
	cpa_nodes_map_done(&map);
	sort_nodes = &table->nodes;
	sort_cum = sort_by_cum;
	qsort(table->rows, table->row_count, sizeof(*table->rows), compare_rows);
}

void cpa_table_done(struct cpa_table *table)
{
	cpa_nodes_done(&table->nodes);
	free(table->rows);
	memset(table, 0, sizeof(*table));
}
