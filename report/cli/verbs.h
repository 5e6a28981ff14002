/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs of cprof, one file each. All take the arguments behind the verb and return the
 * exit status.
 * Not here: which one was asked for (main.c).
 */
#ifndef CPA_CLI_VERBS_H
#define CPA_CLI_VERBS_H

/*
 * Exit statuses. A usage error or an unreadable input prints one line on stderr and nothing on
 * stdout.
 */
enum cpa_cli_status {
	CPA_CLI_OK = 0,
	CPA_CLI_GATE = 1, /* --fail-above */
	CPA_CLI_LEFT = 1, /* push: not all was accepted */
	CPA_CLI_USAGE = 2,
};

struct cpa_cli_verb {
	const char *name;
	int (*run)(const struct cpa_cli_verb *verb, int argc, char **argv);
	const char *summary; /* one line */
	const char *usage;   /* what stands behind "cprof NAME" */
	const char *details; /* the options; lines that end in a newline */
	const char *group;   /* the heading of a group that begins here, or NULL */
};

/* In the order of `cprof help`; the last one has no name. */
extern const struct cpa_cli_verb cpa_cli_verbs[];

/*
 * The verb of this name, or NULL; and the one that may have been meant, or NULL.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_cli_verb *cpa_cli_verbs_find(const char *name);
const struct cpa_cli_verb *cpa_cli_verbs_near(const char *name);

/*
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
int cpa_cli_diff(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_flame(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_info(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_labels(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_list(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_merge(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_leaks(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_peek(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_push(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_raw(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_run(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_symbolize(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_trace2json(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_svg(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_top(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_traces(const struct cpa_cli_verb *verb, int argc, char **argv);
int cpa_cli_tree(const struct cpa_cli_verb *verb, int argc, char **argv);

/*
 * The text of `cprof help VERB` on stdout.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_help_verb(const struct cpa_cli_verb *verb);

#endif
