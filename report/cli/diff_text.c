/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof diff as people read it.
 * Not here: the verb (diff.c), the same as JSON (diff_json.c), the comparison
 * (report/analysis/diff.c).
 */
#include <inttypes.h>
#include <string.h>

#include "report/cli/diff.h"
#include "report/cli/next.h"
#include "report/cli/show.h"
#include "report/cli/sites.h"

#define NS_PER_HOUR 3.6e12

/* As -unit wants it; a change has its sign. */
static void value_text(const struct cpa_cli_diff_report *report, double value, double half_width,
	bool is_change, char ret_value[CPA_UNITS_BYTES], char ret_half[CPA_UNITS_BYTES])
{
	struct cpa_cli_loaded loaded = {.kind = report->kind, .unit_name = report->unit_name};
	char plain[CPA_UNITS_BYTES];

	if (strcmp(report->select->unit, "minimum") == 0 ||
		strcmp(report->select->unit, "auto") == 0) {
		cpa_units_value(report->kind, value, half_width, is_change, ret_value, ret_half);
		return;
	}
	cpa_cli_show_value(&loaded, report->select, value, half_width, plain, ret_half);
	snprintf(ret_value, CPA_UNITS_BYTES, "%s%.30s", is_change && value > 0 ? "+" : "", plain);
}

/* "+12 MB ±3" */
static void interval_text(const struct cpa_cli_diff_report *report, const struct cpa_stats_sum *sum,
	char to[2 * CPA_UNITS_BYTES + 8])
{
	double half_width = cpa_cli_diff_half_width(report->diff, sum);
	char value[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];

	value_text(report, sum->value, half_width, true, value, half);
	snprintf(to, 2 * CPA_UNITS_BYTES + 8, "%s%s%s", value, half_width > 0 ? " ±" : "",
		half_width > 0 ? half : "");
}

/* What one should know of the two before comparing them. */
static void print_relation(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	const struct cpa_profile *old_profile = report->old_profile,
				 *new_profile = report->new_profile;
	bool old_exact = diff->old_view.is_exact, new_exact = diff->new_view.is_exact;
	char old_rate[40], new_rate[40];

	if (diff->is_reversed)
		fprintf(out->file, "One process, but OLD is the later one: swap them to see what "
				   "grew.\n");
	if (!cpa_cli_diff_has_interval(diff) || diff->is_reversed)
		return;
	if (diff->new_view.what == CPA_STATS_HITS) {
		if (!diff->is_one_process && old_profile->duration_ns != new_profile->duration_ns)
			fprintf(out->file,
				"OLD covers %s, NEW %s: what runs all the time grows "
				"with that.\n",
				cpa_units_elapsed(
					old_rate, sizeof(old_rate), old_profile->duration_ns),
				cpa_units_elapsed(
					new_rate, sizeof(new_rate), new_profile->duration_ns));
		return;
	}
	if (!diff->is_one_process && old_exact && new_exact)
		fprintf(out->file, "Two processes: rates per hour make no sense.\n");
	else if (!diff->is_one_process && (old_exact || new_exact))
		fprintf(out->file,
			"Two processes: %s is exact, the errors are those of %s; rates "
			"per hour make no sense.\n",
			old_exact ? "OLD" : "NEW", old_exact ? "NEW" : "OLD");
	else if (!diff->is_one_process)
		fprintf(out->file, "Two processes: the errors of both profiles add up, and rates "
				   "per hour make no sense.\n");
	if (old_profile->period != new_profile->period && !old_exact && !new_exact)
		fprintf(out->file, "OLD has one sample per %s, NEW one per %s.\n",
			cpa_units_rate(old_rate, sizeof(old_rate), old_profile->period),
			cpa_units_rate(new_rate, sizeof(new_rate), new_profile->period));
}

/* "server (pid 4242)", or of two processes both. */
static void tell_programs(const struct cpa_cli_diff_report *report, char *to, size_t to_bytes)
{
	char old_program[128], new_program[128];

	cpa_cli_out_program(old_program, sizeof(old_program), report->old_profile);
	cpa_cli_out_program(new_program, sizeof(new_program), report->new_profile);
	if (strcmp(old_program, new_program) == 0)
		snprintf(to, to_bytes, "%s", new_program);
	else
		snprintf(to, to_bytes, "%s to %s", old_program, new_program);
}

static void print_header(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	char program[264], old_time[32], new_time[32], elapsed[40], when[160] = "", what[256];
	const char *const parts[] = {program, when, what};
	char change[2 * CPA_UNITS_BYTES + 8], old_total[CPA_UNITS_BYTES],
		new_total[CPA_UNITS_BYTES];
	bool same_day;

	cpa_cli_out_time(old_time, sizeof(old_time), report->old_profile->time_ns, true);
	cpa_cli_out_time(new_time, sizeof(new_time), report->new_profile->time_ns, true);
	same_day = strncmp(old_time, new_time, 10) == 0 && old_time[0] != '\0';
	if (diff->elapsed_ns > 0)
		snprintf(when, sizeof(when), "%s to %s (%s)", same_day ? old_time + 11 : old_time,
			same_day ? new_time + 11 : new_time,
			cpa_units_elapsed(elapsed, sizeof(elapsed), diff->elapsed_ns));
	interval_text(report, &diff->change, change);
	value_text(report, diff->old_total, -1, false, old_total, NULL);
	value_text(report, diff->new_total, -1, false, new_total, NULL);
	/* One part: the answer is not torn apart. */
	snprintf(what, sizeof(what), "%.32s: %s, from %s to %s", report->type_name, change,
		old_total, new_total);
	tell_programs(report, program, sizeof(program));
	cpa_cli_out_head(out, parts, CPA_ARRAY_LEN(parts));
	if (cpa_cli_show_filters(out, report->select))
		putc('\n', out->file);
	print_relation(report, out);
}

static void add_site(
	struct cpa_cli_sites *sites, const struct cpa_diff *diff, const struct cpa_diff_site *site)
{
	size_t length_bytes;
	const uint32_t *frames = cpa_intern_get(&diff->stacks, site->stack, &length_bytes);

	cpa_cli_sites_add(sites, &(struct cpa_cli_site){frames, length_bytes / sizeof(*frames),
					 site->shown_from, site->lines, CPA_DIFF_LINES});
}

static void print_row(const struct cpa_cli_diff_report *report, const struct cpa_diff_site *site,
	struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	char change[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES], objects[CPA_UNITS_BYTES] = "",
							     now[CPA_UNITS_BYTES];
	char rate[CPA_UNITS_BYTES] = "";

	value_text(report, site->change.value, cpa_cli_diff_half_width(diff, &site->change), true,
		change, half);
	value_text(report, site->new_value, -1, false, now, NULL);
	cpa_cli_out_right(out, change, 10);
	if (report->shows_half)
		cpa_cli_out_right(out, half, 7);
	if (report->shows_objects) {
		cpa_units_value(CPA_UNITS_COUNT, site->objects_change, -1, true, objects, NULL);
		cpa_cli_out_right(out, objects, 11);
	}
	cpa_cli_out_right(out, now, 10);
	if (report->shows_rate) {
		if (site->verdict == CPA_DIFF_GREW)
			value_text(report,
				site->change.value * NS_PER_HOUR / (double)diff->elapsed_ns, -1,
				true, rate, NULL);
		cpa_cli_out_right(out, rate, 10);
	}
	if (report->shows_z)
		fprintf(out->file, "%8.1f %8.1g", site->z, site->q);
}

static void print_group(const struct cpa_cli_diff_report *report, size_t first, size_t count,
	struct cpa_cli_out *out)
{
	struct cpa_cli_sites sites = {.nodes = &report->diff->nodes};
	size_t i, shown = count;

	if (report->select->row_count < 0 && shown > 10)
		shown = 10;
	if (report->select->row_count > 0 && (uint64_t)report->select->row_count < shown)
		shown = (size_t)report->select->row_count;
	fprintf(out->file, "    change%s%s       now%s%s  site\n",
		report->shows_half ? "      ±" : "", report->shows_objects ? "    objects" : "",
		report->shows_rate ? "  per hour" : "", report->shows_z ? "       z        q" : "");
	for (i = 0; i < shown; i++)
		add_site(&sites, report->diff, &report->diff->sites[first + i]);
	for (i = 0; i < shown; i++) {
		print_row(report, &report->diff->sites[first + i], out);
		cpa_cli_sites_print(out, &sites, i, report->prefix_columns);
	}
	cpa_cli_sites_done(&sites);
	if (shown < count)
		fprintf(out->file, "     ... and %zu more: -nodecount=0\n", count - shown);
}

/* What the comparison cannot see. */
static void print_limits(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	const struct cpa_diff_site *busiest = cpa_diff_busiest(diff);
	bool is_heap = diff->new_view.what != CPA_STATS_HITS;
	double least = cpa_diff_invisible(diff, NULL),
	       most = busiest != NULL ? cpa_diff_invisible(diff, busiest) : 0;
	char invisible[CPA_UNITS_BYTES], busy[CPA_UNITS_BYTES];

	if (!cpa_cli_diff_has_interval(diff)) {
		if (strcmp(report->type_name, "goroutine") == 0 ||
			strcmp(report->type_name, "threadcreate") == 0)
			fprintf(out->file, "All were counted: these numbers are exact.\n");
		else if (strcmp(report->type_name, "delay") == 0 ||
			 strcmp(report->type_name, "contentions") == 0)
			fprintf(out->file, "How sure these changes are is not known: how often and "
					   "how long one waits follows no law.\n");
		else
			fprintf(out->file, "How sure these changes are is not known: the profiles "
					   "do not say how they were sampled.\n");
		return;
	}
	if (is_heap && diff->old_view.is_exact && diff->new_view.is_exact) {
		fprintf(out->file, "Every allocation was recorded: these numbers are exact.\n");
		return;
	}
	cpa_units_value(is_heap ? CPA_UNITS_SIZE : report->kind, least, -1, false, invisible, NULL);
	fprintf(out->file, "A %s smaller than %s%s may be invisible at this rate.\n",
		is_heap ? "leak" : "change", invisible,
		diff->is_one_process ? " over this time" : "");
	if (most > 1.2 * least) {
		cpa_units_value(CPA_UNITS_SIZE, most, -1, false, busy, NULL);
		fprintf(out->file, "Where most comes and goes, one smaller than %s may be.\n",
			busy);
	}
}

static void print_noise(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	size_t noise_count = diff->tested_count - diff->grown_count - diff->shrunk_count;
	size_t same_count = diff->site_count - diff->tested_count;
	char sum[2 * CPA_UNITS_BYTES + 8];

	if (noise_count > 0) {
		interval_text(report, &diff->noise, sum);
		fprintf(out->file,
			"NOISE (%zu site%s): %s in sum, none distinguishable from zero\n",
			noise_count, noise_count == 1 ? "" : "s", sum);
	}
	if (same_count > 0)
		fprintf(out->file, "UNCHANGED (%zu site%s)\n", same_count,
			same_count == 1 ? "" : "s");
	print_limits(report, out);
}

static void print_next(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;
	struct cpa_cli_sites sites = {.nodes = &diff->nodes};
	const struct cpa_node *node;
	size_t i;

	if (diff->grown_count == 0 || !cpa_cli_diff_has_interval(diff))
		return;
	for (i = 0; i < diff->grown_count && i < CPA_APART_COMPARED; i++)
		add_site(&sites, diff, &diff->sites[i]);
	node = cpa_cli_sites_telling(&sites, 0);
	cpa_cli_sites_done(&sites);
	if (node == NULL)
		return;
	fputs("next: cprof top -cum -focus=", out->file);
	cpa_cli_next_pattern(out, node->name);
	putc(' ', out->file);
	cpa_cli_next_path(out, report->new_profile->path);
	putc('\n', out->file);
}

void cpa_cli_diff_text(const struct cpa_cli_diff_report *report, struct cpa_cli_out *out)
{
	const struct cpa_diff *diff = report->diff;

	print_header(report, out);
	putc('\n', out->file);
	if (diff->grown_count == 0)
		cpa_cli_out_title(out, "GREW (0 of %zu sites)%s", diff->site_count,
			report->shows_half ? ": nothing that chance does not explain" : "");
	else if (report->shows_half)
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
