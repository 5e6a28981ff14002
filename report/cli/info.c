/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof info: what a profile says of itself, and whether it is to be trusted.
 * Not here: its samples (top.c, raw.c); where the memory is (reconcile.c); the keys of our comments
 * (report/facts.h).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/cli/json.h"
#include "report/cli/options.h"
#include "report/cli/out.h"
#include "report/cli/reconcile.h"
#include "report/graph/table.h"
#include "report/profile/units.h"

/* Losses, by the keys of our comments: what each means when it is not 0. */
static const struct {
	const char *key;
	const char *meaning;
} losses[] = {
	{"dropped_store_full", "samples were dropped because the store was full: all numbers are "
			       "too low; raise store_max"},
	{"stacks_full", "samples are charged to [stack table full]; raise store_max"},
	{"untracked_region",
		"samples were not recorded, no room in the address range: all numbers are too low"},
	{"untracked_arena", "samples were not recorded, the program chose the arena itself"},
	{"truncated_stacks", "stacks were deeper than depth and end in [truncated]; raise depth"},
	{"failed_unwinds", "stacks could not be unwound and are charged to [unwind failed]"},
};

static void print_fact(struct cpa_cli_out *out, const char *name, const char *text)
{
	fprintf(out->file, "%-10s", name);
	cpa_cli_out_text(out, text, 0);
	putc('\n', out->file);
}

/* "10.0 ms"; a unit that has no short form stands behind its number. */
static void print_period(struct cpa_cli_out *out, const struct cpa_profile *profile)
{
	const char *unit = cpa_profile_string(profile, profile->period_type.unit);
	enum cpa_units_kind kind = cpa_units_kind(unit);
	char text[CPA_UNITS_BYTES];

	cpa_units_value(kind, (double)profile->period, -1, false, text, NULL);
	fprintf(out->file, "period    %s", text);
	if (kind == CPA_UNITS_COUNT && unit[0] != '\0') {
		putc(' ', out->file);
		cpa_cli_out_text(out, unit, 32);
	}
	putc('\n', out->file);
}

static void print_facts(const struct cpa_profile *profile, struct cpa_cli_out *out)
{
	const char *exe = cpa_comments_get(profile, "exe"),
		   *kind = cpa_comments_get(profile, "kind");
	int64_t start_ns = cpa_comments_number(profile, "start_ns"),
		taken = cpa_comments_number(profile, "samples");
	int64_t rate = cpa_comments_number(profile, "rate_bytes");
	struct cpa_stats_view view = {0};
	char program[128], when[32], text[64];

	if (profile->types.count > 0)
		view = cpa_stats_view(profile, profile->types.count - 1);
	print_fact(out, "program", cpa_cli_out_program(program, sizeof(program), profile));
	if (exe != NULL)
		print_fact(out, "file", exe);
	if (kind != NULL)
		print_fact(out, "kind", kind);
	if (profile->time_ns > 0) {
		fprintf(out->file, "taken     %s",
			cpa_cli_out_time(when, sizeof(when), profile->time_ns, true));
		if (start_ns > 0 && start_ns <= profile->time_ns)
			fprintf(out->file, ", %s after the start",
				cpa_units_elapsed(text, sizeof(text), profile->time_ns - start_ns));
		putc('\n', out->file);
	}
	if (profile->duration_ns > 0)
		fprintf(out->file, "over      %s\n",
			cpa_units_elapsed(text, sizeof(text), profile->duration_ns));
	if (rate == 0)
		fprintf(out->file, "rate      sampling is off\n");
	else if (view.is_exact)
		fprintf(out->file, "rate      every allocation: the numbers are exact\n");
	else if (view.is_known)
		fprintf(out->file, "rate      one sample per %s\n",
			cpa_units_rate(text, sizeof(text), profile->period));
	else if (profile->period > 0)
		print_period(out, profile);
	fprintf(out->file, "rows      %s samples",
		cpa_units_grouped(text, sizeof(text), (int64_t)profile->samples.count));
	fprintf(out->file, ", %s locations",
		cpa_units_grouped(text, sizeof(text), (int64_t)profile->locations.count));
	fprintf(out->file, ", %s functions\n",
		cpa_units_grouped(text, sizeof(text), (int64_t)profile->functions.count));
	if (taken >= 0)
		fprintf(out->file, "sampled   %s allocations since the start\n",
			cpa_units_grouped(text, sizeof(text), taken));
}

static void print_totals(const struct cpa_profile *profile, struct cpa_cli_out *out)
{
	size_t i;
	int default_type = cpa_profile_type(profile, "", &(struct cpa_error){""});

	fprintf(out->file, "totals\n");
	for (i = 0; i < profile->types.count; i++) {
		struct cpa_stats_view view = cpa_stats_view(profile, i);
		const char *type = cpa_profile_string(profile, profile->types.items[i].type);
		const char *unit = cpa_profile_string(profile, profile->types.items[i].unit);
		size_t type_columns = cpa_units_columns(type);
		char text[2 * CPA_UNITS_BYTES];
		double magnitude;
		struct cpa_stats_sum total = cpa_table_total(profile, i, &view, &magnitude);

		fputs("  ", out->file);
		cpa_cli_out_text(out, type, 64);
		fprintf(out->file, "%*s", type_columns < 16 ? (int)(16 - type_columns) : 0, "");
		cpa_cli_out_right(out,
			cpa_units_interval(text, sizeof(text), cpa_units_kind(unit), total.value,
				cpa_stats_half_width(&view, &total), false),
			22);
		if (cpa_units_kind(unit) == CPA_UNITS_COUNT && strcmp(unit, "count") != 0) {
			putc(' ', out->file);
			cpa_cli_out_text(out, unit, 32);
		}
		fprintf(out->file, "%s\n", (int)i == default_type ? "  (shown by default)" : "");
	}
}

static void print_health(const struct cpa_profile *profile, struct cpa_cli_out *out)
{
	int64_t sampling_ns = cpa_comments_number(profile, "sampling_ns"),
		threads_ns = cpa_comments_number(profile, "own_threads_cpu_ns"),
		cpu_ns = cpa_comments_number(profile, "process_cpu_ns");
	int64_t store_bytes = cpa_comments_number(profile, "store_used_bytes"),
		limit_bytes = cpa_comments_number(profile, "store_limit_bytes");
	char text[64], limit[64];
	bool is_known = false, is_well = true;
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(losses); i++)
		is_known |= cpa_comments_number(profile, losses[i].key) >= 0;
	if (!is_known && sampling_ns < 0)
		return;
	fprintf(out->file, "health\n");
	for (i = 0; i < CPA_ARRAY_LEN(losses); i++) {
		int64_t count = cpa_comments_number(profile, losses[i].key);

		if (count <= 0)
			continue;
		is_well = false;
		fprintf(out->file, "  %s %s\n", cpa_units_grouped(text, sizeof(text), count),
			losses[i].meaning);
	}
	if (is_known && is_well)
		fprintf(out->file, "  nothing dropped, no stack cut\n");
	if (sampling_ns >= 0 && cpu_ns > 0)
		fprintf(out->file, "  sampling used %.2g%% of the CPU time\n",
			100. * (double)sampling_ns / (double)cpu_ns);
	if (threads_ns > 0 && cpu_ns > 0)
		fprintf(out->file, "  the profiler's own threads used %.2g%% of it\n",
			100. * (double)threads_ns / (double)cpu_ns);
	if (store_bytes >= 0) {
		cpa_units_value(CPA_UNITS_SIZE, (double)store_bytes, -1, false, text, NULL);
		cpa_units_value(CPA_UNITS_SIZE, (double)limit_bytes, -1, false, limit, NULL);
		fprintf(out->file, "  the sampler's own memory is %s%s%s\n", text,
			limit_bytes > 0 ? " of at most " : "", limit_bytes > 0 ? limit : "");
	}
}

static void print_mappings(const struct cpa_profile *profile, struct cpa_cli_out *out)
{
	size_t i;

	fprintf(out->file, "mappings (%zu)\n", profile->mappings.count);
	for (i = 0; i < profile->mappings.count; i++) {
		const struct cpa_profile_mapping *mapping = &profile->mappings.items[i];
		const char *build_id = cpa_profile_string(profile, mapping->build_id);
		char range[48];

		snprintf(range, sizeof(range), "0x%" PRIx64 "-0x%" PRIx64, mapping->start,
			mapping->limit);
		fprintf(out->file, "  %-31s  ", range);
		cpa_cli_out_text(out, cpa_profile_string(profile, mapping->file), 0);
		if (build_id[0] != '\0') {
			fputs("  ", out->file);
			cpa_cli_out_text(out, build_id, 0);
		}
		putc('\n', out->file);
	}
}

/* Ours have been told above, in words. */
static void print_comments(const struct cpa_profile *profile, struct cpa_cli_out *out)
{
	bool has_title = false;
	size_t i;

	for (i = 0; i < profile->comments.count; i++) {
		if (cpa_comments_is_own(profile, i))
			continue;
		if (!has_title)
			fprintf(out->file, "comments\n");
		has_title = true;
		fputs("  ", out->file);
		cpa_cli_out_text(out, cpa_profile_string(profile, profile->comments.items[i]), 0);
		putc('\n', out->file);
	}
}

static void print_text(const struct cpa_profile *profile, struct cpa_cli_out *out)
{
	print_facts(profile, out);
	print_totals(profile, out);
	cpa_cli_reconcile_print(profile, out);
	print_health(profile, out);
	print_comments(profile, out);
	print_mappings(profile, out);
}

static void json_types(struct cpa_cli_json *json, const struct cpa_profile *profile)
{
	size_t i;

	cpa_cli_json_open(json, "sample_types", '[');
	for (i = 0; i < profile->types.count; i++) {
		struct cpa_stats_view view = cpa_stats_view(profile, i);
		double magnitude;
		struct cpa_stats_sum total = cpa_table_total(profile, i, &view, &magnitude);

		cpa_cli_json_open(json, NULL, '{');
		cpa_cli_json_text(
			json, "type", cpa_profile_string(profile, profile->types.items[i].type));
		cpa_cli_json_text(
			json, "unit", cpa_profile_string(profile, profile->types.items[i].unit));
		cpa_cli_json_number(json, "total", total.value);
		if (view.is_known) {
			cpa_cli_json_number(
				json, "half_width", cpa_stats_half_width(&view, &total));
			cpa_cli_json_number(json, "samples", total.samples);
		}
		cpa_cli_json_close(json, '}');
	}
	cpa_cli_json_close(json, ']');
}

static void print_json(const struct cpa_profile *profile, FILE *file)
{
	struct cpa_cli_json json = {.file = file};
	size_t i;

	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_json_text(&json, "schema", "cprof-info-1");
	cpa_cli_json_text(&json, "file", profile->path);
	cpa_cli_json_text(&json, "program", cpa_profile_exe(profile));
	cpa_cli_json_text(&json, "pid", cpa_comments_get(profile, "pid"));
	cpa_cli_json_int(&json, "time_ns", profile->time_ns);
	cpa_cli_json_int(&json, "duration_ns", profile->duration_ns);
	cpa_cli_json_text(
		&json, "period_type", cpa_profile_string(profile, profile->period_type.type));
	cpa_cli_json_text(
		&json, "period_unit", cpa_profile_string(profile, profile->period_type.unit));
	cpa_cli_json_int(&json, "period", profile->period);
	cpa_cli_json_text(
		&json, "default_sample_type", cpa_profile_string(profile, profile->default_type));
	cpa_cli_json_int(&json, "sample_count", (int64_t)profile->samples.count);
	cpa_cli_json_int(&json, "location_count", (int64_t)profile->locations.count);
	cpa_cli_json_int(&json, "function_count", (int64_t)profile->functions.count);
	json_types(&json, profile);
	cpa_cli_reconcile_json(profile, &json);
	cpa_cli_json_open(&json, "mappings", '[');
	for (i = 0; i < profile->mappings.count; i++) {
		const struct cpa_profile_mapping *mapping = &profile->mappings.items[i];
		char addr[32];

		cpa_cli_json_open(&json, NULL, '{');
		snprintf(addr, sizeof(addr), "0x%" PRIx64, mapping->start);
		cpa_cli_json_text(&json, "start", addr);
		snprintf(addr, sizeof(addr), "0x%" PRIx64, mapping->limit);
		cpa_cli_json_text(&json, "limit", addr);
		snprintf(addr, sizeof(addr), "0x%" PRIx64, mapping->offset);
		cpa_cli_json_text(&json, "offset", addr);
		cpa_cli_json_text(&json, "file", cpa_profile_string(profile, mapping->file));
		cpa_cli_json_text(
			&json, "build_id", cpa_profile_string(profile, mapping->build_id));
		cpa_cli_json_close(&json, '}');
	}
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_open(&json, "comments", '[');
	for (i = 0; i < profile->comments.count; i++)
		cpa_cli_json_text(
			&json, NULL, cpa_profile_string(profile, profile->comments.items[i]));
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_close(&json, '}');
}

int cpa_cli_info(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_profile profile = {0};
	struct cpa_cli_out out;
	const char *path = NULL;
	bool json = false;
	const struct cpa_cli_option options[] = {
		{"o", CPA_CLI_TEXT, &path, 0},
		{"output", CPA_CLI_TEXT, &path, 0},
		{"json", CPA_CLI_FLAG, &json, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	int file_count;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, 1) || !cpa_cli_out_load(&profile, argv[0]))
		return CPA_CLI_USAGE;
	if (!cpa_cli_out_begin(&out, path, true)) {
		cpa_profile_done(&profile);
		return CPA_CLI_USAGE;
	}
	if (json)
		print_json(&profile, out.file);
	else
		print_text(&profile, &out);
	cpa_profile_done(&profile);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}
