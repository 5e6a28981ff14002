/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as Go's tools take them: one dash or two, -name=value or -name value, -flag or
 * -flag=false.
 * Not here: what each verb does with them.
 */
#ifndef CPA_CLI_OPTIONS_H
#define CPA_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "report/analysis/diff.h"
#include "report/analysis/filter.h"
#include "report/cli/verbs.h"

enum cpa_cli_kind {
	CPA_CLI_END = 0,
	CPA_CLI_FLAG,  /* bool */
	CPA_CLI_TEXT,  /* const char * */
	CPA_CLI_COUNT, /* int64_t, 0 or more */
	CPA_CLI_SIZE,  /* const char *, checked to be a size */
	CPA_CLI_TIME,  /* const char *, checked to be a time */
	CPA_CLI_SET,   /* int becomes .constant */
	CPA_CLI_NAME,  /* const char * becomes the option's own name */
};

struct cpa_cli_option {
	const char *name;
	enum cpa_cli_kind kind;
	void *target;
	int constant;
};

/* What the verbs that report on profiles have in common; the names are those of Go's client. */
struct cpa_cli_select {
	const char *sample_index; /* "": the profile's default */
	struct cpa_filter filter;
	const char *base, *diff_base; /* a profile to take away; NULL: none */
	bool normalize;
	const char *symbolize; /* "local", "force" or "none" */
	const char *unit;      /* "minimum": each value in the unit that suits it */
	const char *output;    /* NULL: standard output */
	int by;                /* enum cpa_nodes_by */
	bool no_inlines;
	bool sort_by_cum;
	int64_t row_count;    /* -nodecount; 0: all, -1: the verb's own default */
	double node_fraction; /* -nodefraction; negative: the verb's own default */
	double edge_fraction;
	bool json;
	bool wide;
};

#define CPA_CLI_SELECT_DEFAULTS                                                                    \
	{                                                                                          \
		.sample_index = "", .filter = {.focus = "", .ignore = ""}, .row_count = 10         \
	}

#define CPA_CLI_SELECT_OPTIONS(select)                                                             \
	{"sample_index", CPA_CLI_TEXT, &(select)->sample_index, 0},                                \
		{"focus", CPA_CLI_TEXT, &(select)->filter.focus, 0},                               \
		{"ignore", CPA_CLI_TEXT, &(select)->filter.ignore, 0},                             \
		{"o", CPA_CLI_TEXT, &(select)->output, 0},                                         \
		{"output", CPA_CLI_TEXT, &(select)->output, 0},                                    \
		{"nodecount", CPA_CLI_COUNT, &(select)->row_count, 0},                             \
		{"json", CPA_CLI_FLAG, &(select)->json, 0},                                        \
		{"wide", CPA_CLI_FLAG, &(select)->wide, 0},                                        \
		{"functions", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_FUNCTION},                  \
		{"lines", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_LINE},                          \
		{"addresses", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_ADDRESS},                   \
		{"inuse_space", CPA_CLI_NAME, &(select)->sample_index, 0},                         \
		{"inuse_objects", CPA_CLI_NAME, &(select)->sample_index, 0},                       \
		{"alloc_space", CPA_CLI_NAME, &(select)->sample_index, 0},                         \
	{                                                                                          \
		"alloc_objects", CPA_CLI_NAME, &(select)->sample_index, 0                          \
	}

/* What follows the parsing. */
enum cpa_cli_parsed {
	CPA_CLI_GO_ON,
	CPA_CLI_STOP_OK,    /* help was asked for and given */
	CPA_CLI_STOP_USAGE, /* a line on stderr was printed */
};

/*
 * Read the options; what is none moves to the front of argv, in order.
 *
 * @is_run          the first argument that is no option ends the options: it is a program with
 *                  options of its own
 * @ret_file_count  arguments that are no options
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK enum cpa_cli_parsed cpa_cli_options_parse(const struct cpa_cli_verb *verb,
	const struct cpa_cli_option *options, bool is_run, int argc, char **argv,
	int *ret_file_count);

/*
 * Complain on stderr unless there are as many files as wanted.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_options_files(
	const struct cpa_cli_verb *verb, int file_count, int wanted);

#endif
