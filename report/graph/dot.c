/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call graph in the language of Graphviz: its nodes, edges and legend.
 * Not here: texts in that language (dottext.c), which nodes and edges (graph.c, visual.c).
 */
#include "report/graph/dot.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "report/graph/boxes.h"
#include "report/graph/dottext.h"
#include "report/graph/edges.h"
#include "report/graph/heat.h"
#include "report/profile/clean.h"

#define LEAST_POINTS 8  /* font size of a node that holds nothing itself, */
#define MOST_POINTS  24 /* and of the one that holds most */

struct drawing {
	FILE *file;
	const struct cpa_graph *graph;
	const struct cpa_nodelets *nodelets;
	const struct cpa_dot_options *options;
	double max_flat;
	uint32_t *numbers; /* of each node in the drawing: 1 is the first; 0: not in it */
	bool *has_boxes;   /* of each node */
};

/* A value as it is shown, with its interval and share. */
struct shown {
	char value[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], share[16];
};

/* With is_mean the sums are to be divided, and no interval is known. */
static struct cpa_stats_sum divided(const struct cpa_stats_sum *sum, double divisor)
{
	return divisor != 0 ? (struct cpa_stats_sum){.value = trunc(sum->value / divisor)} : *sum;
}

static void show(
	const struct drawing *drawing, const struct cpa_stats_sum *sum, struct shown *ret_shown)
{
	double magnitude = drawing->options->magnitude,
	       share = magnitude > 0 ? 100 * sum->value / magnitude : 0;

	drawing->options->show(drawing->options->context, sum, ret_shown->value, ret_shown->half);
	snprintf(ret_shown->share, sizeof(ret_shown->share),
		fabs(share) < 0.995 && share != 0 ? "%.2g%%" : "%.1f%%", share);
}

static void put_plain(const struct drawing *drawing, const struct shown *shown)
{
	fprintf(drawing->file, "%s%s%s (%s)", shown->value, shown->half[0] != '\0' ? " ±" : "",
		shown->half, shown->share);
}

/* The same in a label of a node: ± small and grey. */
static void put_rich(const struct drawing *drawing, const struct shown *shown, int points)
{
	fprintf(drawing->file, "%s", shown->value);
	if (shown->half[0] != '\0')
		fprintf(drawing->file,
			"\u00a0<FONT POINT-SIZE=\"%d\" "
			"COLOR=\"#666666\">±%s</FONT>",
			points * 3 / 4 < 7 ? 7 : points * 3 / 4, shown->half);
	/* No-break spaces: an SVG forgets others at the ends of its pieces of text. */
	fprintf(drawing->file, "\u00a0(%s)", shown->share);
}

static int level_of(const struct drawing *drawing, double value)
{
	double magnitude = drawing->options->magnitude;

	return cpa_heat_level(magnitude > 0 ? value / magnitude : 0);
}

/* What stands under the name of a node by line and its like: file, line. */
static void put_place(const struct drawing *drawing, const struct cpa_node *node, bool is_rich)
{
	enum cpa_nodes_by by = drawing->graph->nodes.by;
	char line[32] = "";

	if (by == CPA_NODES_BY_FUNCTION || by == CPA_NODES_BY_FILE || node->file[0] == '\0')
		return;
	if (node->line > 0)
		snprintf(line, sizeof(line), ":%" PRId64, node->line);
	if (is_rich) {
		cpa_dottext_rich(drawing->file, cpa_clean_base(node->file), 48);
		fprintf(drawing->file, "%s<BR/>", line);
	} else {
		fputs(" ", drawing->file);
		cpa_dottext_quoted(drawing->file, node->file, 400);
		fputs(line, drawing->file);
	}
}

static void put_label(const struct drawing *drawing, const struct cpa_graph_node *item,
	const struct cpa_stats_sum *flat, const struct cpa_stats_sum *cum, int points)
{
	const struct cpa_node *node = &drawing->graph->nodes.items[item->node];
	struct shown shown;

	fputs(" [label=<", drawing->file);
	if (drawing->graph->nodes.by == CPA_NODES_BY_ADDRESS)
		fprintf(drawing->file, "%#" PRIx64 "<BR/>", node->addr);
	cpa_dottext_name(drawing->file, node->name, points);
	put_place(drawing, node, true);
	if (flat->value != 0) {
		show(drawing, flat, &shown);
		put_rich(drawing, &shown, points);
	}
	if (flat->value == 0)
		fputs("0", drawing->file);
	if (cum->value != flat->value) {
		fputs(flat->value != 0 ? "<BR/>of " : " of ", drawing->file);
		show(drawing, cum, &shown);
		put_rich(drawing, &shown, points);
	}
	fputs(">", drawing->file);
}

static void put_node(const struct drawing *drawing, uint32_t number)
{
	const struct cpa_graph_node *item = &drawing->graph->items[number];
	const struct cpa_node *node = &drawing->graph->nodes.items[number];
	struct cpa_stats_sum flat = divided(&item->flat, item->flat_divisor),
			     cum = divided(&item->cum, item->cum_divisor);
	char line[CPA_HEAT_COLOR_BYTES], area[CPA_HEAT_COLOR_BYTES], class[8];
	int level = level_of(drawing, cum.value), points = LEAST_POINTS;
	struct shown shown;

	if (drawing->max_flat > 0 && flat.value != 0)
		points += (int)ceil((MOST_POINTS - LEAST_POINTS) *
				    sqrt(fmin(fabs(flat.value) / drawing->max_flat, 1)));
	cpa_heat_line(line, level);
	cpa_heat_area(area, level);
	cpa_heat_class(class, level);
	fprintf(drawing->file, "N%u", drawing->numbers[number]);
	put_label(drawing, item, &flat, &cum, points);
	fprintf(drawing->file,
		" id=\"node%u\" class=\"%s\" fontsize=%d color=\"%s\" fillcolor=\"%s\" tooltip=\"",
		drawing->numbers[number], class, points, line, area);
	cpa_dottext_quoted(drawing->file, node->name, 2000);
	put_place(drawing, node, false);
	show(drawing, &flat, &shown);
	fputs("\\nflat ", drawing->file);
	put_plain(drawing, &shown);
	show(drawing, &cum, &shown);
	fputs("\\ncum ", drawing->file);
	put_plain(drawing, &shown);
	fputs("\"]\n", drawing->file);
}

/* A box named id under the node or box named parent. */
static bool put_box(const struct drawing *drawing, const char *parent, const char *id,
	const struct cpa_box *box, bool by_flat, bool is_size)
{
	const struct cpa_stats_sum *sum =
		by_flat || (is_size && box->flat.value == box->cum.value) ? &box->flat : &box->cum;
	struct shown shown;

	if (sum->value == 0)
		return false;
	show(drawing, sum, &shown);
	fprintf(drawing->file, "%s [label=\"", id);
	cpa_dottext_lines(drawing->file, is_size ? box->size : box->name, 60);
	fprintf(drawing->file,
		"\" id=\"%s\" class=\"box\" fontsize=8 shape=box3d style=filled width=0.4 "
		"height=0.3 margin=\"0.1,0.05\" color=\"#8c8c8c\" "
		"tooltip=\"",
		id);
	cpa_dottext_lines(drawing->file, is_size ? box->size : box->name, 1000);
	fputs(": ", drawing->file);
	put_plain(drawing, &shown);
	fprintf(drawing->file, "\"]\n%s -> %s [label=\" %s\" weight=100%s tooltip=\"", parent, id,
		shown.value, is_size && sum == &box->cum ? " style=dotted" : "");
	put_plain(drawing, &shown);
	fputs("\"]\n", drawing->file);
	return true;
}

static bool put_sizes(
	const struct drawing *drawing, uint32_t number, uint32_t under, const char *parent)
{
	bool by_flat = drawing->graph->items[number].out_count > 0, has_any = false;
	struct cpa_box boxes[CPA_BOXES_MAX];
	size_t count = cpa_boxes_sizes(drawing->nodelets, number, under, by_flat, boxes), i;
	char id[96];

	for (i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "%s_s%zu", parent, i);
		has_any |= put_box(drawing, parent, id, &boxes[i], by_flat, true);
	}
	return has_any;
}

/* The labels of what a node holds itself; of a leaf, also of what it called and was left out. */
static void put_boxes(const struct drawing *drawing, uint32_t number)
{
	bool by_flat = drawing->graph->items[number].out_count > 0;
	struct cpa_box boxes[CPA_BOXES_MAX];
	size_t count = cpa_boxes_labels(drawing->nodelets, number, by_flat, boxes), i;
	char parent[32], id[64];
	bool has_any = false;

	snprintf(parent, sizeof(parent), "N%u", drawing->numbers[number]);
	for (i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "%s_%zu", parent, i);
		if (!put_box(drawing, parent, id, &boxes[i], by_flat, false))
			continue;
		has_any = true;
		put_sizes(drawing, number, boxes[i].nodelet, id);
	}
	drawing->has_boxes[number] =
		put_sizes(drawing, number, CPA_PROFILE_NONE, parent) || has_any;
}

static void put_edge(const struct drawing *drawing, const struct cpa_graph_edge *edge)
{
	struct cpa_stats_sum sum = divided(&edge->sum, edge->divisor);
	double magnitude = drawing->options->magnitude,
	       share = magnitude > 0 ? fmin(fabs(sum.value) / magnitude, 1) : 0;
	char line[CPA_HEAT_COLOR_BYTES], class[8];
	int level = level_of(drawing, sum.value);
	struct shown shown;

	cpa_heat_line(line, level);
	cpa_heat_class(class, level);
	show(drawing, &sum, &shown);
	fprintf(drawing->file,
		"N%u -> N%u [label=\"%s%s%s\" weight=%d penwidth=%.2f class=\"%s\" "
		"color=\"%s\"%s%s "
		"tooltip=\"",
		drawing->numbers[edge->from], drawing->numbers[edge->to], share > 0.2 ? "  " : " ",
		shown.value, edge->is_inline ? "\\n (inline)" : "", 1 + (int)(100 * share),
		1 + 5 * share, class, line, edge->is_residual ? " style=dashed" : "",
		drawing->has_boxes[edge->from] ? " minlen=2" : "");
	cpa_dottext_quoted(drawing->file, drawing->graph->nodes.items[edge->from].name, 1000);
	fputs(edge->is_residual ? " … " : " → ", drawing->file);
	cpa_dottext_quoted(drawing->file, drawing->graph->nodes.items[edge->to].name, 1000);
	fputs("\\n", drawing->file);
	put_plain(drawing, &shown);
	fputs(edge->is_inline ? ", inlined\"]\n" : "\"]\n", drawing->file);
}

/* The heavy ones first: Graphviz lays those out best. */
static void put_edges(const struct drawing *drawing)
{
	const struct cpa_graph *graph = drawing->graph;
	uint32_t *edges = cpa_memory_new(graph->edge_count, sizeof(*edges)), j;
	size_t count = 0, i;

	for (i = 0; i < graph->order_count; i++)
		for (j = 0; j < graph->items[graph->order[i]].out_count; j++)
			edges[count++] = graph->items[graph->order[i]].out[j];
	cpa_edges_sort(graph, edges, count);
	for (i = 0; i < count; i++)
		put_edge(drawing, &graph->edges[edges[i]]);
	free(edges);
}

void cpa_dot_print(FILE *file, const struct cpa_graph *graph, const struct cpa_nodelets *nodelets,
	const struct cpa_dot_options *options)
{
	struct drawing drawing = {
		.file = file, .graph = graph, .nodelets = nodelets, .options = options};
	size_t i;

	drawing.numbers = cpa_memory_new(graph->nodes.keys.count, sizeof(*drawing.numbers));
	drawing.has_boxes = cpa_memory_new(graph->nodes.keys.count, sizeof(*drawing.has_boxes));
	for (i = 0; i < graph->order_count; i++) {
		const struct cpa_graph_node *item = &graph->items[graph->order[i]];

		drawing.numbers[graph->order[i]] = (uint32_t)i + 1;
		drawing.max_flat = fmax(
			drawing.max_flat, fabs(divided(&item->flat, item->flat_divisor).value));
	}
	cpa_dottext_head(file, options->title, options->legend);
	for (i = 0; i < graph->order_count; i++) {
		put_node(&drawing, graph->order[i]);
		put_boxes(&drawing, graph->order[i]);
	}
	put_edges(&drawing);
	fputs("}\n", file);
	free(drawing.numbers);
	free(drawing.has_boxes);
}
