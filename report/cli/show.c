/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the reports on one profile have in common: head, values, foot.
 * Not here: the same in JSON (show_json.c), rows (each verb has its own).
 */
#include "report/cli/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/cli/next.h"
#include "report/web/pages.h"

#define LEAST_NAME 12 /* columns of a name that is cut */
#include "report/profile/scale.h"

static void put_filter(struct cpa_cli_out *out, bool *is_first, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	fputs(*is_first ? "Only what passes" : "", out->file);
	*is_first = false;
	fprintf(out->file, " -%s=", name);
	cpa_cli_out_text(out, value, out->columns > 0 ? 40 : 0);
}

bool cpa_cli_show_filters(struct cpa_cli_out *out, const struct cpa_cli_select *select)
{
	const struct cpa_filter *filter = &select->filter;
	bool is_first = true;

	put_filter(out, &is_first, "focus", filter->focus);
	put_filter(out, &is_first, "ignore", filter->ignore);
	put_filter(out, &is_first, "show", filter->show);
	put_filter(out, &is_first, "hide", filter->hide);
	put_filter(out, &is_first, "show_from", filter->show_from);
	put_filter(out, &is_first, "prune_from", filter->prune_from);
	put_filter(out, &is_first, "tagfocus", filter->tagfocus);
	put_filter(out, &is_first, "tagignore", filter->tagignore);
	return !is_first;
}

static void print_filters(struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select)
{
	if (!cpa_cli_show_filters(out, select))
		return;
	if (loaded->profile.samples.count == 0)
		fputs("; nothing does\n", out->file);
	else
		fprintf(out->file, "; percentages are of %s\n",
			select->relative_percentages ? "that" : "the whole");
}

char *cpa_cli_show_period(
	char *to, size_t to_bytes, const struct cpa_stats_view *view, int64_t period)
{
	return view->what == CPA_STATS_HITS ? cpa_units_elapsed(to, to_bytes, period)
					    : cpa_units_rate(to, to_bytes, period);
}

/* "one sample per 512 KiB, 1,204 samples" */
static void tell_sampling(char *to, size_t to_bytes, const struct cpa_cli_loaded *loaded)
{
	char rate[40], samples[32];

	to[0] = '\0';
	if (loaded->view.is_exact)
		snprintf(to, to_bytes, "every allocation");
	else if (loaded->view.is_known)
		snprintf(to, to_bytes, "one sample per %s, %s samples",
			cpa_cli_show_period(
				rate, sizeof(rate), &loaded->view, loaded->profile.period),
			cpa_units_grouped(
				samples, sizeof(samples), llround(loaded->total.samples)));
}

void cpa_cli_show_head(struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select)
{
	const char *kind = cpa_comments_get(&loaded->profile, "kind");
	char program[128], kind_text[40] = "", type[80], files[48] = "", base[96] = "", when[32];
	char sampled[96];
	const char *const parts[] = {program, kind_text, type, files, base, when, sampled};
	const char *base_path = select->base != NULL ? select->base : select->diff_base;

	cpa_cli_out_program(program, sizeof(program), &loaded->profile);
	if (kind != NULL && strcmp(kind, loaded->type_name) != 0)
		snprintf(kind_text, sizeof(kind_text), "%.32s", kind);
	snprintf(type, sizeof(type), "%s%.64s", loaded->is_mean ? "mean " : "", loaded->type_name);
	if (loaded->file_count > 1)
		snprintf(files, sizeof(files), "%zu profiles in sum", loaded->file_count);
	if (loaded->has_base && base_path != NULL)
		snprintf(base, sizeof(base), "less %.80s", base_path);
	cpa_cli_out_time(when, sizeof(when), loaded->profile.time_ns, true);
	tell_sampling(sampled, sizeof(sampled), loaded);
	cpa_cli_out_head(out, parts, CPA_ARRAY_LEN(parts));
	print_filters(out, loaded, select);
}

void cpa_cli_show_foot(
	struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded, const char *noun)
{
	const struct cpa_stats_view *view = &loaded->view;
	char visible[CPA_UNITS_BYTES];
	bool is_inuse = strncmp(loaded->type_name, "inuse_", 6) == 0;

	if (loaded->has_base && loaded->kind == CPA_UNITS_SIZE)
		fprintf(out->file, "What cancels has no ±: cprof diff OLD NEW tells growth from "
				   "chance.\n");
	if (!view->is_known)
		return;
	if (is_inuse && loaded->total.value == 0 && !loaded->has_base)
		fprintf(out->file, "Nothing was live: all that was seen had been freed. See an "
				   "earlier snapshot, or -alloc_space.\n");
	if (view->is_exact) {
		fprintf(out->file, "Every allocation was recorded: these numbers are exact.\n");
		return;
	}
	cpa_units_value(view->what == CPA_STATS_HITS ? loaded->kind : CPA_UNITS_SIZE,
		cpa_stats_visible(view), -1, false, visible, NULL);
	fprintf(out->file,
		"± is half of the 95%% interval. %s %s that %s less than %s may be missing.\n%s",
		noun[0] == 'a' ? "An" : "A", noun, view->what == CPA_STATS_HITS ? "takes" : "holds",
		visible,
		view->what != CPA_STATS_HITS && view->rate_bytes > 65536
			? "Smaller ones show up with more samples: rate=64k\n"
			: "");
}

/* Two decimals, as Go's client prints a chosen unit; none where they are zeros. */
static void print_number(char *to, size_t to_bytes, double number)
{
	size_t length;

	snprintf(to, to_bytes, "%.2f", number);
	length = strlen(to);
	if (length > 3 && strcmp(to + length - 3, ".00") == 0)
		to[length - 3] = '\0';
	if (strcmp(to, "-0") == 0)
		memmove(to, to + 1, 2);
}

void cpa_cli_show_value(const struct cpa_cli_loaded *loaded, const struct cpa_cli_select *select,
	double value, double half_width, char ret_value[CPA_UNITS_BYTES],
	char ret_half[CPA_UNITS_BYTES])
{
	char number[CPA_UNITS_BYTES];
	const char *unit;

	if (strcmp(select->unit, "minimum") == 0 || strcmp(select->unit, "auto") == 0) {
		cpa_units_value(loaded->kind, value, half_width, false, ret_value, ret_half);
		return;
	}
	print_number(number, sizeof(number),
		cpa_scale_value(value, loaded->unit_name, select->unit, &unit));
	snprintf(ret_value, CPA_UNITS_BYTES, "%.24s%s%.6s", number, unit[0] != '\0' ? " " : "",
		unit);
	if (ret_half == NULL)
		return;
	ret_half[0] = '\0';
	if (half_width >= 0)
		print_number(ret_half, CPA_UNITS_BYTES,
			cpa_scale_value(half_width, loaded->unit_name, select->unit, &unit));
}

void cpa_cli_show_next(struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select, const struct cpa_node *node)
{
	const char *path = loaded->profile.path;

	if (select->output != NULL || loaded->file_count != 1 || loaded->has_base ||
		strcmp(path, "-") == 0)
		return;
	if (node->is_named) {
		fputs("next: cprof peek ", out->file);
		cpa_cli_next_pattern(out, node->name);
		putc(' ', out->file);
		cpa_cli_next_path(out, path);
		putc('\n', out->file);
	}
	if (cpa_pages_find("flame") == NULL)
		return;
	fputs(node->is_named ? "  or  cprof flame " : "next: cprof flame ", out->file);
	cpa_cli_next_path(out, path);
	fputs(" -o flame.html\n", out->file);
}

void cpa_cli_show_summary(struct cpa_cli_out *out, const struct cpa_cli_loaded *loaded,
	const struct cpa_cli_select *select, size_t shown_count, size_t all_count, const char *noun,
	double shown_value)
{
	char total[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], of[CPA_UNITS_BYTES];
	bool has_half, has_sign = fabs(loaded->magnitude - loaded->total.value) >= 1;

	cpa_cli_show_value(loaded, select, loaded->total.value,
		cpa_stats_half_width(&loaded->view, &loaded->total), total, half);
	has_half = half[0] != '\0' && strcmp(half, "0") != 0;
	fprintf(out->file, "Showing %zu of %zu %s", shown_count, all_count, noun);
	if (loaded->is_mean) {
		fprintf(out->file, "; the mean of all is %s\n", total);
	} else if (has_sign) {
		/* With a base: what grew and what shrank may cancel in the sum. */
		cpa_cli_show_value(loaded, select, loaded->magnitude, -1, of, NULL);
		fprintf(out->file, "; %s in sum, percentages are of %s%s\n", total, of,
			select->diff_base != NULL ? ", the base" : "");
	} else {
		fprintf(out->file, ", %.0f%% of %s%s%s\n",
			cpa_cli_show_percent(loaded, shown_value), total, has_half ? " ±" : "",
			has_half ? half : "");
	}
}

void cpa_cli_show_few(struct cpa_cli_out *out)
{
	fprintf(out->file,
		"* fewer than %d samples: the truth may be higher than ± says; --json has both "
		"ends\n",
		CPA_STATS_FEW);
}

double cpa_cli_show_percent(const struct cpa_cli_loaded *loaded, double value)
{
	return loaded->magnitude > 0 ? 100 * value / loaded->magnitude : 0;
}

const char *cpa_cli_show_noun(const struct cpa_cli_select *select, size_t count)
{
	static const char *const one[] = {"function", "function", "file", "line", "address"};
	static const char *const many[] = {"functions", "functions", "files", "lines", "addresses"};

	return count == 1 ? one[select->by] : many[select->by];
}

void cpa_cli_show_node(struct cpa_cli_out *out, const struct cpa_cli_select *select,
	const struct cpa_node *node, size_t columns)
{
	bool has_lines = select->by == CPA_NODES_BY_LINE || select->by == CPA_NODES_BY_ADDRESS;
	char addr[32] = "", line[32] = "";
	const char *slash = strrchr(node->file, '/');
	const char *file =
		slash != NULL && slash[1] != '\0' && out->columns > 0 ? slash + 1 : node->file;
	size_t bytes, name_columns, place_columns;
	char *text;

	if (select->by == CPA_NODES_BY_FUNCTION || select->by == CPA_NODES_BY_FILE)
		file = "";
	if (select->by == CPA_NODES_BY_ADDRESS)
		snprintf(addr, sizeof(addr), "0x%" PRIx64 " ", node->addr);
	if (has_lines && node->line > 0)
		snprintf(line, sizeof(line), ":%" PRId64, node->line);
	bytes = strlen(addr) + strlen(node->name) + 1;
	text = cpa_memory_new(bytes, 1);
	snprintf(text, bytes, "%s%s", addr, node->name);
	/* Where the line is counts for more than the end of a name. */
	place_columns =
		file[0] != '\0' || line[0] != '\0' ? 1 + cpa_units_columns(file) + strlen(line) : 0;
	name_columns = cpa_units_columns(text);
	if (columns > 0 && name_columns + place_columns > columns)
		name_columns = columns >= place_columns + LEAST_NAME ? columns - place_columns
								     : LEAST_NAME;
	cpa_cli_out_text(out, text, columns > 0 ? name_columns : 0);
	free(text);
	if (place_columns == 0)
		return;
	putc(' ', out->file);
	bytes = strlen(file) + strlen(line) + 1;
	text = cpa_memory_new(bytes, 1);
	snprintf(text, bytes, "%s%s", file, line);
	cpa_cli_out_text(out, text,
		columns == 0                 ? 0
		: columns > name_columns + 1 ? columns - name_columns - 1
					     : 1);
	free(text);
}
