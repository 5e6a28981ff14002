/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of the command line as Go's tools take them, and what is refused.
 * Not here: what a verb does with them (integration/reports.bats).
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report/cli/options.h"
#include "tests/unit/cmocka_all.h"

static struct cpa_cli_select select_;
static int help_count, file_count;
static const struct cpa_cli_verb verb = {.name = "top", .usage = "[OPTION...] PROFILE..."};
static char complaint[512];

void cpa_cli_help_verb(const struct cpa_cli_verb *asked)
{
	assert_ptr_equal(asked, &verb);
	help_count++;
}

/* Parse words separated by blanks; what is printed on stderr goes to complaint. */
static enum cpa_cli_parsed parse(const char *words, bool is_run)
{
	static char copy[512], *argv[32];
	const struct cpa_cli_option options[] = {
		CPA_CLI_SELECT_OPTIONS(&select_),
		{NULL, CPA_CLI_END, NULL, 0},
	};
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO), argc = 0;
	enum cpa_cli_parsed parsed;
	char *word, *rest;

	select_ = (struct cpa_cli_select)CPA_CLI_SELECT_DEFAULTS;
	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	parsed = cpa_cli_options_parse(&verb, options, is_run, argc, argv, &file_count);
	if (parsed == CPA_CLI_GO_ON && !cpa_cli_options_files(&verb, file_count, -1))
		parsed = CPA_CLI_STOP_USAGE;
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	complaint[fread(complaint, 1, sizeof(complaint) - 1, file)] = '\0';
	fclose(file);
	if (parsed == CPA_CLI_GO_ON && file_count > 0)
		assert_string_equal(argv[0], "file");
	return parsed;
}

static void defaults(void **state)
{
	assert_int_equal(parse("file", false), CPA_CLI_GO_ON);
	assert_int_equal(file_count, 1);
	assert_string_equal(select_.sample_index, "");
	assert_string_equal(select_.unit, "minimum");
	assert_string_equal(select_.symbolize, "local");
	assert_true(select_.trim && select_.row_count == -1 && select_.node_fraction < 0);
	assert_true(select_.filter.focus == NULL && select_.base == NULL && !select_.json);
}

static void both_spellings(void **state)
{
	assert_int_equal(parse("-focus=a=b file --ignore c -cum --lines -nodecount 7 file2 "
			       "-nodefraction=.25 --trim=false -json=1 -unit kb",
				 false),
		CPA_CLI_GO_ON);
	assert_int_equal(file_count, 2);
	assert_string_equal(select_.filter.focus, "a=b");
	assert_string_equal(select_.filter.ignore, "c");
	assert_string_equal(select_.unit, "kb");
	assert_true(select_.sort_by_cum == 1 && select_.by == CPA_NODES_BY_LINE);
	assert_true(select_.row_count == 7 && select_.node_fraction == 0.25);
	assert_true(!select_.trim && select_.json);
	/* The last one of a kind wins. */
	assert_int_equal(parse("-alloc_space -cum -lines -inuse_objects -flat -files file", false),
		CPA_CLI_GO_ON);
	assert_string_equal(select_.sample_index, "inuse_objects");
	assert_true(select_.sort_by_cum == 0 && select_.by == CPA_NODES_BY_FILE);
}

static void ends(void **state)
{
	assert_int_equal(parse("-- file -cum", false), CPA_CLI_GO_ON);
	assert_true(file_count == 2 && select_.sort_by_cum == 0);
	assert_int_equal(parse("-cum file -lines", true), CPA_CLI_GO_ON);
	assert_true(file_count == 2 && select_.sort_by_cum == 1 && select_.by == 0);
	assert_int_equal(parse("file -", false), CPA_CLI_GO_ON);
	assert_int_equal(file_count, 2);
	assert_int_equal(parse("-focus a --help file", false), CPA_CLI_STOP_OK);
	assert_int_equal(parse("-h", false), CPA_CLI_STOP_OK);
	assert_int_equal(help_count, 2);
}

static void texts_add_up(void **state)
{
	struct cpa_cli_texts texts = {.count = 0};
	const struct cpa_cli_option options[] = {
		{"label", CPA_CLI_TEXTS, &texts, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	char first[] = "--label=a=1", second[] = "-label", value[] = "b=2", more[] = "--label=c";
	char *argv[34] = {first, second, value};
	int i, count;

	assert_int_equal(
		cpa_cli_options_parse(&verb, options, false, 3, argv, &count), CPA_CLI_GO_ON);
	assert_true(count == 0 && texts.count == 2);
	assert_string_equal(texts.items[0], "a=1");
	assert_string_equal(texts.items[1], "b=2");
	for (i = 0; i < 33; i++)
		argv[i] = more;
	texts.count = 0;
	assert_int_equal(
		cpa_cli_options_parse(&verb, options, false, 32, argv, &count), CPA_CLI_GO_ON);
	assert_int_equal(texts.count, 32);
	assert_int_equal(cpa_cli_options_parse(&verb, options, false, 1, argv + 32, &count),
		CPA_CLI_STOP_USAGE);
}

static void refused(void **state)
{
	static const char *const cases[][2] = {
		{"-nonsense file", "cprof top: unknown option -nonsense; see cprof help top\n"},
		{"--foc=a file", "cprof top: unknown option --foc; see cprof help top\n"},
		{"file -focus", "cprof top: option -focus needs a value; see cprof help top\n"},
		{"-nodecount=many file", "cprof top: -nodecount=many: want a number\n"},
		{"-nodecount=-2 file", "cprof top: -nodecount=-2: want a number\n"},
		{"-nodefraction=2 file",
			"cprof top: -nodefraction=2: want a part of the whole, such as 0.005\n"},
		{"-edgefraction=nan file",
			"cprof top: -edgefraction=nan: want a part of the whole, such as 0.005\n"},
		{"-json=perhaps file", "cprof top: -json=perhaps: want true or false\n"},
		{"-symbolize=maybe file",
			"cprof top: -symbolize=maybe: want local, force or none\n"},
		{"-cum", "cprof top: want 1 profile, got 0; usage: cprof top [OPTION...] "
			 "PROFILE...\n"},
	};
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(cases); i++) {
		assert_int_equal(parse(cases[i][0], false), CPA_CLI_STOP_USAGE);
		assert_string_equal(complaint, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(both_spellings),
		cmocka_unit_test(ends),
		cmocka_unit_test(texts_add_up),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
