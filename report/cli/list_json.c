/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof list as JSON.
 * Not here: the same as text (list.c); the schema is docs/schema/cprof-list-1.json.
 */
#include <stdlib.h>

#include "report/cli/json.h"
#include "report/cli/list.h"
#include "report/cli/show.h"

static void json_line(struct cpa_cli_json *json, struct cpa_cli_list *list,
	const struct cpa_listing_line *line, int64_t number, const struct cpa_sourcefile *file)
{
	const struct cpa_stats_view *view = &list->loaded.view;
	char *text = file->found != NULL ? cpa_sourcefile_line(file, number) : NULL;

	cpa_cli_json_open(json, NULL, '{');
	cpa_cli_json_int(json, "line", number);
	if (line != NULL) {
		cpa_cli_show_json_sum(json, view, "flat", &line->flat);
		cpa_cli_show_json_sum(json, view, "cum", &line->cum);
	} else {
		cpa_cli_json_int(json, "flat", 0);
		cpa_cli_json_int(json, "cum", 0);
	}
	cpa_cli_json_text(json, "text", text);
	cpa_cli_json_close(json, '}');
	free(text);
}

static void json_lines(struct cpa_cli_json *json, struct cpa_cli_list *list,
	const struct cpa_listing_function *function, const struct cpa_sourcefile *file,
	int64_t context)
{
	const struct cpa_listing_line *next = function->lines, *end = next + function->line_count;
	int64_t number = cpa_listing_begin(function, context),
		last = cpa_listing_end(function, file->line_count, context);

	cpa_cli_json_open(json, "lines", '[');
	for (; next < end && next->line < 1; next++)
		json_line(json, list, next, 0, file);
	for (; number <= last && (uint64_t)number <= file->line_count; number++) {
		bool has_value = next < end && next->line == number;

		if (list->all_lines || cpa_listing_is_near(function, number, context))
			json_line(json, list, has_value ? next : NULL, number, file);
		next += has_value;
	}
	for (; next < end; next++)
		json_line(json, list, next, next->line, file);
	cpa_cli_json_close(json, ']');
}

static void json_function(struct cpa_cli_json *json, struct cpa_cli_list *list,
	const struct cpa_listing_function *function, int64_t context)
{
	const struct cpa_stats_view *view = &list->loaded.view;
	const struct cpa_sourcefile *file = cpa_sourcefile_get(&list->files, function->file);
	char note[CPA_CLI_LIST_NOTE_BYTES];
	const char *since = NULL;

	cpa_cli_json_open(json, NULL, '{');
	cpa_cli_json_text(json, "name", function->name);
	cpa_cli_json_text(json, "source", function->file);
	cpa_cli_json_text(json, "source_read", file->found);
	cpa_cli_json_text(json, "source_trouble", file->found != NULL ? NULL : file->trouble.text);
	(void)cpa_cli_list_changed(list, function, file, note, &since);
	cpa_cli_json_text(json, "source_changed_after", since);
	cpa_cli_json_int(json, "start_line", function->start_line);
	cpa_cli_show_json_sum(json, view, "flat", &function->flat);
	cpa_cli_show_json_sum(json, view, "cum", &function->cum);
	json_lines(json, list, function, file, context);
	cpa_cli_json_close(json, '}');
}

void cpa_cli_list_json(struct cpa_cli_list *list, FILE *file, int64_t context)
{
	struct cpa_cli_json json = {.file = file};
	size_t i;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_show_json_head(&json, "cprof-list-1", &list->loaded);
	cpa_cli_json_int(&json, "function_count", (int64_t)list->listing.function_count);
	cpa_cli_json_open(&json, "functions", '[');
	for (i = 0; i < list->shown_count; i++)
		json_function(&json, list, &list->listing.functions[i], context);
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_close(&json, '}');
}
