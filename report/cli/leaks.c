/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof leaks: which call sites grow over a series of snapshots, and which of them leak.
 * Not here: reading and judging a series (report/trend/), printing (leaks_text.c, leaks_json.c).
 */
#include "report/cli/leaks.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quantity.h"
#include "report/analysis/filter.h"
#include "report/cli/page.h"
#include "report/cli/say.h"
#include "report/cli/symbols.h"
#include "report/profile/dropframes.h"

/* Options of this verb alone. */
struct wanted {
	const char *fail_above, *html; /* NULL: not given */
	int64_t pid;                   /* -1: any */
};

bool cpa_cli_leaks_has_interval(const struct cpa_cli_leaks_report *report)
{
	return report->history->view.is_known;
}

double cpa_cli_leaks_half_width(
	const struct cpa_cli_leaks_report *report, const struct cpa_stats_sum *sum)
{
	return cpa_stats_half_width(&report->history->view, sum);
}

double cpa_cli_leaks_pace_half(const struct cpa_leaks_site *site)
{
	return fmax(
		site->pace.slope - site->pace.slope_low, site->pace.slope_high - site->pace.slope);
}

double cpa_cli_leaks_invisible(const struct cpa_cli_leaks_report *report)
{
	const struct cpa_leaks *leaks = report->leaks;
	size_t i, found = 0;

	for (i = 0; i < leaks->site_count; i++)
		found += leaks->sites[i].about.q <= CPA_VERDICT_Q_MAX;
	/* The p-value that one more site would have to reach beside those found. */
	return cpa_stats_detectable_bytes(report->history->view.rate_bytes,
		fmin(CPA_VERDICT_Q_MAX, CPA_VERDICT_Q_MAX * (double)(found + 1) /
						(double)(leaks->tested_count + 1)),
		0);
}

void cpa_cli_leaks_sites(
	struct cpa_cli_sites *ret_sites, const struct cpa_leaks *leaks, size_t count)
{
	size_t i, length_bytes;

	memset(ret_sites, 0, sizeof(*ret_sites));
	ret_sites->nodes = &leaks->nodes;
	for (i = 0; i < count; i++) {
		const struct cpa_leaks_site *site = &leaks->sites[i];
		const uint32_t *frames = cpa_intern_get(&leaks->stacks, site->stack, &length_bytes);

		cpa_cli_sites_add(
			ret_sites, &(struct cpa_cli_site){frames, length_bytes / sizeof(*frames),
					   site->shown_from, site->lines, CPA_LEAKS_LINES});
	}
}

static void tell_gate(const struct cpa_cli_leaks_report *report, size_t rank, double least,
	const char *limit_text)
{
	char surely[CPA_UNITS_BYTES], name[1024];
	struct cpa_cli_sites sites;
	bool is_sure = report->leaks->sites[rank].verdict == CPA_VERDICT_LEAK;

	cpa_cli_leaks_sites(&sites, report->leaks,
		report->leaks->site_count - report->leaks->verdict_counts[CPA_VERDICT_STEADY]);
	cpa_units_value(report->kind, least, -1, false, surely, NULL);
	cpa_cli_say("%s %s at least %s, more than --fail-above=%s",
		cpa_cli_sites_name(name, sizeof(name), &sites, rank),
		is_sure ? "leaked" : "may leak: grew by", surely, limit_text);
	cpa_cli_sites_done(&sites);
}

/* What a site that leaks, or may, grew by at least. */
static int check_gate(const struct cpa_cli_leaks_report *report, const char *limit_text)
{
	uint64_t limit;
	size_t i;

	if (limit_text == NULL || cpa_quantity_parse(CPA_QUANTITY_SIZE, limit_text, &limit) != 0)
		return CPA_CLI_OK;
	for (i = 0; i < report->leaks->site_count; i++) {
		const struct cpa_leaks_site *site = &report->leaks->sites[i];
		double least = site->about.change.value -
			       fmax(0, cpa_cli_leaks_half_width(report, &site->about.change));

		if (site->verdict > CPA_VERDICT_MAYBE_LEAK || !(least > (double)limit))
			continue;
		tell_gate(report, i, least, limit_text);
		return CPA_CLI_GATE;
	}
	return CPA_CLI_OK;
}

static void complain(const char *path, const char *why)
{
	cpa_cli_say("%s: %s; left out", path, why);
}

static void show_progress(size_t done, size_t total)
{
	if (done < total)
		fprintf(stderr, "\rcprof: reading snapshot %zu of %zu ", done + 1, total);
	else
		fprintf(stderr, "\r%*s\r", 60, "");
}

static bool is_enough(const struct cpa_collect_process *process)
{
	const struct cpa_history *history = &process->history;
	size_t count = history->snapshot_count;

	if (count >= CPA_VERDICT_SNAPSHOTS)
		return true;
	if (count == 1)
		cpa_cli_say("1 snapshot of %s; a verdict needs %d or more: let it run on (cprof "
			    "run --interval 30s)",
			process->program, CPA_VERDICT_SNAPSHOTS);
	else
		cpa_cli_say("%zu snapshots of %s; a verdict needs %d or more: let it run on, or "
			    "compare two: cprof diff %s %s",
			count, process->program, CPA_VERDICT_SNAPSHOTS, history->snapshots[0].path,
			history->snapshots[count - 1].path);
	return false;
}

static int print_report(
	const struct cpa_cli_leaks_report *report, const char *fail_above, const char *html)
{
	struct cpa_cli_out out;
	int status;

	if (html != NULL) {
		status = cpa_cli_leaks_page(report, html);
		return status == CPA_CLI_OK ? check_gate(report, fail_above) : status;
	}
	if (!cpa_cli_out_begin(&out, report->select->output, report->select->wide))
		return CPA_CLI_USAGE;
	if (report->select->json) {
		struct cpa_cli_json json = {.file = out.file};

		cpa_cli_leaks_json(report, &json, NULL, 0);
	} else {
		cpa_cli_leaks_text(report, &out);
	}
	return cpa_cli_out_end(&out, check_gate(report, fail_above));
}

static int report_on(struct cpa_cli_leaks_report *report, struct cpa_collect *collect,
	const struct wanted *wanted)
{
	struct cpa_collect_process *process = &collect->processes[collect->chosen];
	struct cpa_error error = {""};
	struct cpa_filter filter;
	struct cpa_leaks leaks;
	int status;

	if (!is_enough(process))
		return CPA_CLI_USAGE;
	cpa_cli_symbols_add(&process->history.places, report->select->symbolize, false);
	cpa_dropframes_apply(&process->history.places); /* by the names just learned */
	filter = report->select->filter;
	filter.tagfocus = filter.tagignore = NULL; /* done with each snapshot */
	if (cpa_filter_apply(&process->history.places, &filter, &error) != 0) {
		fprintf(stderr, "cprof: %s\n", error.text);
		return CPA_CLI_USAGE;
	}
	cpa_leaks_init(&leaks, &process->history, (enum cpa_nodes_by)report->select->by,
		report->select->no_inlines);
	report->collect = collect;
	report->process = process;
	report->history = &process->history;
	report->leaks = &leaks;
	status = print_report(report, wanted->fail_above, wanted->html);
	cpa_leaks_done(&leaks);
	return status;
}

/* Only what is in use can leak. */
static bool choose_type(struct cpa_cli_leaks_report *report, bool *ret_counts_objects)
{
	const char *name = report->select->sample_index;

	*ret_counts_objects = strcmp(name, "inuse_objects") == 0;
	if (name[0] != '\0' && !*ret_counts_objects && strcmp(name, "inuse_space") != 0) {
		fprintf(stderr,
			"cprof leaks: -sample_index=%s: want inuse_space or inuse_objects: only "
			"what is in use can leak\n",
			name);
		return false;
	}
	report->type_name = *ret_counts_objects ? "inuse_objects" : "inuse_space";
	report->kind = *ret_counts_objects ? CPA_UNITS_COUNT : CPA_UNITS_SIZE;
	return true;
}

static bool has_sense(const struct cpa_cli_select *select)
{
	if (select->base == NULL && select->diff_base == NULL && !select->mean &&
		!select->normalize)
		return true;
	fprintf(stderr,
		"cprof leaks: %s makes no sense here: the first snapshot is what the others are "
		"compared with\n",
		select->mean           ? "-mean"
		: select->normalize    ? "-normalize"
		: select->base != NULL ? "-base"
				       : "-diff_base");
	return false;
}

static int run(struct cpa_cli_leaks_report *report, const struct wanted *wanted, char **paths,
	int path_count)
{
	struct cpa_collect_options options = {.pid = wanted->pid, .complain = complain};
	const struct cpa_filter tags = {.tagfocus = report->select->filter.tagfocus,
		.tagignore = report->select->filter.tagignore};
	struct cpa_collect collect = {0};
	struct cpa_files files = {0};
	struct cpa_error error = {""};
	struct stat status;
	int i, result = CPA_CLI_USAGE;

	if (!choose_type(report, &options.counts_objects) || !has_sense(report->select))
		return CPA_CLI_USAGE;
	if (tags.tagfocus != NULL || tags.tagignore != NULL)
		options.tags = &tags;
	options.trusts_names =
		path_count == 1 && stat(paths[0], &status) == 0 && S_ISDIR(status.st_mode);
	report->source = options.trusts_names ? paths[0] : "";
	options.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
	for (i = 0; i < path_count; i++)
		if (cpa_files_add(&files, paths[i], &error) != 0)
			break;
	if (error.text[0] == '\0' && cpa_collect_files(&collect, &files, &options, &error) == 0)
		result = report_on(report, &collect, wanted);
	else
		fprintf(stderr, "cprof: %s\n", error.text);
	cpa_collect_done(&collect);
	cpa_files_done(&files);
	return result;
}

int cpa_cli_leaks(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct cpa_cli_select select = CPA_CLI_SELECT_DEFAULTS;
	struct cpa_cli_leaks_report report = {.select = &select};
	struct wanted wanted = {.pid = -1};
	int file_count;
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select),
		{"fail-above", CPA_CLI_SIZE, &wanted.fail_above, 0},
		{"html", CPA_CLI_TEXT, &wanted.html, 0},
		{"pid", CPA_CLI_COUNT, &wanted.pid, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (file_count == 0) {
		fprintf(stderr, "cprof leaks: want a directory or files; usage: cprof leaks %s\n",
			verb->usage);
		return CPA_CLI_USAGE;
	}
	if (wanted.html != NULL && !cpa_cli_page_check(verb->name, "leaks", wanted.html))
		return CPA_CLI_USAGE;
	return run(&report, &wanted, argv, file_count);
}
