/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof symbolize: a profile with functions, lines and inlined frames in it, which can be read
 * where the program is not.
 * Not here: finding them (report/symbols/), what is told of it (symbols.c).
 */
#include <stdio.h>

#include "report/cli/options.h"
#include "report/cli/out.h"
#include "report/cli/save.h"
#include "report/cli/symbols.h"

int cpa_cli_symbolize(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	const char *output = NULL, *mode = "local";
	const struct cpa_cli_option options[] = {
		{"o", CPA_CLI_TEXT, &output, 0},
		{"output", CPA_CLI_TEXT, &output, 0},
		{"symbolize", CPA_CLI_SYMBOLS, &mode, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	struct cpa_profile profile;
	int file_count;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	bool is_good;

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!cpa_cli_options_files(verb, file_count, 1) || !cpa_cli_save_check(output) ||
		!cpa_cli_out_load(&profile, argv[0]))
		return CPA_CLI_USAGE;
	cpa_cli_symbols_add(&profile, mode, true);
	is_good = cpa_cli_save_profile(&profile, output);
	cpa_profile_done(&profile);
	return is_good ? CPA_CLI_OK : CPA_CLI_USAGE;
}
