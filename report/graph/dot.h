/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call graph in the language of Graphviz, laid out as Go's client does: nodes as large as what
 * they hold themselves, coloured by what they hold with all they called, labels in boxes below.
 * Not here: which nodes and edges (graph.h, visual.h), making a picture of it (cli/svg.c).
 */
#ifndef CPA_GRAPH_DOT_H
#define CPA_GRAPH_DOT_H

#include <stdio.h>

#include "report/graph/nodelets.h"
#include "report/profile/units.h"

struct cpa_dot_options {
	const char *title;
	const char *legend; /* lines */
	double magnitude;   /* what percentages are of */
	/* A value and, where an interval is known, its half width; else ret_half is "". */
	void (*show)(void *context, const struct cpa_stats_sum *sum,
		char ret_value[CPA_UNITS_BYTES], char ret_half[CPA_UNITS_BYTES]);
	void *context;
};

/*
 * Write it. Any text from outside is made fit for Graphviz and for the SVG it will write.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_dot_print(FILE *file, const struct cpa_graph *graph, const struct cpa_nodelets *nodelets,
	const struct cpa_dot_options *options);

#endif
