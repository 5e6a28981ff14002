/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof raw: everything that is in a profile, in the order and form of `go tool pprof -raw`.
 * Not here: sums (top.c).
 */
#include <inttypes.h>
#include <string.h>

#include "report/cli/options.h"
#include "report/cli/out.h"

static void put_string(struct cpa_cli_out *out, const struct cpa_profile *profile, uint32_t string)
{
	cpa_cli_out_text(out, cpa_profile_string(profile, string), 0);
}

static void print_head(struct cpa_cli_out *out, const struct cpa_profile *profile)
{
	char when[32];
	size_t i;

	for (i = 0; i < profile->comments.count; i++) {
		fputs("Comment: ", out->file);
		put_string(out, profile, profile->comments.items[i]);
		putc('\n', out->file);
	}
	if (profile->period_type.type != 0 || profile->period_type.unit != 0) {
		fputs("PeriodType: ", out->file);
		put_string(out, profile, profile->period_type.type);
		putc(' ', out->file);
		put_string(out, profile, profile->period_type.unit);
		putc('\n', out->file);
	}
	fprintf(out->file, "Period: %" PRId64 "\n", profile->period);
	if (profile->time_ns != 0)
		fprintf(out->file, "Time: %s.%09" PRId64 "\n",
			cpa_cli_out_time(when, sizeof(when), profile->time_ns, true),
			profile->time_ns % 1000000000);
	if (profile->duration_ns != 0)
		fprintf(out->file, "Duration: %.9g s\n", (double)profile->duration_ns / 1e9);
	if (profile->drop_frames != 0) {
		fputs("DropFrames: ", out->file);
		put_string(out, profile, profile->drop_frames);
		putc('\n', out->file);
	}
	if (profile->keep_frames != 0) {
		fputs("KeepFrames: ", out->file);
		put_string(out, profile, profile->keep_frames);
		putc('\n', out->file);
	}
}

static void print_labels(struct cpa_cli_out *out, const struct cpa_profile *profile,
	const struct cpa_profile_sample *sample)
{
	uint32_t i;

	if (sample->label_count == 0)
		return;
	fputs("               ", out->file);
	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];

		putc(' ', out->file);
		put_string(out, profile, label->key);
		fputs(":[", out->file);
		if (label->str != 0) {
			put_string(out, profile, label->str);
		} else {
			fprintf(out->file, "%" PRId64, label->num);
			if (label->unit != 0) {
				putc(' ', out->file);
				put_string(out, profile, label->unit);
			}
		}
		putc(']', out->file);
	}
	putc('\n', out->file);
}

static void print_samples(struct cpa_cli_out *out, const struct cpa_profile *profile)
{
	size_t i, j;

	fputs("Samples:\n", out->file);
	for (i = 0; i < profile->types.count; i++) {
		put_string(out, profile, profile->types.items[i].type);
		putc('/', out->file);
		put_string(out, profile, profile->types.items[i].unit);
		if (profile->default_type != 0 &&
			strcmp(cpa_profile_string(profile, profile->default_type),
				cpa_profile_string(profile, profile->types.items[i].type)) == 0)
			fputs("[dflt]", out->file);
		putc(i + 1 < profile->types.count ? ' ' : '\n', out->file);
	}
	for (i = 0; i < profile->samples.count; i++) {
		const struct cpa_profile_sample *sample = &profile->samples.items[i];

		for (j = 0; j < profile->types.count; j++)
			fprintf(out->file, " %10" PRId64, cpa_profile_value(profile, i, j));
		putc(':', out->file);
		for (j = 0; j < sample->loc_count; j++)
			fprintf(out->file, " %" PRIu64,
				profile->locations.items[profile->locs.items[sample->loc_begin + j]]
					.id);
		putc('\n', out->file);
		print_labels(out, profile, sample);
	}
}

static void print_location(struct cpa_cli_out *out, const struct cpa_profile *profile,
	const struct cpa_profile_location *location)
{
	uint32_t i;

	fprintf(out->file, "%6" PRIu64 ": 0x%" PRIx64 " ", location->id, location->addr);
	if (location->mapping != CPA_PROFILE_NONE)
		fprintf(out->file, "M=%" PRIu64 " ", profile->mappings.items[location->mapping].id);
	if (location->folded)
		fputs("[F] ", out->file);
	for (i = 0; i < location->line_count; i++) {
		const struct cpa_profile_line *line =
			&profile->lines.items[location->line_begin + i];
		const struct cpa_profile_function *function;

		if (i > 0)
			fputs("             ", out->file);
		if (line->function == CPA_PROFILE_NONE) {
			fprintf(out->file, "?? :%" PRId64 "\n", line->line);
			continue;
		}
		function = &profile->functions.items[line->function];
		cpa_cli_out_text(out, function->display, 0);
		putc(' ', out->file);
		put_string(out, profile, function->file);
		fprintf(out->file, ":%" PRId64 " s=%" PRId64, line->line, function->start_line);
		if (strcmp(function->display, cpa_profile_string(profile, function->system_name)) !=
			0) {
			putc('(', out->file);
			put_string(out, profile, function->system_name);
			putc(')', out->file);
		}
		putc('\n', out->file);
	}
	if (location->line_count == 0)
		putc('\n', out->file);
}

static void print_mappings(struct cpa_cli_out *out, const struct cpa_profile *profile)
{
	size_t i;

	fputs("Mappings\n", out->file);
	for (i = 0; i < profile->mappings.count; i++) {
		const struct cpa_profile_mapping *mapping = &profile->mappings.items[i];

		fprintf(out->file, "%" PRIu64 ": 0x%" PRIx64 "/0x%" PRIx64 "/0x%" PRIx64 " ",
			mapping->id, mapping->start, mapping->limit, mapping->offset);
		put_string(out, profile, mapping->file);
		putc(' ', out->file);
		put_string(out, profile, mapping->build_id);
		fprintf(out->file, " %s%s%s%s\n", mapping->has_functions ? "[FN]" : "",
			mapping->has_filenames ? "[FL]" : "",
			mapping->has_line_numbers ? "[LN]" : "",
			mapping->has_inline_frames ? "[IN]" : "");
	}
}

int cpa_cli_raw(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_profile profile = {0};
	struct cpa_cli_out out;
	const char *path = NULL;
	const struct cpa_cli_option options[] = {
		{"o", CPA_CLI_TEXT, &path, 0},
		{"output", CPA_CLI_TEXT, &path, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	int file_count;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	size_t i;

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, 1) || !cpa_cli_out_load(&profile, argv[0]))
		return CPA_CLI_USAGE;
	if (!cpa_cli_out_begin(&out, path, true)) {
		cpa_profile_done(&profile);
		return CPA_CLI_USAGE;
	}
	print_head(&out, &profile);
	print_samples(&out, &profile);
	fputs("Locations\n", out.file);
	for (i = 0; i < profile.locations.count; i++)
		print_location(&out, &profile, &profile.locations.items[i]);
	print_mappings(&out, &profile);
	cpa_profile_done(&profile);
	return cpa_cli_out_end(&out, CPA_CLI_OK);
}
