/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof diff: which call sites grew between two profiles, and which may be chance.
 * Not here: the comparison (report/analysis/diff.c), its JSON (diff_json.c).
 */
#include "report/cli/diff.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/conf.h"
#include "report/analysis/filter.h"
#include "report/cli/out.h"

#define NS_PER_HOUR 3.6e12

bool cpa_cli_diff_has_interval(const struct cpa_diff *diff)
{
	return diff->old_view.is_known && diff->new_view.is_known;
}

double cpa_cli_diff_half_width(const struct cpa_diff *diff, const struct cpa_stats_sum *sum)
{
	return cpa_cli_diff_has_interval(diff) ? cpa_stats_half_width(&diff->new_view, sum) : -1;
}

static void print_header(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	char program[128], old_time[32], new_time[32], elapsed[40], when[160] = "", what[256];
	const char *const parts[] = {program, when, what};
	char change[2 * CPA_UNITS_BYTES], old_total[CPA_UNITS_BYTES], new_total[CPA_UNITS_BYTES];
	bool same_day;

	cpa_cli_out_time(old_time, sizeof(old_time), report->old_profile->time_ns, true);
	cpa_cli_out_time(new_time, sizeof(new_time), report->new_profile->time_ns, true);
	same_day = strncmp(old_time, new_time, 10) == 0 && old_time[0] != '\0';
	if (diff->elapsed_ns > 0)
		snprintf(when, sizeof(when), "%s to %s (%s)", same_day ? old_time + 11 : old_time,
			same_day ? new_time + 11 : new_time,
			cpa_units_elapsed(elapsed, sizeof(elapsed), diff->elapsed_ns));
	cpa_units_interval(change, sizeof(change), report->kind, diff->change.value,
		cpa_cli_diff_half_width(diff, &diff->change), true);
	cpa_units_value(report->kind, diff->old_total, -1, false, old_total, NULL);
	cpa_units_value(report->kind, diff->new_total, -1, false, new_total, NULL);
	/* One part: the answer is not torn apart. */
	snprintf(what, sizeof(what), "%.32s: %s, from %s to %s", report->type_name, change,
		old_total, new_total);
	cpa_cli_out_program(program, sizeof(program), report->new_profile);
	cpa_cli_out_head(out, parts, CPA_ARRAY_LEN(parts));
	if (cpa_cli_diff_has_interval(diff) && !diff->is_one_process)
		fprintf(out->file, "Two processes: the errors of both profiles add up, and rates "
				   "per hour make no sense.\n");
}

/* "session_new session.c:88": the source line where it is one and known. */
static void append_frame(const struct cpa_diff *diff, const struct cpa_diff_site *site, size_t at,
	char *to, size_t to_bytes)
{
	size_t length_bytes, used = strlen(to);
	const uint32_t *frames = cpa_intern_get(&diff->stacks, site->stack, &length_bytes);
	const struct cpa_node *node = &diff->nodes.items[frames[at]];
	const char *slash = strrchr(node->file, '/'),
		   *file = slash != NULL ? slash + 1 : node->file;

	used += (size_t)snprintf(
		to + used, to_bytes - used, "%s%.1000s", at > 0 ? " < " : "", node->name);
	if (file[0] == '\0' || site->lines[at] == 0)
		return;
	if (site->lines[at] > 0)
		snprintf(to + used, to_bytes - used, " %.200s:%" PRId64, file, site->lines[at]);
	else
		snprintf(to + used, to_bytes - used, " %.200s", file);
}

/* The first three frames, as far as there is room. */
static void print_site(const struct cpa_diff *diff, const struct cpa_diff_site *site,
	struct cpa_cli_out *out, size_t room)
{
	char text[4096] = "";
	size_t length_bytes, depth, i;

	(void)cpa_intern_get(&diff->stacks, site->stack, &length_bytes);
	depth = length_bytes / sizeof(uint32_t);
	if (depth == 0)
		snprintf(text, sizeof(text), "(no stack)");
	for (i = 0; i < depth && i < CPA_DIFF_SHOWN_FRAMES; i++)
		append_frame(diff, site, i, text, sizeof(text));
	cpa_cli_out_text(out, text, room);
	putc('\n', out->file);
}

static void print_row(const struct cpa_cli_diff_report *report, const struct cpa_diff_site *site,
	struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	char change[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], objects[CPA_UNITS_BYTES] = "",
							     now[CPA_UNITS_BYTES];
	char rate[CPA_UNITS_BYTES] = "";

	cpa_units_value(report->kind, site->change.value,
		cpa_cli_diff_half_width(diff, &site->change), true, change, half);
	cpa_units_value(report->kind, site->new_value, -1, false, now, NULL);
	cpa_cli_out_right(out, change, 10);
	if (cpa_cli_diff_has_interval(diff))
		cpa_cli_out_right(out, half, 7);
	if (report->shows_objects) {
		cpa_units_value(CPA_UNITS_COUNT, site->objects_change, -1, true, objects, NULL);
		cpa_cli_out_right(out, objects, 11);
	}
	cpa_cli_out_right(out, now, 10);
	if (report->shows_rate) {
		if (site->verdict == CPA_DIFF_GREW)
			cpa_units_value(report->kind,
				site->change.value * NS_PER_HOUR / (double)diff->elapsed_ns, -1,
				true, rate, NULL);
		cpa_cli_out_right(out, rate, 10);
	}
	fputs("  ", out->file);
	print_site(diff, site, out,
		out->columns > report->prefix_columns ? out->columns - report->prefix_columns : 0);
}

static void print_group(const struct cpa_cli_diff_report *report, size_t first, size_t count,
	struct cpa_cli_out *out)
{
	size_t i, shown = count;

	if (report->select->row_count < 0 && shown > 10)
		shown = 10;
	if (report->select->row_count > 0 && (uint64_t)report->select->row_count < shown)
		shown = (size_t)report->select->row_count;
	fprintf(out->file, "    change%s%s       now%s  site\n",
		cpa_cli_diff_has_interval(report->diff) ? "      ±" : "",
		report->shows_objects ? "    objects" : "", report->shows_rate ? "  per hour" : "");
	for (i = first; i < first + shown; i++)
		print_row(report, &report->diff->sites[i], out);
	if (shown < count)
		fprintf(out->file, "     ... and %zu more: -nodecount=0\n", count - shown);
}

static void print_noise(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	size_t noise_count = diff->tested_count - diff->grown_count - diff->shrunk_count;
	size_t same_count = diff->site_count - diff->tested_count;
	char sum[2 * CPA_UNITS_BYTES], invisible[CPA_UNITS_BYTES];

	if (noise_count > 0) {
		cpa_units_interval(sum, sizeof(sum), report->kind, diff->noise.value,
			cpa_cli_diff_half_width(diff, &diff->noise), true);
		fprintf(out->file,
			"NOISE (%zu site%s): %s in sum, none distinguishable from zero\n",
			noise_count, noise_count == 1 ? "" : "s", sum);
	}
	if (same_count > 0)
		fprintf(out->file, "UNCHANGED (%zu site%s)\n", same_count,
			same_count == 1 ? "" : "s");
	if (!cpa_cli_diff_has_interval(diff)) {
		fprintf(out->file, "How sure these changes are is not known: neither profile says "
				   "how it was sampled.\n");
	} else if (diff->old_view.is_exact && diff->new_view.is_exact) {
		fprintf(out->file, "Every allocation was recorded: these numbers are exact.\n");
	} else {
		cpa_units_value(
			CPA_UNITS_SIZE, cpa_diff_invisible(diff, NULL), -1, false, invisible, NULL);
		fprintf(out->file, "A leak smaller than %s%s may be invisible at this rate.\n",
			invisible, diff->is_one_process ? " over this time" : "");
	}
}

static void print_next(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	const uint32_t *frames;
	size_t length_bytes;

	if (diff->grown_count == 0 || !cpa_cli_diff_has_interval(diff))
		return;
	frames = cpa_intern_get(&diff->stacks, diff->sites[0].stack, &length_bytes);
	if (length_bytes == 0)
		return;
	fputs("next: cprof top -cum -focus='", out->file);
	cpa_cli_out_text(out, diff->nodes.items[frames[0]].name, 200);
	fputs("' ", out->file);
	cpa_cli_out_text(out, report->new_profile->path, 0);
	putc('\n', out->file);
}

static void print_text(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;

	print_header(report, out);
	putc('\n', out->file);
	if (diff->grown_count == 0)
		cpa_cli_out_title(out, "GREW (0 of %zu sites)%s", diff->site_count,
			cpa_cli_diff_has_interval(diff) ? ": nothing that chance does not explain"
							: "");
	else if (cpa_cli_diff_has_interval(diff))
		cpa_cli_out_title(out,
			"GREW, and not by chance (%zu of %zu sites, false discoveries held under "
			"5%%)",
			diff->grown_count, diff->site_count);
	else
		cpa_cli_out_title(
			out, "GREW (%zu of %zu sites)", diff->grown_count, diff->site_count);
	if (diff->grown_count > 0)
		print_group(report, 0, diff->grown_count, out);
	if (diff->shrunk_count > 0) {
		cpa_cli_out_title(out, "SHRANK (%zu)", diff->shrunk_count);
		print_group(report, diff->grown_count, diff->shrunk_count, out);
	}
	print_noise(report, out);
	print_next(report, out);
}

/* What growth there was at least: of the whole heap, or of one site that grew for sure. */
static double surely_grown(const struct cpa_diff *diff)
{
	double half = fmax(cpa_cli_diff_half_width(diff, &diff->change), 0);
	double most = diff->change.value - half;
	size_t i;

	for (i = 0; i < diff->grown_count; i++) {
		half = fmax(cpa_cli_diff_half_width(diff, &diff->sites[i].change), 0);
		most = fmax(most, diff->sites[i].change.value - half);
	}
	return most;
}

static int check_gate(const struct cpa_cli_diff_report *report, const char *limit_text)
{
	char surely[CPA_UNITS_BYTES];
	uint64_t limit;
	double most;

	if (limit_text == NULL || cpa_conf_size(limit_text, &limit) != 0)
		return CPA_CLI_OK;
	most = surely_grown(report->diff);
	if (!(most > (double)limit))
		return CPA_CLI_OK;
	cpa_units_value(report->kind, most, -1, false, surely, NULL);
	fprintf(stderr, "cprof: %s grew by at least %s, more than --fail-above=%s\n",
		report->type_name, surely, limit_text);
	return CPA_CLI_GATE;
}

static int print_report(struct cpa_cli_diff_report *report, const char *fail_above)
{
	struct cpa_cli_out out;

	if (!cpa_cli_out_begin(&out, report->select->output, report->select->wide))
		return CPA_CLI_USAGE;
	report->shows_objects = report->diff->has_objects && report->kind == CPA_UNITS_SIZE;
	/* A rate per hour from less than a second is a guess. */
	report->shows_rate = report->diff->is_one_process && report->diff->elapsed_ns >= 1000000000;
	report->prefix_columns = 10u + (cpa_cli_diff_has_interval(report->diff) ? 7 : 0) +
				 (report->shows_objects ? 11 : 0) + 10 +
				 (report->shows_rate ? 10 : 0) + 2;
	if (report->select->json)
		cpa_cli_diff_json(report, out.file);
	else
		print_text(report, &out);
	return cpa_cli_out_end(&out, check_gate(report, fail_above));
}

static int compare(struct cpa_cli_diff_report *report, int relation, const char *fail_above)
{
	struct cpa_profile *profiles[] = {report->old_profile, report->new_profile};
	struct cpa_error error = {""};
	struct cpa_diff diff;
	int type, status;
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(profiles); i++) {
		if (cpa_filter_apply(profiles[i], &report->select->filter, &error) == 0)
			continue;
		fprintf(stderr, "cprof: %s\n", error.text);
		return CPA_CLI_USAGE;
	}
	if (cpa_diff_init(&diff, report->old_profile, report->new_profile,
		    report->select->sample_index, (enum cpa_nodes_by)report->select->by,
		    (enum cpa_diff_relation)relation, &error) != 0) {
		fprintf(stderr, "cprof: %s\n", error.text);
		return CPA_CLI_USAGE;
	}
	type = cpa_profile_type(report->new_profile, report->select->sample_index, &error);
	report->diff = &diff;
	report->type_name = cpa_profile_string(
		report->new_profile, report->new_profile->types.items[type].type);
	report->unit_name = cpa_profile_string(
		report->new_profile, report->new_profile->types.items[type].unit);
	report->kind = cpa_units_kind(report->unit_name);
	status = print_report(report, fail_above);
	cpa_diff_done(&diff);
	return status;
}

int cpa_cli_diff(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_profile old_profile = {0}, new_profile = {0};
	struct cpa_cli_select select = CPA_CLI_SELECT_DEFAULTS;
	struct cpa_cli_diff_report report = {
		.old_profile = &old_profile, .new_profile = &new_profile, .select = &select};
	const char *fail_above = NULL;
	int relation = CPA_DIFF_ASK, file_count, status = CPA_CLI_USAGE;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select),
		{"fail-above", CPA_CLI_SIZE, &fail_above, 0},
		{"one-process", CPA_CLI_SET, &relation, CPA_DIFF_ONE_PROCESS},
		{"two-processes", CPA_CLI_SET, &relation, CPA_DIFF_TWO_PROCESSES},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);

	if (parsed != CPA_CLI_GO_ON)
		return parsed == CPA_CLI_STOP_OK ? CPA_CLI_OK : CPA_CLI_USAGE;
	if (cpa_cli_options_files(verb, file_count, 2) && cpa_cli_out_load(&old_profile, argv[0]) &&
		cpa_cli_out_load(&new_profile, argv[1]))
		status = compare(&report, relation, fail_above);
	cpa_profile_done(&old_profile);
	cpa_profile_done(&new_profile);
	return status;
}
