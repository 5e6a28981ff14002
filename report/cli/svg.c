/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof svg: the call graph as a picture, or as text for Graphviz.
 * Not here: the graph (report/graph/graph.c), its form (report/graph/dot.c), running dot
 * (graphviz.c).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/cli/graphviz.h"
#include "report/cli/picture.h"
#include "report/cli/show.h"
#include "report/graph/dot.h"

#define NODE_COUNT    80 /* Go's own defaults */
#define NODE_FRACTION 0.005
#define EDGE_FRACTION 0.001

struct svg {
	const struct cpa_cli_select *select;
	struct cpa_cli_loaded loaded;
	struct cpa_graph graph;
	struct cpa_nodelets nodelets;
	bool is_dot;
};

static void show_sum(void *context, const struct cpa_stats_sum *sum,
	char ret_value[CPA_UNITS_BYTES], char ret_half[CPA_UNITS_BYTES])
{
	struct svg *svg = context;
	double half = sum->value != 0 ? cpa_stats_half_width(&svg->loaded.view, sum) : -1;

	cpa_cli_show_value(
		&svg->loaded, svg->select, sum->value, half > 0 ? half : -1, ret_value, ret_half);
	/* Too little to be told. */
	if (strspn(ret_half, "0.") == strlen(ret_half))
		ret_half[0] = '\0';
}

static void build(struct svg *svg)
{
	static const struct cpa_cli_trim defaults = {NODE_COUNT, NODE_FRACTION, EDGE_FRACTION};
	struct cpa_graph_options options =
		cpa_cli_load_graph_options(&svg->loaded, svg->select, &defaults);

	options.is_visual = true;
	options.label_unit = svg->select->unit;
	cpa_graph_init(&svg->graph, &svg->loaded.profile, svg->loaded.type, &options);
	cpa_nodelets_init(&svg->nodelets, &svg->graph, svg->graph.order_count, &svg->loaded.profile,
		svg->loaded.type);
}

/* What a cut-off left out: "12 nodes with less than 1.57 MB". */
static void print_dropped(struct svg *svg, FILE *to, size_t count, const char *noun, double cutoff)
{
	char least[CPA_UNITS_BYTES];

	if (count == 0)
		return;
	cpa_cli_show_value(&svg->loaded, svg->select, cutoff, -1, least, NULL);
	fprintf(to, "%zu %s%s with less than %s left out\n", count, noun, count == 1 ? "" : "s",
		least);
}

static void print_legend(struct svg *svg, FILE *to)
{
	struct cpa_cli_out out = {.file = to, .columns = 60};
	const struct cpa_graph *graph = &svg->graph;
	struct cpa_stats_sum shown = {0};
	char value[CPA_UNITS_BYTES], total[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];
	size_t i;

	cpa_cli_show_head(&out, &svg->loaded, svg->select);
	for (i = 0; i < graph->order_count; i++)
		shown.value += graph->items[graph->order[i]].flat.value;
	show_sum(svg, &shown, value, half);
	show_sum(svg, &svg->loaded.total, total, half);
	if (svg->loaded.is_mean)
		fprintf(to, "%zu of %zu nodes\n", graph->order_count, graph->all_count);
	else
		fprintf(to, "%zu of %zu nodes with %s, %.1f%% of %s%s%s\n", graph->order_count,
			graph->all_count, value, cpa_cli_show_percent(&svg->loaded, shown.value),
			total, half[0] != '\0' ? " ±" : "", half);
	print_dropped(svg, to, graph->dropped_node_count, "node", graph->node_cutoff);
	print_dropped(svg, to, graph->dropped_edge_count, "edge", graph->edge_cutoff);
	cpa_cli_show_foot(&out, &svg->loaded, "node");
}

/* The graph in Graphviz' language; freed with free(). */
static char *make_dot(struct svg *svg, size_t *ret_bytes)
{
	char *legend = NULL, *text = NULL;
	size_t legend_bytes = 0;
	FILE *to = open_memstream(&legend, &legend_bytes);
	const char *exe = cpa_profile_exe(&svg->loaded.profile);
	struct cpa_dot_options options = {
		.title = exe[0] != '\0' ? exe : "profile",
		.magnitude = svg->loaded.magnitude,
		.show = show_sum,
		.context = svg,
	};

	if (to == NULL)
		return NULL;
	print_legend(svg, to);
	if (fclose(to) != 0 || (to = open_memstream(&text, ret_bytes)) == NULL) {
		free(legend);
		return NULL;
	}
	options.legend = legend;
	cpa_dot_print(to, &svg->graph, &svg->nodelets, &options);
	free(legend);
	if (fclose(to) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int draw(struct svg *svg)
{
	struct cpa_cli_out out;
	size_t text_bytes = 0, picture_bytes = 0;
	char *text = make_dot(svg, &text_bytes), *picture = NULL;
	int status = CPA_CLI_USAGE;

	if (text == NULL) {
		perror("cprof svg");
		return CPA_CLI_USAGE;
	}
	if (svg->is_dot || cpa_cli_graphviz_svg(text, text_bytes, &picture, &picture_bytes)) {
		if (cpa_cli_out_begin(&out, svg->select->output, true)) {
			if (svg->is_dot)
				fwrite(text, 1, text_bytes, out.file);
			else
				cpa_cli_picture_print(out.file, picture, picture_bytes);
			status = cpa_cli_out_end(&out, CPA_CLI_OK);
		}
		free(picture);
	}
	free(text);
	return status;
}

int cpa_cli_svg(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_cli_select select = CPA_CLI_SELECT_DEFAULTS;
	struct svg svg = {.select = &select};
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select),
		{"dot", CPA_CLI_FLAG, &svg.is_dot, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed;
	int file_count, status;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (select.json) {
		fputs("cprof svg: a picture has no JSON; use cprof tree --json\n", stderr);
		return CPA_CLI_USAGE;
	}
	if (!svg.is_dot && (select.output == NULL || strcmp(select.output, "-") == 0) &&
		isatty(STDOUT_FILENO)) {
		fputs("cprof svg: a picture is nothing for a terminal; use -o FILE, or --dot for "
		      "the graph as text\n",
			stderr);
		return CPA_CLI_USAGE;
	}
	if (!cpa_cli_options_files(verb, file_count, -1))
		return CPA_CLI_USAGE;
	if (!cpa_cli_load(&svg.loaded, &select, argv, file_count))
		return CPA_CLI_USAGE;
	build(&svg);
	status = draw(&svg);
	cpa_nodelets_done(&svg.nodelets);
	cpa_graph_done(&svg.graph);
	cpa_cli_load_done(&svg.loaded);
	return status;
}
