/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof leaks --html: the data of the page: the report, and the growth from the first snapshot to
 * the last as a tree.
 * Not here: the page (report/web/src/leaks.js), the same without a page (leaks_json.c).
 */
#include "report/analysis/diff.h"
#include "report/cli/flame.h"
#include "report/cli/leaks.h"
#include "report/cli/load.h"
#include "report/cli/page.h"
#include "report/graph/stacktree.h"

#define MOST_SITES 100   /* rows of the table */
#define MOST_NODES 20000 /* frames of the graph */

static void put_page(const struct cpa_cli_leaks_report *report, struct cpa_cli_json *json,
	const struct cpa_cli_loaded *first, const struct cpa_cli_loaded *last)
{
	struct cpa_stacktree tree;
	struct cpa_stacktree_options options = {.by = (enum cpa_nodes_by)report->select->by,
		.no_inlines = report->select->no_inlines,
		.is_one_process = cpa_diff_one_process(&first->profile, &last->profile) == 1};

	cpa_stacktree_init(&tree, &last->profile, &first->profile, &options);
	cpa_stacktree_prune(&tree, 0, MOST_NODES);
	cpa_cli_json_open(json, NULL, '{');
	cpa_cli_json_text(json, "schema", "cprof-leaks-page-1");
	cpa_cli_json_text(json, "version", PACKAGE_VERSION);
	cpa_cli_json_int(json, "type", (int64_t)last->type);
	cpa_cli_flame_about(json, "about", &last->profile);
	cpa_cli_flame_about(json, "base", &first->profile);
	cpa_cli_leaks_json(report, json, "leaks", MOST_SITES);
	cpa_cli_flame_tree(json, "tree", &tree, &last->profile);
	cpa_cli_json_close(json, '}');
	cpa_stacktree_done(&tree);
}

int cpa_cli_leaks_page(const struct cpa_cli_leaks_report *report, const char *path)
{
	struct cpa_cli_select select = *report->select;
	struct cpa_cli_loaded first = {0}, last = {0};
	struct cpa_cli_page page;
	char *first_path = report->history->snapshots[0].path,
	     *last_path = report->history->snapshots[report->history->snapshot_count - 1].path;
	int status = CPA_CLI_USAGE;

	select.base = select.diff_base = NULL;
	select.sample_index = report->type_name;
	if (cpa_cli_load(&first, &select, &first_path, 1) &&
		cpa_cli_load(&last, &select, &last_path, 1) &&
		cpa_cli_page_begin(&page, "leaks", path)) {
		put_page(report, &page.json, &first, &last);
		status = cpa_cli_page_end(&page);
	}
	cpa_cli_load_done(&first);
	cpa_cli_load_done(&last);
	return status;
}
