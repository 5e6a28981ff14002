/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof merge: several profiles as one file, and one less another.
 * Not here: how profiles are added (report/profile/merge.c).
 */
#include <stdio.h>
#include <stdlib.h>

#include "report/cli/add.h"
#include "report/cli/options.h"
#include "report/cli/out.h"
#include "report/cli/save.h"
#include "report/profile/merge.h"

struct options {
	const char *base, *diff_base, *output;
	bool normalize;
};

static bool complain(const char *what, const struct cpa_error *error)
{
	fprintf(stderr, "cprof merge: %s%s\n", what, error->text);
	return false;
}

static bool take_base(struct cpa_profile *profile, const struct options *options)
{
	const char *path = options->base != NULL ? options->base : options->diff_base;
	struct cpa_error error = {""};
	struct cpa_profile base;
	bool is_good;

	if (path == NULL)
		return true;
	if (!cpa_cli_out_load(&base, path))
		return false;
	is_good = cpa_merge_subtract(
			  profile, &base, options->base == NULL, options->normalize, &error) == 0;
	cpa_profile_done(&base);
	return is_good || complain("", &error);
}

static bool check(const struct cpa_cli_verb *verb, const struct options *options, int file_count)
{
	if (!cpa_cli_options_files(verb, file_count, -1))
		return false;
	if (options->base != NULL && options->diff_base != NULL) {
		fprintf(stderr, "cprof merge: -base and -diff_base are one thing in two forms: "
				"give one of them\n");
		return false;
	}
	if (options->normalize && options->base == NULL && options->diff_base == NULL) {
		fprintf(stderr, "cprof merge: -normalize needs -base or -diff_base\n");
		return false;
	}
	return cpa_cli_save_check(options->output);
}

int cpa_cli_merge(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct options given = {0};
	const struct cpa_cli_option options[] = {
		{"o", CPA_CLI_TEXT, &given.output, 0},
		{"output", CPA_CLI_TEXT, &given.output, 0},
		{"base", CPA_CLI_TEXT, &given.base, 0},
		{"diff_base", CPA_CLI_TEXT, &given.diff_base, 0},
		{"normalize", CPA_CLI_FLAG, &given.normalize, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	struct cpa_profile profile;
	int file_count;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, false, argc, argv, &file_count);
	bool is_good;

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (!check(verb, &given, file_count) || !cpa_cli_add_files(&profile, argv, file_count))
		return CPA_CLI_USAGE;
	is_good = take_base(&profile, &given) && cpa_cli_save_profile(&profile, given.output);
	cpa_profile_done(&profile);
	return is_good ? CPA_CLI_OK : CPA_CLI_USAGE;
}
