/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof top: which functions hold the memory, and how surely.
 * Not here: the sums (report/graph/graph.c), head and foot (show.c).
 */
#include <string.h>

#include "report/cli/show.h"

#define DEFAULT_ROWS 10
#define NAME_COLUMN  57

struct top {
	struct cpa_cli_loaded loaded;
	struct cpa_cli_select select;
	struct cpa_graph graph;
};

static const struct cpa_graph_node *row(const struct top *top, size_t i)
{
	return &top->graph.items[top->graph.order[i]];
}

static void print_summary(const struct top *top, struct cpa_cli_out *out)
{
	double shown = 0;
	size_t i;

	for (i = 0; i < top->graph.order_count; i++)
		shown += row(top, i)->flat.value;
	cpa_cli_show_summary(out, &top->loaded, &top->select, top->graph.order_count,
		top->graph.all_count, cpa_cli_show_noun(&top->select, top->graph.all_count), shown);
}

static void print_row(const struct top *top, struct cpa_cli_out *out,
	const struct cpa_graph_node *item, double sum)
{
	char flat[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], cum[CPA_UNITS_BYTES];

	cpa_cli_show_value(&top->loaded, &top->select, item->flat.value,
		cpa_stats_half_width(&top->loaded.view, &item->flat), flat, half);
	cpa_cli_show_value(&top->loaded, &top->select, item->cum.value, -1, cum, NULL);
	if (item->flat.value == 0)
		half[0] = '\0';
	cpa_cli_out_right(out, flat, 10);
	cpa_cli_out_right(out, half, 8);
	fprintf(out->file, "%c%7.1f%%%7.1f%% ",
		cpa_stats_is_few(&item->flat) && half[0] != '\0' ? '*' : ' ',
		cpa_cli_show_percent(&top->loaded, item->flat.value),
		cpa_cli_show_percent(&top->loaded, sum));
	cpa_cli_out_right(out, cum, 10);
	fprintf(out->file, "%7.1f%%  ", cpa_cli_show_percent(&top->loaded, item->cum.value));
	cpa_cli_show_node(out, &top->select, &top->graph.nodes.items[item->node],
		cpa_cli_out_room(out, NAME_COLUMN));
	putc('\n', out->file);
}

static void print_rows(const struct top *top, struct cpa_cli_out *out)
{
	bool has_few = false;
	double sum = 0;
	size_t i;

	if (top->graph.order_count == 0)
		return;
	fprintf(out->file, "      flat       ±    flat%%    sum%%        cum    cum%%\n");
	for (i = 0; i < top->graph.order_count; i++) {
		sum += row(top, i)->flat.value;
		print_row(top, out, row(top, i), sum);
		has_few |= top->loaded.view.is_known && cpa_stats_is_few(&row(top, i)->flat);
	}
	if (has_few)
		cpa_cli_show_few(out);
}

static void print_json(const struct top *top, FILE *file)
{
	const struct cpa_stats_view *view = &top->loaded.view;
	struct cpa_cli_json json = {.file = file};
	size_t i;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_show_json_head(&json, "cprof-top-1", &top->loaded);
	cpa_cli_json_int(&json, "row_count", (int64_t)top->graph.all_count);
	cpa_cli_json_open(&json, "rows", '[');
	for (i = 0; i < top->graph.order_count; i++) {
		cpa_cli_json_open(&json, NULL, '{');
		cpa_cli_show_json_node(
			&json, &top->select, &top->graph.nodes.items[row(top, i)->node]);
		cpa_cli_show_json_sum(&json, view, "flat", &row(top, i)->flat);
		cpa_cli_show_json_sum(&json, view, "cum", &row(top, i)->cum);
		cpa_cli_json_close(&json, '}');
	}
	cpa_cli_json_close(&json, ']');
	cpa_cli_show_json_foot(&json, &top->loaded);
	cpa_cli_json_close(&json, '}');
}

/*
 * What to look at next: the first row that holds something itself. By cum it may be that none does:
 * then the last one, and not what starts a program, whose names begin with '_': every stack has it.
 */
static const struct cpa_graph_node *telling_row(const struct top *top)
{
	const struct cpa_graph *graph = &top->graph;
	const struct cpa_graph_node *most = row(top, 0);
	size_t i;

	for (i = 0; i < graph->order_count; i++)
		if (row(top, i)->flat.value != 0)
			return row(top, i);
	for (i = graph->order_count; i-- > 0;)
		if (graph->nodes.items[row(top, i)->node].name[0] != '_')
			return row(top, i);
	for (i = 0; i < graph->nodes.keys.count; i++)
		if (graph->items[i].flat.value > most->flat.value)
			most = &graph->items[i];
	return most;
}

static int report(struct top *top)
{
	const struct cpa_cli_trim trim = {.node_count = DEFAULT_ROWS};
	struct cpa_graph_options options =
		cpa_cli_load_graph_options(&top->loaded, &top->select, &trim);
	struct cpa_cli_out out;

	options.no_edges = true;
	if (!cpa_cli_out_begin(&out, top->select.output, top->select.wide))
		return CPA_CLI_USAGE;
	cpa_graph_init(&top->graph, &top->loaded.profile, top->loaded.type, &options);
	if (top->select.json) {
		print_json(top, out.file);
	} else {
		cpa_cli_show_head(&out, &top->loaded, &top->select);
		print_summary(top, &out);
		print_rows(top, &out);
		cpa_cli_show_foot(&out, &top->loaded, cpa_cli_show_noun(&top->select, 1));
		if (top->graph.order_count > 0)
			cpa_cli_show_next(&out, &top->loaded, &top->select,
				&top->graph.nodes.items[telling_row(top)->node]);
	}
	cpa_graph_done(&top->graph);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}

int cpa_cli_top(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct top top = {.select = CPA_CLI_SELECT_DEFAULTS};
	int file_count, status;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&top.select),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, -1) ||
		!cpa_cli_load(&top.loaded, &top.select, argv, file_count))
		return CPA_CLI_USAGE;
	status = report(&top);
	cpa_cli_load_done(&top.loaded);
	return status;
}
