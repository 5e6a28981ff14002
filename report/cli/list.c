/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof list: the source of the functions that match, with what each line holds.
 * Not here: the sums (report/graph/listing.c), finding source (report/graph/sourcefile.c),
 * the same as JSON (list_json.c).
 */
#include "report/cli/list.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report/cli/show.h"

#define SUM_BYTES     (2 * CPA_UNITS_BYTES + 8)
#define CONTEXT_LINES 5
/* A gap is not worth a fold that saves less than this. */
#define FOLD_LINES    3
#define HOT_SHARE     0.2 /* of what the function holds */

static const char *const faint = "\033[2m", *const hot = "\033[1;31m", *const normal = "\033[0m";

/* "61.2 MB ±5.6" */
static void show_sum(struct cpa_cli_list *list, const struct cpa_stats_sum *sum, char to[SUM_BYTES])
{
	char value[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];

	cpa_cli_show_value(&list->loaded, list->select, sum->value,
		cpa_stats_half_width(&list->loaded.view, sum), value, half);
	snprintf(to, SUM_BYTES, "%s%s%s", value, list->has_interval && sum->value != 0 ? " ±" : "",
		list->has_interval && sum->value != 0 ? half : "");
}

static void print_total(struct cpa_cli_list *list, struct cpa_cli_out *out)
{
	char total[SUM_BYTES];
	size_t count = list->listing.function_count;

	show_sum(list, &list->loaded.total, total);
	fprintf(out->file, "%s in all; ", total);
	if (list->shown_count < count)
		fprintf(out->file, "the first %zu of ", list->shown_count);
	fprintf(out->file, "%zu function%s match%s ", count, count == 1 ? "" : "s",
		count == 1 ? "es" : "");
	cpa_cli_out_text(out, list->wanted_text, 60);
	putc('\n', out->file);
}

/* A value and its half width; a '.' where there is nothing, as Go's client prints it. */
static void print_value(struct cpa_cli_list *list, struct cpa_cli_out *out,
	const struct cpa_stats_sum *sum, size_t columns)
{
	char value[CPA_UNITS_BYTES] = ".", half[CPA_UNITS_BYTES] = "";
	bool is_few = sum != NULL && cpa_stats_is_few(sum);

	if (sum != NULL && sum->value != 0)
		cpa_cli_show_value(&list->loaded, list->select, sum->value,
			cpa_stats_half_width(&list->loaded.view, sum), value, half);
	cpa_cli_out_right(out, value, columns);
	if (!list->has_interval)
		return;
	putc(' ', out->file);
	cpa_cli_out_right(out, half, 6);
	putc(is_few ? '*' : ' ', out->file);
	list->has_few |= is_few;
}

static void print_line(struct cpa_cli_list *list, struct cpa_cli_out *out,
	const struct cpa_listing_function *function, const struct cpa_listing_line *line,
	int64_t number, const char *text)
{
	size_t used = list->has_interval ? 44 : 29;
	const char *colour = line == NULL ? faint : "";

	if (line != NULL && function->cum.value != 0 &&
		fabs(line->cum.value / function->cum.value) >= HOT_SHARE)
		colour = hot;
	if (out->bold)
		fputs(colour, out->file);
	print_value(list, out, line != NULL ? &line->flat : NULL, 9);
	print_value(list, out, line != NULL ? &line->cum : NULL, 10);
	if (number > 0)
		fprintf(out->file, "%7" PRId64, number);
	else
		fputs("      ?", out->file);
	if (out->bold && line == NULL)
		fputs(normal, out->file);
	if (text != NULL && text[0] != '\0') {
		fputs("  ", out->file);
		cpa_cli_out_text(out, text, out->columns > used ? out->columns - used : 0);
	}
	if (out->bold && colour == hot)
		fputs(normal, out->file);
	putc('\n', out->file);
}

static void print_gap(struct cpa_cli_list *list, struct cpa_cli_out *out, int64_t count)
{
	fprintf(out->file, "%s%*s⋮  %" PRId64 " lines that hold nothing%s\n",
		out->bold ? faint : "", list->has_interval ? 41 : 25, "", count,
		out->bold ? normal : "");
}

/* Lines of the file from first to last, those near to what holds something. */
static void print_source(struct cpa_cli_list *list, struct cpa_cli_out *out,
	const struct cpa_listing_function *function, const struct cpa_sourcefile *file)
{
	const struct cpa_listing_line *next = function->lines, *end = next + function->line_count;
	int64_t number = cpa_listing_begin(function, CONTEXT_LINES),
		last = cpa_listing_end(function, file->line_count, CONTEXT_LINES), folded = 0;

	for (; next < end && next->line < 1; next++)
		print_line(list, out, function, next, 0, "(line not known)");
	for (; number <= last && (uint64_t)number <= file->line_count; number++) {
		bool has_value = next < end && next->line == number;
		char *text;

		if (!list->all_lines && !cpa_listing_is_near(function, number, CONTEXT_LINES) &&
			(folded > 0 || !cpa_listing_is_near(
					       function, number + FOLD_LINES, CONTEXT_LINES))) {
			folded++;
			continue;
		}
		if (folded > 0)
			print_gap(list, out, folded);
		folded = 0;
		text = cpa_sourcefile_shown(file, number);
		print_line(list, out, function, has_value ? next : NULL, number, text);
		next += has_value;
		free(text);
	}
	for (; next < end; next++)
		print_line(list, out, function, next, next->line, "(the file ends before)");
}

/* The lines themselves when the source is not here. */
static void print_values(struct cpa_cli_list *list, struct cpa_cli_out *out,
	const struct cpa_listing_function *function)
{
	size_t i;

	for (i = 0; i < function->line_count; i++)
		print_line(list, out, function, &function->lines[i], function->lines[i].line, NULL);
}

static void print_note(struct cpa_cli_out *out, const char *text)
{
	fputs("  ", out->file);
	cpa_cli_out_text(out, text, 0);
	putc('\n', out->file);
}

static void print_title(struct cpa_cli_list *list, struct cpa_cli_out *out,
	const struct cpa_listing_function *function)
{
	char flat[SUM_BYTES], cum[SUM_BYTES];
	const struct cpa_cli_loaded *loaded = &list->loaded;

	fputs(out->bold ? "\n\033[1m" : "\n", out->file);
	cpa_cli_out_text(out, function->name, 0);
	if (function->file[0] != '\0') {
		fputs(" in ", out->file);
		cpa_cli_out_text(out, function->file, 0);
	}
	show_sum(list, &function->flat, flat);
	show_sum(list, &function->cum, cum);
	fprintf(out->file, "%s\n  flat %s, %.1f%%; cum %s, %.1f%%\n", out->bold ? normal : "", flat,
		cpa_cli_show_percent(loaded, function->flat.value), cum,
		cpa_cli_show_percent(loaded, function->cum.value));
}

/* Where a function calls itself its lines hold the same memory more than once. */
static void note_recursion(struct cpa_cli_list *list, struct cpa_cli_out *out,
	const struct cpa_listing_function *function)
{
	double sum = cpa_listing_lines_cum(function);
	char value[CPA_UNITS_BYTES], note[128];

	if (fabs(sum - function->cum.value) < 0.5)
		return;
	cpa_cli_show_value(&list->loaded, list->select, sum, -1, value, NULL);
	snprintf(note, sizeof(note), "it calls itself: its lines add up to %s", value);
	print_note(out, note);
}

static void print_function(struct cpa_cli_list *list, struct cpa_cli_out *out,
	const struct cpa_listing_function *function)
{
	const struct cpa_sourcefile *file = NULL;
	char note[CPA_CLI_LIST_NOTE_BYTES];

	print_title(list, out, function);
	if (function->file[0] == '\0') {
		print_note(out, "its source is not known: the profile has no file and line for it");
		return;
	}
	note_recursion(list, out, function);
	file = cpa_sourcefile_get(&list->files, function->file);
	if (file->found == NULL)
		print_note(out, file->trouble.text);
	else if (strcmp(file->found, function->file) != 0) {
		snprintf(note, sizeof(note), "read from %s", file->found);
		print_note(out, note);
	}
	if (cpa_cli_list_changed(list, function, file, note, NULL))
		print_note(out, note);
	if (list->has_interval)
		fputs("     flat      ±        cum      ±    line\n", out->file);
	else
		fputs("     flat       cum   line\n", out->file);
	if (file->found != NULL)
		print_source(list, out, function, file);
	else
		print_values(list, out, function);
}

static void print_footer(struct cpa_cli_list *list, struct cpa_cli_out *out)
{
	putc('\n', out->file);
	if (list->has_few)
		cpa_cli_show_few(out);
	cpa_cli_show_foot(out, &list->loaded, "line");
}

bool cpa_cli_list_changed(const struct cpa_cli_list *list,
	const struct cpa_listing_function *function, const struct cpa_sourcefile *file,
	char ret_note[CPA_CLI_LIST_NOTE_BYTES], const char **ret_since)
{
	const struct cpa_profile *profile = &list->loaded.profile;
	const char *binary = "", *since = NULL;
	struct stat about;
	char when[32];

	if (file->found == NULL)
		return false;
	if (function->mapping != CPA_PROFILE_NONE)
		binary = cpa_profile_string(
			profile, profile->mappings.items[function->mapping].file);
	cpa_cli_out_time(when, sizeof(when), file->changed_ns, true);
	if (profile->time_ns > 0 && file->changed_ns > profile->time_ns) {
		since = "profile";
		snprintf(ret_note, CPA_CLI_LIST_NOTE_BYTES,
			"changed after the profile was taken (on %s): the lines may be others",
			when);
	} else if (binary[0] == '/' && stat(binary, &about) == 0 && S_ISREG(about.st_mode) &&
		   file->changed_ns / 1000000000 > about.st_mtim.tv_sec) {
		since = "binary";
		snprintf(ret_note, CPA_CLI_LIST_NOTE_BYTES,
			"changed after %.300s was built (on %s): the lines may be others", binary,
			when);
	}
	if (ret_since != NULL)
		*ret_since = since;
	return since != NULL;
}

/* One line, with the filters that may be why. */
static void refuse(const struct cpa_cli_list *list, const struct cpa_cli_select *select)
{
	struct cpa_cli_out out = {.file = stderr};
	char *filters = NULL;
	size_t filters_bytes;

	fputs("cprof list: no function matches ", stderr);
	cpa_cli_out_text(&out, list->wanted_text, 0);
	fputs("; cprof top names them", stderr);
	out.file = open_memstream(&filters, &filters_bytes);
	if (out.file != NULL) {
		bool is_filtered = cpa_cli_show_filters(&out, select);

		if (fclose(out.file) == 0 && is_filtered)
			fprintf(stderr, ". %s is looked at", filters);
	}
	free(filters);
	putc('\n', stderr);
}

static int report(struct cpa_cli_list *list, const struct cpa_cli_select *select)
{
	struct cpa_cli_out out;
	size_t i;

	cpa_listing_init(&list->listing, &list->loaded.profile, list->loaded.type,
		select->no_inlines, &list->wanted);
	if (list->listing.function_count == 0) {
		refuse(list, select);
		return CPA_CLI_USAGE;
	}
	list->has_interval = list->loaded.view.is_known && !list->loaded.view.is_exact;
	list->shown_count = list->listing.function_count;
	if (select->row_count > 0 && (uint64_t)select->row_count < list->shown_count)
		list->shown_count = (size_t)select->row_count;
	if (!cpa_cli_out_begin(&out, select->output, select->wide))
		return CPA_CLI_USAGE;
	if (select->json) {
		cpa_cli_list_json(list, out.file, CONTEXT_LINES);
		return cpa_cli_out_end(&out, CPA_CLI_OK);
	}
	cpa_cli_show_head(&out, &list->loaded, select);
	print_total(list, &out);
	for (i = 0; i < list->shown_count; i++)
		print_function(list, &out, &list->listing.functions[i]);
	print_footer(list, &out);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}

int cpa_cli_list(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_cli_select select = CPA_CLI_SELECT_DEFAULTS;
	struct cpa_cli_list list = {.select = &select};
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select),
		{"source_path", CPA_CLI_TEXT, &list.files.source_path, 0},
		{"trim_path", CPA_CLI_TEXT, &list.files.trim_path, 0},
		{"all_lines", CPA_CLI_FLAG, &list.all_lines, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	struct cpa_error error = {""};
	int file_count, status = CPA_CLI_USAGE;
	enum cpa_cli_parsed parsed;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (file_count < 2) {
		fprintf(stderr,
			"cprof list: want a regular expression and a profile; usage: "
			"cprof list %s\n",
			verb->usage);
		return CPA_CLI_USAGE;
	}
	list.wanted_text = argv[0];
	if (cpa_pattern_init(&list.wanted, argv[0], &error) != 0) {
		fprintf(stderr, "cprof list: %s: %s\n", argv[0], error.text);
		return CPA_CLI_USAGE;
	}
	if (cpa_cli_load(&list.loaded, &select, argv + 1, file_count - 1)) {
		status = report(&list, &select);
		cpa_listing_done(&list.listing);
		cpa_sourcefile_done(&list.files);
		cpa_cli_load_done(&list.loaded);
	}
	cpa_pattern_done(&list.wanted);
	return status;
}
