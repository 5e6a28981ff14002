/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof tags: what the samples with each label hold.
 * Not here: the sums (report/analysis/labels.c).
 */
#include "report/analysis/labels.h"

#include "report/cli/show.h"

#define VALUE_COUNT 10 /* of a key, if nothing else is said */

struct tags {
	const struct cpa_cli_select *select;
	struct cpa_cli_loaded loaded;
	struct cpa_labels labels;
	size_t value_limit;
	bool has_interval; /* the column ± */
	bool has_few;
};

static void print_value(
	struct tags *tags, struct cpa_cli_out *out, const struct cpa_labels_key *key, size_t index)
{
	const struct cpa_labels_value *value = &key->values[index];
	char text[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];
	bool is_few = cpa_stats_is_few(&value->sum);

	cpa_cli_show_value(&tags->loaded, tags->select, value->sum.value,
		cpa_stats_half_width(&tags->loaded.view, &value->sum), text, half);
	cpa_cli_out_right(out, text, 10);
	if (tags->has_interval) {
		putc(' ', out->file);
		cpa_cli_out_right(out, half, 7);
		putc(is_few ? '*' : ' ', out->file);
	}
	fprintf(out->file, "%7.1f%%  ",
		key->sum.value != 0 ? 100 * value->sum.value / key->sum.value : 0);
	cpa_cli_out_text(out, value->text, out->columns > 29 ? out->columns - 29 : 0);
	putc('\n', out->file);
	tags->has_few |= is_few;
}

static void print_key(struct tags *tags, struct cpa_cli_out *out, const struct cpa_labels_key *key)
{
	char text[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];
	double rest = 0;
	size_t i;

	cpa_cli_show_value(&tags->loaded, tags->select, key->sum.value,
		cpa_stats_half_width(&tags->loaded.view, &key->sum), text, half);
	fputs(out->bold ? "\n\033[1m" : "\n", out->file);
	cpa_cli_out_text(out, key->name, 60);
	fprintf(out->file, ": %s%s%s, %.1f%% of all%s\n", text, half[0] != '\0' ? " ±" : "", half,
		cpa_cli_show_percent(&tags->loaded, key->sum.value), out->bold ? "\033[0m" : "");
	for (i = 0; i < key->value_count; i++) {
		if (i < tags->value_limit)
			print_value(tags, out, key, i);
		else
			rest += key->values[i].sum.value;
	}
	if (key->value_count <= tags->value_limit)
		return;
	cpa_cli_show_value(&tags->loaded, tags->select, rest, -1, text, NULL);
	cpa_cli_out_right(out, text, 10);
	fprintf(out->file, "%*.1f%%  %zu other values; -nodecount=0 shows all\n",
		tags->has_interval ? 16 : 7, key->sum.value != 0 ? 100 * rest / key->sum.value : 0,
		key->value_count - tags->value_limit);
}

static void print_text(struct tags *tags, struct cpa_cli_out *out)
{
	size_t i, shown = 0;

	cpa_cli_show_head(out, &tags->loaded, tags->select);
	for (i = 0; i < tags->labels.key_count; i++) {
		if (tags->labels.keys[i].value_count == 0)
			continue;
		print_key(tags, out, &tags->labels.keys[i]);
		shown++;
	}
	if (shown == 0)
		fputs("No sample has a label.\n", out->file);
	putc('\n', out->file);
	if (tags->has_few)
		cpa_cli_show_few(out);
	cpa_cli_show_foot(out, &tags->loaded, "value");
}

static void print_json(struct tags *tags, FILE *file)
{
	const struct cpa_stats_view *view = &tags->loaded.view;
	struct cpa_cli_json json = {.file = file};
	size_t i, j;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_show_json_head(&json, "cprof-tags-1", &tags->loaded);
	cpa_cli_json_open(&json, "tags", '[');
	for (i = 0; i < tags->labels.key_count; i++) {
		const struct cpa_labels_key *key = &tags->labels.keys[i];

		cpa_cli_json_open(&json, NULL, '{');
		cpa_cli_json_text(&json, "key", key->name);
		cpa_cli_show_json_sum(&json, view, "sum", &key->sum);
		cpa_cli_json_int(&json, "value_count", (int64_t)key->value_count);
		cpa_cli_json_open(&json, "values", '[');
		for (j = 0; j < key->value_count && j < tags->value_limit; j++) {
			cpa_cli_json_open(&json, NULL, '{');
			cpa_cli_json_text(&json, "value", key->values[j].text);
			cpa_cli_show_json_sum(&json, view, "sum", &key->values[j].sum);
			cpa_cli_json_close(&json, '}');
		}
		cpa_cli_json_close(&json, ']');
		cpa_cli_json_close(&json, '}');
	}
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_close(&json, '}');
}

int cpa_cli_labels(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_cli_select select = CPA_CLI_SELECT_DEFAULTS;
	struct tags tags = {.select = &select, .value_limit = VALUE_COUNT};
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	struct cpa_cli_out out;
	enum cpa_cli_parsed parsed;
	int file_count, status = CPA_CLI_USAGE;

	parsed = cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, -1))
		return CPA_CLI_USAGE;
	if (!cpa_cli_load(&tags.loaded, &select, argv, file_count))
		return CPA_CLI_USAGE;
	tags.has_interval = tags.loaded.view.is_known && !tags.loaded.view.is_exact;
	if (select.row_count >= 0)
		tags.value_limit = select.row_count > 0 ? (size_t)select.row_count : SIZE_MAX;
	cpa_labels_init(&tags.labels, &tags.loaded.profile, tags.loaded.type, select.unit);
	if (cpa_cli_out_begin(&out, select.output, select.wide)) {
		if (select.json)
			print_json(&tags, out.file);
		else
			print_text(&tags, &out);
		status = cpa_cli_out_end(&out, CPA_CLI_OK);
	}
	cpa_labels_done(&tags.labels);
	cpa_cli_load_done(&tags.loaded);
	return status;
}
