/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof top: which functions hold the memory, and how surely.
 * Not here: the sums (report/analysis/table.c).
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/analysis/filter.h"
#include "report/analysis/table.h"
#include "report/analysis/units.h"
#include "report/cli/json.h"
#include "report/cli/load.h"
#include "report/cli/options.h"
#include "report/cli/out.h"

struct top {
	struct cpa_cli_loaded loaded;
	struct cpa_profile profile;
	struct cpa_table table;
	struct cpa_cli_select select;
	size_t type;
	size_t shown_count;
	enum cpa_units_kind kind;
};

static const char *row_noun(const struct top *top)
{
	static const char *const nouns[] = {
		"functions", "functions", "files", "lines", "addresses"};

	return nouns[top->select.by];
}

static void print_header(struct top *top, struct cpa_cli_out *out)
{
	const struct cpa_profile *profile = &top->profile;
	const char *kind = cpa_comments_get(profile, "kind");
	char program[128], kind_text[40] = "", type[72], when[32];
	char rate[40], samples[32], sampled[96] = "";
	const char *const parts[] = {program, kind_text, type, when, sampled};

	if (top->table.view.is_exact)
		snprintf(sampled, sizeof(sampled), "every allocation");
	else if (top->table.view.is_known)
		snprintf(sampled, sizeof(sampled), "one sample per %s, %s samples",
			cpa_units_rate(rate, sizeof(rate), profile->period),
			cpa_units_grouped(
				samples, sizeof(samples), llround(top->table.total.samples)));
	cpa_cli_out_program(program, sizeof(program), profile);
	if (kind != NULL)
		snprintf(kind_text, sizeof(kind_text), "%.32s", kind);
	snprintf(type, sizeof(type), "%.64s",
		cpa_profile_string(profile, profile->types.items[top->type].type));
	cpa_cli_out_time(when, sizeof(when), profile->time_ns, true);
	cpa_cli_out_head(out, parts, CPA_ARRAY_LEN(parts));
}

static double percent(const struct top *top, double value)
{
	return top->table.magnitude > 0 ? 100 * value / top->table.magnitude : 0;
}

static void print_summary(struct top *top, struct cpa_cli_out *out)
{
	char total[2 * CPA_UNITS_BYTES];
	double shown = 0;
	size_t i;

	for (i = 0; i < top->shown_count; i++)
		shown += top->table.rows[i].flat.value;
	cpa_units_interval(total, sizeof(total), top->kind, top->table.total.value,
		cpa_stats_half_width(&top->table.view, &top->table.total), false);
	fprintf(out->file, "Showing %zu of %zu %s, %.0f%% of %s\n", top->shown_count,
		top->table.row_count, row_noun(top), percent(top, shown), total);
}

static void print_name(struct top *top, struct cpa_cli_out *out, const struct cpa_node *node)
{
	size_t room = out->columns > 57 ? out->columns - 57 : 0;
	char text[1024];
	const char *slash = strrchr(node->file, '/');
	const char *file =
		slash != NULL && slash[1] != '\0' && out->columns > 0 ? slash + 1 : node->file;

	if (top->select.by == CPA_NODES_BY_FUNCTION) {
		cpa_cli_out_text(out, node->name, room);
	} else {
		char addr[32] = "", line[32] = "";

		if (top->select.by == CPA_NODES_BY_ADDRESS)
			snprintf(addr, sizeof(addr), "0x%" PRIx64 " ", node->addr);
		if (node->line > 0)
			snprintf(line, sizeof(line), ":%" PRId64, node->line);
		snprintf(text, sizeof(text), "%s%.600s%s%.300s%s", addr, node->name,
			file[0] != '\0' ? " " : "", file, line);
		cpa_cli_out_text(out, text, room);
	}
	putc('\n', out->file);
}

static void print_rows(struct top *top, struct cpa_cli_out *out)
{
	bool has_few = false;
	double sum = 0;
	size_t i;

	fprintf(out->file, "      flat       ±    flat%%    sum%%        cum    cum%%\n");
	for (i = 0; i < top->shown_count; i++) {
		const struct cpa_table_row *row = &top->table.rows[i];
		char flat[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], cum[CPA_UNITS_BYTES];
		bool is_few = cpa_stats_is_few(&row->flat);

		cpa_units_value(top->kind, row->flat.value,
			cpa_stats_half_width(&top->table.view, &row->flat), false, flat, half);
		cpa_units_value(top->kind, row->cum.value, -1, false, cum, NULL);
		if (row->flat.value == 0)
			half[0] = '\0';
		has_few |= is_few;
		sum += row->flat.value;
		cpa_cli_out_right(out, flat, 10);
		cpa_cli_out_right(out, half, 8);
		fprintf(out->file, "%c%7.1f%%%7.1f%% ", is_few ? '*' : ' ',
			percent(top, row->flat.value), percent(top, sum));
		cpa_cli_out_right(out, cum, 10);
		fprintf(out->file, "%7.1f%%  ", percent(top, row->cum.value));
		print_name(top, out, &top->table.nodes.items[row->node]);
	}
	if (has_few)
		fprintf(out->file,
			"* fewer than %d samples: the truth may be higher than ± says; --json has "
			"both ends\n",
			CPA_STATS_FEW);
}

static void print_footer(struct top *top, struct cpa_cli_out *out)
{
	const struct cpa_stats_view *view = &top->table.view;
	char visible[CPA_UNITS_BYTES];

	if (!view->is_known)
		return;
	if (view->is_exact) {
		fprintf(out->file, "Every allocation was recorded: these numbers are exact.\n");
		return;
	}
	cpa_units_value(CPA_UNITS_SIZE, cpa_stats_visible_bytes(view->rate_bytes), -1, false,
		visible, NULL);
	fprintf(out->file,
		"± is half of the 95%% interval. A function that holds less than %s may be "
		"missing.\n%s",
		visible,
		view->rate_bytes > 65536 ? "Smaller ones show up with more samples: rate=64k\n"
					 : "");
}

static void json_sum(struct cpa_cli_json *json, const struct cpa_stats_view *view,
	const char *prefix, const struct cpa_stats_sum *sum)
{
	char key[64];
	double low, high;

	cpa_cli_json_number(json, prefix, sum->value);
	if (!view->is_known)
		return;
	cpa_stats_interval(view, sum, &low, &high);
	snprintf(key, sizeof(key), "%s_half_width", prefix);
	cpa_cli_json_number(json, key, cpa_stats_half_width(view, sum));
	snprintf(key, sizeof(key), "%s_low", prefix);
	cpa_cli_json_number(json, key, low);
	snprintf(key, sizeof(key), "%s_high", prefix);
	cpa_cli_json_number(json, key, high);
	snprintf(key, sizeof(key), "%s_samples", prefix);
	cpa_cli_json_number(json, key, sum->samples);
}

static void print_json(struct top *top, FILE *file)
{
	const struct cpa_profile *profile = &top->profile;
	const struct cpa_stats_view *view = &top->table.view;
	struct cpa_cli_json json = {.file = file};
	size_t i;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_json_text(&json, "schema", "cprof-top-1");
	cpa_cli_json_text(&json, "file", profile->path);
	cpa_cli_json_text(&json, "program", cpa_profile_exe(profile));
	cpa_cli_json_text(&json, "pid", cpa_comments_get(profile, "pid"));
	cpa_cli_json_int(&json, "time_ns", profile->time_ns);
	cpa_cli_json_text(&json, "sample_type",
		cpa_profile_string(profile, profile->types.items[top->type].type));
	cpa_cli_json_text(
		&json, "unit", cpa_profile_string(profile, profile->types.items[top->type].unit));
	cpa_cli_json_int(&json, "period", profile->period);
	cpa_cli_json_bool(&json, "has_interval", view->is_known);
	json_sum(&json, view, "total", &top->table.total);
	cpa_cli_json_int(&json, "row_count", (int64_t)top->table.row_count);
	cpa_cli_json_open(&json, "rows", '[');
	for (i = 0; i < top->shown_count; i++) {
		const struct cpa_table_row *row = &top->table.rows[i];
		const struct cpa_node *node = &top->table.nodes.items[row->node];

		cpa_cli_json_open(&json, NULL, '{');
		cpa_cli_json_text(&json, "name", node->name);
		if (top->select.by != CPA_NODES_BY_FUNCTION) {
			cpa_cli_json_text(&json, "source", node->file);
			cpa_cli_json_int(&json, "line", node->line);
		}
		if (top->select.by == CPA_NODES_BY_ADDRESS) {
			char addr[32];

			snprintf(addr, sizeof(addr), "0x%" PRIx64, node->addr);
			cpa_cli_json_text(&json, "address", addr);
		}
		json_sum(&json, view, "flat", &row->flat);
		json_sum(&json, view, "cum", &row->cum);
		cpa_cli_json_close(&json, '}');
	}
	cpa_cli_json_close(&json, ']');
	if (view->is_known)
		cpa_cli_json_number(
			&json, "invisible_below_bytes", cpa_stats_visible_bytes(view->rate_bytes));
	cpa_cli_json_close(&json, '}');
}

static int report(struct top *top)
{
	struct cpa_cli_out out;

	if (!cpa_cli_out_begin(&out, top->select.output, top->select.wide))
		return CPA_CLI_USAGE;
	cpa_table_init(&top->table, &top->loaded.profile, top->loaded.type,
		(enum cpa_nodes_by)top->select.by, top->select.sort_by_cum);
	top->table.total = top->loaded.total;
	top->table.magnitude = top->loaded.magnitude;
	top->kind = top->loaded.kind;
	top->type = top->loaded.type;
	top->profile = top->loaded.profile;
	top->shown_count = top->table.row_count;
	if (top->select.row_count < 0)
		top->select.row_count = 10;
	if (top->select.row_count > 0 && (uint64_t)top->select.row_count < top->shown_count)
		top->shown_count = (size_t)top->select.row_count;
	if (top->select.json) {
		print_json(top, out.file);
	} else {
		print_header(top, &out);
		print_summary(top, &out);
		if (top->shown_count > 0)
			print_rows(top, &out);
		print_footer(top, &out);
	}
	cpa_table_done(&top->table);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}

int cpa_cli_top(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct top top = {.select = CPA_CLI_SELECT_DEFAULTS};
	int file_count, status;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&top.select),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return parsed == CPA_CLI_STOP_OK ? CPA_CLI_OK : CPA_CLI_USAGE;
	if (!cpa_cli_options_files(verb, file_count, 1) ||
		!cpa_cli_load(&top.loaded, &top.select, argv, file_count))
		return CPA_CLI_USAGE;
	status = report(&top);
	cpa_cli_load_done(&top.loaded);
	return status;
}
