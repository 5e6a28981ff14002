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
	CPA_CLI_FLAG,     /* bool */
	CPA_CLI_TEXT,     /* const char * */
	CPA_CLI_TEXTS,    /* struct cpa_cli_texts, one more each time it is given */
	CPA_CLI_COUNT,    /* int64_t, 0 or more; -1: the verb's own default, as for Go */
	CPA_CLI_FRACTION, /* double, 0 to 1 */
	CPA_CLI_SIZE,     /* const char *, checked to be a size */
	CPA_CLI_TIME,     /* const char *, checked to be a time */
	CPA_CLI_SET,      /* int becomes .constant */
	CPA_CLI_NAME,     /* const char * becomes the option's own name */
	CPA_CLI_SYMBOLS,  /* const char *, a way to symbolize */
};

struct cpa_cli_texts {
	const char *items[32];
	size_t count;
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
	int sort_by_cum;       /* 0 or 1 */
	bool no_inlines;
	bool mean; /* each value divided by the first one of the sample */
	bool drop_negative;
	bool relative_percentages; /* of what the filters leave */
	bool merges;               /* equal stacks with equal labels are one; set by the verb */
	bool trim;                 /* false: neither row_count nor the fractions count */
	int64_t row_count;         /* -nodecount; 0: all, -1: the verb's own default */
	double node_fraction;      /* -nodefraction; negative: the verb's own default */
	double edge_fraction;
	bool json;
	bool wide;
};

#define CPA_CLI_SELECT_DEFAULTS                                                                    \
	{                                                                                          \
		.sample_index = "", .symbolize = "local", .unit = "minimum", .trim = true,         \
		.row_count = -1, .node_fraction = -1, .edge_fraction = -1                          \
	}

/* Which profile, which samples and frames of it, which value: fit for every verb. */
#define CPA_CLI_LOAD_OPTIONS(select)                                                               \
	{"sample_index", CPA_CLI_TEXT, &(select)->sample_index, 0},                                \
		{"inuse_space", CPA_CLI_NAME, &(select)->sample_index, 0},                         \
		{"inuse_objects", CPA_CLI_NAME, &(select)->sample_index, 0},                       \
		{"alloc_space", CPA_CLI_NAME, &(select)->sample_index, 0},                         \
		{"alloc_objects", CPA_CLI_NAME, &(select)->sample_index, 0},                       \
		{"contentions", CPA_CLI_NAME, &(select)->sample_index, 0},                         \
		{"total_delay", CPA_CLI_NAME, &(select)->sample_index, 0},                         \
		{"mean_delay", CPA_CLI_NAME, &(select)->sample_index, 0},                          \
		{"mean", CPA_CLI_FLAG, &(select)->mean, 0},                                        \
		{"focus", CPA_CLI_TEXT, &(select)->filter.focus, 0},                               \
		{"ignore", CPA_CLI_TEXT, &(select)->filter.ignore, 0},                             \
		{"show", CPA_CLI_TEXT, &(select)->filter.show, 0},                                 \
		{"hide", CPA_CLI_TEXT, &(select)->filter.hide, 0},                                 \
		{"show_from", CPA_CLI_TEXT, &(select)->filter.show_from, 0},                       \
		{"prune_from", CPA_CLI_TEXT, &(select)->filter.prune_from, 0},                     \
		{"tagfocus", CPA_CLI_TEXT, &(select)->filter.tagfocus, 0},                         \
		{"tagignore", CPA_CLI_TEXT, &(select)->filter.tagignore, 0},                       \
		{"tagshow", CPA_CLI_TEXT, &(select)->filter.tagshow, 0},                           \
		{"taghide", CPA_CLI_TEXT, &(select)->filter.taghide, 0},                           \
		{"base", CPA_CLI_TEXT, &(select)->base, 0},                                        \
		{"diff_base", CPA_CLI_TEXT, &(select)->diff_base, 0},                              \
		{"normalize", CPA_CLI_FLAG, &(select)->normalize, 0},                              \
		{"symbolize", CPA_CLI_SYMBOLS, &(select)->symbolize, 0},                           \
		{"relative_percentages", CPA_CLI_FLAG, &(select)->relative_percentages, 0},        \
		{"o", CPA_CLI_TEXT, &(select)->output, 0},                                         \
	{                                                                                          \
		"output", CPA_CLI_TEXT, &(select)->output, 0                                       \
	}

/* What a row or node is, how many, and in which form: for verbs that print them. */
#define CPA_CLI_ROW_OPTIONS(select)                                                                \
	{"functions", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_FUNCTION},                          \
		{"filefunctions", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_FILEFUNCTION},          \
		{"files", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_FILE},                          \
		{"lines", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_LINE},                          \
		{"addresses", CPA_CLI_SET, &(select)->by, CPA_NODES_BY_ADDRESS},                   \
		{"noinlines", CPA_CLI_FLAG, &(select)->no_inlines, 0},                             \
		{"cum", CPA_CLI_SET, &(select)->sort_by_cum, 1},                                   \
		{"flat", CPA_CLI_SET, &(select)->sort_by_cum, 0},                                  \
		{"nodecount", CPA_CLI_COUNT, &(select)->row_count, 0},                             \
		{"nodefraction", CPA_CLI_FRACTION, &(select)->node_fraction, 0},                   \
		{"edgefraction", CPA_CLI_FRACTION, &(select)->edge_fraction, 0},                   \
		{"trim", CPA_CLI_FLAG, &(select)->trim, 0},                                        \
		{"drop_negative", CPA_CLI_FLAG, &(select)->drop_negative, 0},                      \
		{"unit", CPA_CLI_TEXT, &(select)->unit, 0},                                        \
		{"json", CPA_CLI_FLAG, &(select)->json, 0},                                        \
	{                                                                                          \
		"wide", CPA_CLI_FLAG, &(select)->wide, 0                                           \
	}

#define CPA_CLI_SELECT_OPTIONS(select) CPA_CLI_LOAD_OPTIONS(select), CPA_CLI_ROW_OPTIONS(select)

/* What follows the parsing: the verb, or an end with this exit status. */
enum cpa_cli_parsed {
	CPA_CLI_GO_ON = -1,
	CPA_CLI_STOP_OK = CPA_CLI_OK,       /* help was asked for and given */
	CPA_CLI_STOP_USAGE = CPA_CLI_USAGE, /* a line on stderr was printed */
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
 * Complain on stderr unless there are as many files as wanted; at least -wanted where it is
 * negative.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_options_files(
	const struct cpa_cli_verb *verb, int file_count, int wanted);

#endif
