/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof flame: a profile, or the change between two, as a flame graph in one HTML file.
 * Not here: the data of it (flame_json.c), the page (report/web/).
 */
#include "report/cli/flame.h"

#include <stdlib.h>
#include <string.h>

#include "report/analysis/diff.h"
#include "report/cli/load.h"
#include "report/cli/page.h"

/*
 * What a browser draws without making people wait. More stacks than that are seen with
 * -focus, or with a larger -nodecount.
 */
#define DEFAULT_NODE_COUNT 20000

struct flame {
	struct cpa_cli_select select;
	struct cpa_cli_loaded loaded, base;
	struct cpa_stacktree tree;
};

/* What was asked for beside the files, so that nobody takes a part for the whole. */
static void put_filters(struct cpa_cli_json *json, const struct cpa_filter *filter)
{
	const struct {
		const char *name, *value;
	} filters[] = {
		{"focus", filter->focus},
		{"ignore", filter->ignore},
		{"show", filter->show},
		{"hide", filter->hide},
		{"show_from", filter->show_from},
		{"prune_from", filter->prune_from},
		{"tagfocus", filter->tagfocus},
		{"tagignore", filter->tagignore},
	};
	size_t i;

	cpa_cli_json_open(json, "filters", '[');
	for (i = 0; i < CPA_ARRAY_LEN(filters); i++) {
		if (filters[i].value == NULL || filters[i].value[0] == '\0')
			continue;
		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_json_text(json, "option", filters[i].name);
		cpa_cli_json_text(json, "value", filters[i].value);
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

static void put_data(struct flame *flame, struct cpa_cli_json *json)
{
	cpa_cli_json_open(json, NULL, '{');
	cpa_cli_json_text(json, "schema", "cprof-flame-1");
	cpa_cli_json_text(json, "version", PACKAGE_VERSION);
	cpa_cli_json_int(json, "type", (int64_t)flame->loaded.type);
	cpa_cli_json_int(json, "file_count", (int64_t)flame->loaded.file_count);
	cpa_cli_flame_about(json, "about", &flame->loaded.profile);
	if (flame->tree.has_base)
		cpa_cli_flame_about(json, "base", &flame->base.profile);
	put_filters(json, &flame->select.filter);
	cpa_cli_flame_tree(json, "tree", &flame->tree, &flame->loaded.profile);
	cpa_cli_json_close(json, '}');
}

static int write_page(struct flame *flame)
{
	struct cpa_cli_page page;

	if (!cpa_cli_page_begin(&page, "flame", flame->select.output))
		return CPA_CLI_USAGE;
	put_data(flame, &page.json);
	return cpa_cli_page_end(&page);
}

static int write_json(struct flame *flame)
{
	struct cpa_cli_out out;
	struct cpa_cli_json json = {.file = NULL};

	if (!cpa_cli_out_begin(&out, flame->select.output, true))
		return CPA_CLI_USAGE;
	json.file = out.file;
	put_data(flame, &json);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}

/* Both profiles are loaded alone, so that the page can tell before, after and the change apart. */
static bool load(struct flame *flame, char **paths, int path_count)
{
	struct cpa_cli_select select = flame->select;
	char *base = (char *)(select.diff_base != NULL ? select.diff_base : select.base);

	select.base = select.diff_base = NULL;
	if (!cpa_cli_load(&flame->loaded, &select, paths, path_count))
		return false;
	if (base == NULL || base[0] == '\0')
		return true;
	flame->tree.has_base = cpa_cli_load(&flame->base, &select, &base, 1);
	return flame->tree.has_base;
}

static int report(struct flame *flame, char **paths, int path_count)
{
	const struct cpa_profile *base = NULL;
	struct cpa_stacktree_options options = {.by = (enum cpa_nodes_by)flame->select.by,
		.no_inlines = flame->select.no_inlines,
		.normalizes = flame->select.normalize};
	int64_t count = flame->select.row_count;

	if (!load(flame, paths, path_count))
		return CPA_CLI_USAGE;
	if (flame->tree.has_base) {
		base = &flame->base.profile;
		options.is_one_process =
			path_count == 1 && cpa_diff_one_process(base, &flame->loaded.profile) == 1;
	}
	cpa_stacktree_init(&flame->tree, &flame->loaded.profile, base, &options);
	if (count < 0)
		count = flame->select.node_fraction >= 0 ? 0 : DEFAULT_NODE_COUNT;
	cpa_stacktree_prune(&flame->tree,
		flame->select.trim && flame->select.node_fraction > 0 ? flame->select.node_fraction
								      : 0,
		flame->select.trim ? (size_t)count : 0);
	return flame->select.json ? write_json(flame) : write_page(flame);
}

int cpa_cli_flame(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct flame flame = {.select = CPA_CLI_SELECT_DEFAULTS};
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&flame.select),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	int file_count, status;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, -1))
		return CPA_CLI_USAGE;
	if (!flame.select.json && !cpa_cli_page_check(verb->name, "flame", flame.select.output))
		return CPA_CLI_USAGE;
	status = report(&flame, argv, file_count);
	cpa_stacktree_done(&flame.tree);
	cpa_cli_load_done(&flame.loaded);
	cpa_cli_load_done(&flame.base);
	return status;
}
