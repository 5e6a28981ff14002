/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof tree: the call graph as text, each function with its callers and callees.
 * Not here: a block of it (calls.c), the graph (report/graph/graph.c).
 */
#include "report/cli/calls.h"

static int report(const struct cpa_cli_loaded *loaded, const struct cpa_cli_select *select)
{
	const struct cpa_cli_trim trim = {80, 0.005, 0.001}; /* as Go's client */
	struct cpa_graph_options options = cpa_cli_load_graph_options(loaded, select, &trim);
	struct cpa_graph graph;
	struct cpa_cli_calls calls = {.loaded = loaded, .select = select, .graph = &graph};
	struct cpa_cli_out out;

	if (!cpa_cli_out_begin(&out, select->output, select->wide))
		return CPA_CLI_USAGE;
	cpa_graph_init(&graph, &loaded->profile, loaded->type, &options);
	calls.nodes = graph.order;
	calls.node_count = graph.order_count;
	if (select->json)
		cpa_cli_calls_json(&calls, "cprof-tree-1", out.file);
	else
		cpa_cli_calls_print(&calls, &out);
	cpa_graph_done(&graph);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}

int cpa_cli_tree(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_cli_select select = CPA_CLI_SELECT_DEFAULTS;
	struct cpa_cli_loaded loaded;
	int file_count, status;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, -1) ||
		!cpa_cli_load(&loaded, &select, argv, file_count))
		return CPA_CLI_USAGE;
	status = report(&loaded, &select);
	cpa_cli_load_done(&loaded);
	return status;
}
