/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions with their callers and callees.
 * Not here: which functions (tree.c, peek.c), head and foot (show.c).
 */
#include "report/cli/calls.h"

#include <string.h>

#define NAME_COLUMN 57

static void print_sum(const struct cpa_cli_calls *calls, struct cpa_cli_out *out,
	const struct cpa_stats_sum *sum, double percent)
{
	char value[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];
	bool is_few = calls->loaded->view.is_known && cpa_stats_is_few(sum);

	cpa_cli_show_value(calls->loaded, calls->select, sum->value,
		cpa_stats_half_width(&calls->loaded->view, sum), value, half);
	if (sum->value == 0)
		half[0] = '\0';
	cpa_cli_out_right(out, value, 10);
	cpa_cli_out_right(out, half, 8);
	fprintf(out->file, "%c%7.1f%%", is_few ? '*' : ' ', percent);
}

static void print_name(const struct cpa_cli_calls *calls, struct cpa_cli_out *out, const char *mark,
	uint32_t node, const char *remark)
{
	size_t used = NAME_COLUMN + strlen(mark) + strlen(remark);

	fputs(mark, out->file);
	cpa_cli_show_node(
		out, calls->select, &calls->graph->nodes.items[node], cpa_cli_out_room(out, used));
	fprintf(out->file, "%s\n", remark);
}

static void print_edge(const struct cpa_cli_calls *calls, struct cpa_cli_out *out,
	const struct cpa_graph_edge *edge, bool is_caller, double cum)
{
	const char *remark = edge->is_inline ? " (inline)" : edge->is_residual ? " (...)" : "";

	fprintf(out->file, "%28s", "");
	print_sum(calls, out, &edge->sum, cum != 0 ? 100 * edge->sum.value / cum : 0);
	print_name(calls, out, is_caller ? "    < " : "    > ", is_caller ? edge->from : edge->to,
		remark);
}

static void print_node(const struct cpa_cli_calls *calls, struct cpa_cli_out *out,
	const struct cpa_graph_node *node)
{
	const struct cpa_graph *graph = calls->graph;
	uint32_t i;

	putc('\n', out->file);
	for (i = 0; i < node->in_count; i++)
		print_edge(calls, out, &graph->edges[node->in[i]], true, node->cum.value);
	if (out->bold)
		fputs("\033[1m", out->file);
	print_sum(calls, out, &node->flat, cpa_cli_show_percent(calls->loaded, node->flat.value));
	putc(' ', out->file);
	print_sum(calls, out, &node->cum, cpa_cli_show_percent(calls->loaded, node->cum.value));
	print_name(calls, out, "  ", node->node, out->bold ? "\033[0m" : "");
	for (i = 0; i < node->out_count; i++)
		print_edge(calls, out, &graph->edges[node->out[i]], false, node->cum.value);
}

static void print_summary(const struct cpa_cli_calls *calls, struct cpa_cli_out *out)
{
	double shown = 0;
	size_t i;

	for (i = 0; i < calls->node_count; i++)
		shown += calls->graph->items[calls->nodes[i]].flat.value;
	cpa_cli_show_summary(out, calls->loaded, calls->select, calls->node_count,
		calls->graph->all_count, cpa_cli_show_noun(calls->select, calls->graph->all_count),
		shown);
}

static bool has_few(const struct cpa_cli_calls *calls)
{
	size_t i;

	for (i = 0; i < calls->node_count; i++)
		if (cpa_stats_is_few(&calls->graph->items[calls->nodes[i]].cum))
			return true;
	return false;
}

void cpa_cli_calls_print(const struct cpa_cli_calls *calls, struct cpa_cli_out *out)
{
	size_t i;

	cpa_cli_show_head(out, calls->loaded, calls->select);
	print_summary(calls, out);
	if (calls->node_count > 0)
		fprintf(out->file,
			"      flat       ±    flat%%        cum       ±     cum%%  %s, "
			"< its callers, > what it calls\n",
			cpa_cli_show_noun(calls->select, 1));
	for (i = 0; i < calls->node_count; i++)
		print_node(calls, out, &calls->graph->items[calls->nodes[i]]);
	if (calls->node_count > 0)
		putc('\n', out->file);
	if (calls->loaded->view.is_known && has_few(calls))
		cpa_cli_show_few(out);
	cpa_cli_show_foot(out, calls->loaded, cpa_cli_show_noun(calls->select, 1));
}

static void json_edges(const struct cpa_cli_calls *calls, struct cpa_cli_json *json,
	const char *key, const uint32_t *edges, uint32_t count, bool are_callers)
{
	uint32_t i;

	cpa_cli_json_open(json, key, '[');
	for (i = 0; i < count; i++) {
		const struct cpa_graph_edge *edge = &calls->graph->edges[edges[i]];

		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_show_json_node(json, calls->select,
			&calls->graph->nodes.items[are_callers ? edge->from : edge->to]);
		cpa_cli_show_json_sum(json, &calls->loaded->view, "value", &edge->sum);
		cpa_cli_json_bool(json, "inlined", edge->is_inline);
		cpa_cli_json_bool(json, "residual", edge->is_residual);
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

void cpa_cli_calls_json(const struct cpa_cli_calls *calls, const char *schema, FILE *file)
{
	const struct cpa_stats_view *view = &calls->loaded->view;
	struct cpa_cli_json json = {.file = file};
	size_t i;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_show_json_head(&json, schema, calls->loaded);
	cpa_cli_json_int(&json, "row_count", (int64_t)calls->graph->all_count);
	cpa_cli_json_open(&json, "rows", '[');
	for (i = 0; i < calls->node_count; i++) {
		const struct cpa_graph_node *node = &calls->graph->items[calls->nodes[i]];

		cpa_cli_json_open(&json, NULL, '{');
		cpa_cli_show_json_node(
			&json, calls->select, &calls->graph->nodes.items[node->node]);
		cpa_cli_show_json_sum(&json, view, "flat", &node->flat);
		cpa_cli_show_json_sum(&json, view, "cum", &node->cum);
		json_edges(calls, &json, "callers", node->in, node->in_count, true);
		json_edges(calls, &json, "callees", node->out, node->out_count, false);
		cpa_cli_json_close(&json, '}');
	}
	cpa_cli_json_close(&json, ']');
	cpa_cli_show_json_foot(&json, calls->loaded);
	cpa_cli_json_close(&json, '}');
}
