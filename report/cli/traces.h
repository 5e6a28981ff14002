/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stacks that cprof traces shows, for its two forms.
 * Not here: reading and filtering (load.h).
 */
#ifndef CPA_CLI_TRACES_H
#define CPA_CLI_TRACES_H

#include "report/cli/show.h"

struct cpa_cli_traces {
	struct cpa_cli_loaded loaded;
	struct cpa_cli_select select;
	struct cpa_nodes nodes;
	struct cpa_nodes_map map;
	uint32_t *order; /* samples, the heaviest first */
	size_t shown_count, all_count;
};

/* What one sample holds; with its interval. */
struct cpa_stats_sum cpa_cli_traces_sum(const struct cpa_cli_traces *traces, uint32_t sample);

/* The report as JSON. */
void cpa_cli_traces_json(const struct cpa_cli_traces *traces, FILE *file);

#endif
