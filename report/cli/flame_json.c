/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of a flame graph: columns of numbers, each name once.
 * Not here: options and files (flame.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/cli/flame.h"
#include "report/cli/out.h"
#include "report/cli/show.h"
#include "report/profile/intern.h"
#include "report/profile/units.h"

/* Names and files that are in use, numbered as they come. */
struct columns {
	const struct cpa_stacktree *tree;
	struct cpa_intern strings;
	uint32_t *frame_of; /* by number in nodes: number on the page + 1; 0: none yet */
	uint32_t *frames;   /* by number on the page: number in nodes */
	size_t frame_count;
};

static uint32_t string_number(struct columns *columns, const char *text)
{
	return cpa_intern_add(&columns->strings, text, strlen(text) + 1, NULL);
}

static void number_frames(struct columns *columns)
{
	const struct cpa_stacktree *tree = columns->tree;
	size_t i;

	string_number(columns, "");
	columns->frame_of = cpa_memory_new(tree->nodes.keys.count, sizeof(*columns->frame_of));
	columns->frames = cpa_memory_new(tree->nodes.keys.count, sizeof(*columns->frames));
	for (i = 0; i < tree->count; i++) {
		uint32_t frame = tree->items[i].frame;

		if (frame >= CPA_STACKTREE_SMALL || columns->frame_of[frame] != 0)
			continue;
		columns->frames[columns->frame_count++] = frame;
		columns->frame_of[frame] = (uint32_t)columns->frame_count;
		string_number(columns, tree->nodes.items[frame].name);
		string_number(columns, tree->nodes.items[frame].file);
	}
}

static void put_frames(struct cpa_cli_json *json, struct columns *columns)
{
	const struct cpa_node *nodes = columns->tree->nodes.items;
	size_t i;

	cpa_cli_json_open(json, "strings", '[');
	for (i = 0; i < columns->strings.count; i++)
		cpa_cli_json_text(
			json, NULL, cpa_intern_get(&columns->strings, (uint32_t)i, &(size_t){0}));
	cpa_cli_json_close(json, ']');
	cpa_cli_json_open(json, "frame_names", '[');
	for (i = 0; i < columns->frame_count; i++)
		cpa_cli_json_int(
			json, NULL, string_number(columns, nodes[columns->frames[i]].name));
	cpa_cli_json_close(json, ']');
	cpa_cli_json_open(json, "frame_files", '[');
	for (i = 0; i < columns->frame_count; i++)
		cpa_cli_json_int(
			json, NULL, string_number(columns, nodes[columns->frames[i]].file));
	cpa_cli_json_close(json, ']');
}

static int64_t frame_on_page(const struct columns *columns, uint32_t frame)
{
	if (frame == CPA_STACKTREE_ROOT)
		return -1;
	if (frame == CPA_STACKTREE_SMALL)
		return -2;
	return (int64_t)columns->frame_of[frame] - 1;
}

static void put_nodes(struct cpa_cli_json *json, const struct columns *columns)
{
	const struct cpa_stacktree *tree = columns->tree;
	size_t i;

	cpa_cli_json_open(json, "parents", '[');
	for (i = 0; i < tree->count; i++)
		cpa_cli_json_int(json, NULL, (int64_t)i - tree->items[i].parent);
	cpa_cli_json_close(json, ']');
	cpa_cli_json_open(json, "frames", '[');
	for (i = 0; i < tree->count; i++)
		cpa_cli_json_int(json, NULL, frame_on_page(columns, tree->items[i].frame));
	cpa_cli_json_close(json, ']');
	cpa_cli_json_open(json, "lines", '[');
	for (i = 0; i < tree->count; i++)
		cpa_cli_json_int(json, NULL, tree->items[i].line);
	cpa_cli_json_close(json, ']');
}

enum column { AT, VALUE, OLD_VALUE, VARIANCE };

static void put_column(struct cpa_cli_json *json, const char *key, enum column column,
	const struct cpa_stacktree *tree, size_t type)
{
	size_t i, last = 0;

	cpa_cli_json_open(json, key, '[');
	for (i = 0; i < tree->count; i++) {
		struct cpa_stacktree_value flat = cpa_stacktree_value(tree, i, type);

		if (flat.value[0] == 0 && flat.value[1] == 0)
			continue;
		if (column == AT)
			cpa_cli_json_int(json, NULL, (int64_t)(i - last));
		else if (column == VARIANCE)
			cpa_cli_json_number(json, NULL, round(flat.variance));
		else
			cpa_cli_json_number(json, NULL, flat.value[column == VALUE]);
		last = i;
	}
	cpa_cli_json_close(json, ']');
}

static void put_type(struct cpa_cli_json *json, const struct cpa_stacktree *tree,
	const struct cpa_profile *profile, size_t type)
{
	static const char *const kinds[] = {"size", "count", "duration"};
	const char *unit = cpa_profile_string(profile, profile->types.items[type].unit);
	const struct cpa_stats_view *view = &tree->views[1][type];
	bool is_known = view->is_known && (!tree->has_base || tree->views[0][type].is_known);

	cpa_cli_json_open(json, NULL, '{');
	cpa_cli_json_text(
		json, "type", cpa_profile_string(profile, profile->types.items[type].type));
	cpa_cli_json_text(json, "unit", unit);
	cpa_cli_json_text(json, "kind", kinds[cpa_units_kind(unit)]);
	cpa_cli_json_bool(json, "has_interval", is_known);
	cpa_cli_json_bool(json, "is_exact", is_known && view->is_exact);
	if (is_known && !view->is_exact)
		cpa_cli_json_number(json,
			view->what == CPA_STATS_HITS ? "invisible_below" : "invisible_below_bytes",
			cpa_stats_visible(view));
	put_column(json, "at", AT, tree, type);
	put_column(json, "values", VALUE, tree, type);
	if (tree->has_base)
		put_column(json, "old_values", OLD_VALUE, tree, type);
	if (is_known && !view->is_exact)
		put_column(json, "variances", VARIANCE, tree, type);
	cpa_cli_json_close(json, '}');
}

void cpa_cli_flame_tree(struct cpa_cli_json *json, const char *key,
	const struct cpa_stacktree *tree, const struct cpa_profile *profile)
{
	struct columns columns = {.tree = tree};
	size_t i;

	number_frames(&columns);
	cpa_cli_json_open(json, key, '{');
	cpa_cli_json_bool(json, "has_base", tree->has_base);
	cpa_cli_json_bool(json, "is_one_process", tree->is_one_process);
	cpa_cli_json_number(json, "z95", CPA_STATS_Z95);
	cpa_cli_json_int(json, "few_samples", CPA_STATS_FEW);
	cpa_cli_json_int(json, "stack_count", (int64_t)tree->stack_count);
	cpa_cli_json_int(json, "folded_count", (int64_t)tree->folded_count);
	cpa_cli_json_number(json, "folded_below", tree->fraction);
	put_frames(json, &columns);
	put_nodes(json, &columns);
	cpa_cli_json_open(json, "types", '[');
	for (i = 0; i < tree->type_count; i++)
		put_type(json, tree, profile, i);
	cpa_cli_json_close(json, ']');
	cpa_cli_json_close(json, '}');
	cpa_intern_done(&columns.strings);
	free(columns.frame_of);
	free(columns.frames);
}

void cpa_cli_flame_about(
	struct cpa_cli_json *json, const char *key, const struct cpa_profile *profile)
{
	struct cpa_stats_view view = {0};
	char program[128], when[32], rate[64] = "", text[40];

	if (profile->types.count > 0)
		view = cpa_stats_view(profile, profile->types.count - 1);
	if (view.is_exact)
		snprintf(rate, sizeof(rate), "every allocation");
	else if (view.is_known)
		snprintf(rate, sizeof(rate), "one sample per %s",
			cpa_cli_show_period(text, sizeof(text), &view, profile->period));
	cpa_cli_json_open(json, key, '{');
	cpa_cli_json_text(json, "file", profile->path);
	cpa_cli_json_text(json, "program", cpa_cli_out_program(program, sizeof(program), profile));
	cpa_cli_json_text(json, "kind", cpa_comments_get(profile, "kind"));
	cpa_cli_json_text(
		json, "taken", cpa_cli_out_time(when, sizeof(when), profile->time_ns, true));
	cpa_cli_json_int(json, "time_ns", profile->time_ns);
	cpa_cli_json_int(json, "duration_ns", profile->duration_ns);
	cpa_cli_json_text(json, "rate", rate);
	cpa_cli_json_int(json, "sample_count", (int64_t)profile->samples.count);
	cpa_cli_json_close(json, '}');
}
