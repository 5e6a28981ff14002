/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Symbols for the profile of a command line, and what is told of it.
 * Not here: where symbols come from (report/symbols/symbolize.c), the bar (progress.c).
 */
#include "report/cli/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/cli/progress.h"
#include "report/cli/say.h"
#include "report/profile/clean.h"

/* "libfoo.so (build id 3f2a...)" */
static void name_mapping(char *to, size_t to_bytes, const struct cpa_profile *profile,
	const struct cpa_profile_mapping *mapping)
{
	const char *path = cpa_profile_string(profile, mapping->file);
	const char *build_id = cpa_profile_string(profile, mapping->build_id);

	if (path[0] == '\0')
		path = "a mapping without a file name";
	if (build_id[0] != '\0')
		snprintf(to, to_bytes, "%.100s (build id %.64s)", cpa_clean_base(path), build_id);
	else
		snprintf(to, to_bytes, "%.100s", cpa_clean_base(path));
}

static void print_hint(
	const struct cpa_profile *profile, const struct cpa_symbolize_mapping *told, bool has_hints)
{
	const struct cpa_profile_mapping *mapping = &profile->mappings.items[told->mapping];
	char name[192], line[768] = "";

	name_mapping(name, sizeof(name), profile, mapping);
	switch (told->result) {
	case CPA_SYMBOLIZE_OTHER_BUILD:
	case CPA_SYMBOLIZE_UNREADABLE:
		snprintf(line, sizeof(line), "no lines for %s: %s", cpa_clean_base(name),
			told->detail);
		break;
	case CPA_SYMBOLIZE_NAMES:
		if (has_hints)
			snprintf(line, sizeof(line),
				"no debug information for %s: names come from its symbol table, "
				"lines are unknown; install its -dbg or -dbgsym package or set "
				"DEBUGINFOD_URLS",
				name);
		break;
	case CPA_SYMBOLIZE_MISSING:
		if (has_hints)
			snprintf(line, sizeof(line),
				"no lines for %s: %s; put it into a directory of "
				"PPROF_BINARY_PATH",
				name, told->detail);
		break;
	default:
		break;
	}
	if (line[0] != '\0')
		cpa_cli_say("%s", line);
}

void cpa_cli_symbols_add(struct cpa_profile *profile, const char *mode, bool has_hints)
{
	struct cpa_cli_progress progress;
	struct cpa_symbolize_options options = {
		.force = strncmp(mode, "force", 5) == 0,
		.use_cache = true,
		.progress = cpa_cli_progress_show,
		.progress_context = &progress,
	};
	struct cpa_symbolize_report report;
	size_t i;

	if (strncmp(mode, "none", 4) == 0)
		return;
	cpa_cli_progress_init(&progress);
	cpa_symbolize_profile(profile, &options, &report);
	cpa_cli_progress_done(&progress);
	for (i = 0; i < report.mapping_count; i++)
		print_hint(profile, &report.mappings[i], has_hints);
	cpa_symbolize_report_done(&report);
}
