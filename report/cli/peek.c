/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof peek RE: the callers and callees of the functions that match.
 * Not here: a block of it (calls.c), the graph (report/graph/graph.c).
 */
#include <stdlib.h>

#include "report/cli/calls.h"
#include "report/profile/pattern.h"

struct peek {
	struct cpa_cli_loaded loaded;
	struct cpa_cli_select select;
	const char *text;
	struct cpa_pattern pattern;
};

/* The nodes that match, in the order of the graph; freed with free(). */
static uint32_t *match_nodes(
	const struct peek *peek, const struct cpa_graph *graph, size_t *ret_count)
{
	uint32_t *nodes = cpa_memory_new(graph->order_count + 1, sizeof(*nodes));
	size_t i, count = 0;

	for (i = 0; i < graph->order_count; i++) {
		char *text = cpa_nodes_text(&graph->nodes, graph->order[i]);

		if (cpa_pattern_matches(&peek->pattern, text))
			nodes[count++] = graph->order[i];
		free(text);
	}
	*ret_count = count;
	return nodes;
}

static int refuse(const struct peek *peek)
{
	if (cpa_pattern_gave_up(&peek->pattern))
		fprintf(stderr,
			"cprof peek: %.200s: takes too long on a name in this profile; use fewer * "
			"and + inside of each other\n",
			peek->text);
	else
		fprintf(stderr, "cprof peek: no %s matches %.200s; see cprof top -nodecount=0\n",
			cpa_cli_show_noun(&peek->select, 1), peek->text);
	return CPA_CLI_USAGE;
}

static int print(const struct peek *peek, const struct cpa_cli_calls *calls)
{
	struct cpa_cli_out out;

	if (!cpa_cli_out_begin(&out, peek->select.output, peek->select.wide))
		return CPA_CLI_USAGE;
	if (peek->select.json)
		cpa_cli_calls_json(calls, "cprof-peek-1", out.file);
	else
		cpa_cli_calls_print(calls, &out);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}

static int report(struct peek *peek)
{
	const struct cpa_cli_trim trim = {0};
	struct cpa_graph_options options;
	struct cpa_graph graph;
	struct cpa_cli_calls calls = {
		.loaded = &peek->loaded, .select = &peek->select, .graph = &graph};
	uint32_t *nodes;
	int status;

	peek->select.trim = false; /* who calls it does not depend on how much it holds */
	options = cpa_cli_load_graph_options(&peek->loaded, &peek->select, &trim);
	cpa_graph_init(&graph, &peek->loaded.profile, peek->loaded.type, &options);
	calls.nodes = nodes = match_nodes(peek, &graph, &calls.node_count);
	status = calls.node_count > 0 && !cpa_pattern_gave_up(&peek->pattern) ? print(peek, &calls)
									      : refuse(peek);
	free(nodes);
	cpa_graph_done(&graph);
	return status;
}

static bool compile(struct peek *peek)
{
	struct cpa_error error = {""};

	if (cpa_pattern_init(&peek->pattern, peek->text, &error) == 0)
		return true;
	fprintf(stderr, "cprof peek: %.200s: %s\n", peek->text, error.text);
	return false;
}

int cpa_cli_peek(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct peek peek = {.select = CPA_CLI_SELECT_DEFAULTS};
	int file_count, status = CPA_CLI_USAGE;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&peek.select),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (file_count < 2) {
		fprintf(stderr,
			"cprof peek: want a regular expression and a profile; usage: cprof "
			"peek %s\n",
			verb->usage);
		return CPA_CLI_USAGE;
	}
	peek.text = argv[0];
	if (!compile(&peek))
		return CPA_CLI_USAGE;
	if (cpa_cli_load(&peek.loaded, &peek.select, argv + 1, file_count - 1)) {
		status = report(&peek);
		cpa_cli_load_done(&peek.loaded);
	}
	cpa_pattern_done(&peek.pattern);
	return status;
}
