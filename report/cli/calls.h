/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions with their callers and callees, for people and as JSON: what cprof tree and cprof peek
 * print.
 * Not here: which functions (tree.c, peek.c), head and foot (show.h).
 */
#ifndef CPA_CLI_CALLS_H
#define CPA_CLI_CALLS_H

#include "report/cli/show.h"
#include "report/graph/graph.h"

struct cpa_cli_calls {
	const struct cpa_cli_loaded *loaded;
	const struct cpa_cli_select *select;
	const struct cpa_graph *graph;
	const uint32_t *nodes; /* to show, in this order */
	size_t node_count;
};

/* The whole report. */
void cpa_cli_calls_print(const struct cpa_cli_calls *calls, struct cpa_cli_out *out);
void cpa_cli_calls_json(const struct cpa_cli_calls *calls, const char *schema, FILE *file);

#endif
