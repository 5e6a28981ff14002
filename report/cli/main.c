/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof: which verb was asked for.
 * Not here: the verbs (one file each), reading profiles (report/analysis/).
 */
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "report/cli/verbs.h"

#define PICK_HELP                                                                                  \
	"  -sample_index=NAME|N  what to show; also -inuse_space -inuse_objects -alloc_space "     \
	"-alloc_objects\n"                                                                         \
	"  -focus=RE             only stacks with a function, source or mapped file that matches " \
	"RE\n"                                                                                     \
	"  -ignore=RE            without the stacks that match RE\n"                               \
	"  -show=RE, -hide=RE    only the frames that match RE, or that do not\n"                  \
	"  -show_from=RE         without what calls the first match; also -prune_from=RE\n"        \
	"  -tagfocus=[KEY=]RE|LOW:HIGH, -tagignore=...\n"                                          \
	"                        only stacks with such a label, or without (bytes=512b:2kb)\n"     \
	"  -tagshow=RE, -taghide=RE\n"                                                             \
	"                        only the labels whose key matches RE, or that do not\n"

#define BASE_HELP                                                                                  \
	"  -base=FILE            take this profile away; -diff_base=FILE: with percentages of "    \
	"it\n"                                                                                     \
	"  -normalize            scale to the sum of the base first; -drop_negative: no rows "     \
	"below 0\n"                                                                                \
	"  -mean                 each value divided by the number of objects\n"                    \
	"  -relative_percentages percentages of what the filters leave\n"

#define ROW_HELP                                                                                   \
	"  -functions -filefunctions -files -lines -addresses\n"                                   \
	"                        what a row is (default: functions); -noinlines\n"                 \
	"  -symbolize=none|force where the profile lacks lines, do not look for them; or look "    \
	"for all\n"                                                                                \
	"  -unit=UNIT            values in B, kB, MB, ..., ms, s (default: what suits each)\n"

#define JSON_HELP "  --json                the same data as JSON; nothing is left out or rounded\n"

#define OUT_HELP                                                                                   \
	"  --wide                names in full, however wide\n"                                    \
	"  -o FILE               write there and not to standard output\n"

#define SELECT_HELP PICK_HELP BASE_HELP ROW_HELP JSON_HELP OUT_HELP

static const struct cpa_cli_verb verbs[] = {
	{"run", cpa_cli_run, "run a program under the profiler",
		"[OPTION...] [--] PROGRAM [ARGUMENT...]",
		"  --rate=SIZE           mean bytes between samples (512k; 1: every allocation, "
		"exact; 0: none)\n"
		"  --interval=TIME       a snapshot every so often (30s, 5m); default: only one at "
		"exit\n"
		"  --growth=SIZE         a snapshot each time the heap grew so much\n"
		"  --signal=SIGNAL       a snapshot on this signal (USR2)\n"
		"  --dir=DIR             where snapshots go (PROGRAM.cprof in this directory)\n"
		"  --keep=N              keep the newest N snapshots\n"
		"  --keep-bytes=SIZE     and at most so many bytes of them\n"
		"  --depth=N             frames of a stack to keep (128)\n"
		"  --final=0|1           a snapshot at exit (1)\n"
		"  --children            its child processes write snapshots too\n"
		"  --http=HOST:PORT      passed on to the library, which has no HTTP server yet\n"},
	{"info", cpa_cli_info, "what a profile says of itself", "[--json] [-o FILE] PROFILE",
		JSON_HELP "  -o FILE               write there and not to standard output\n"},
	{"top", cpa_cli_top, "which functions hold the memory", "[OPTION...] PROFILE...",
		SELECT_HELP
		"  -cum                  sort by what a function holds with all it called\n"
		"  -nodecount=N          rows to show (10; 0: all); also -nodefraction=PART\n"
		"  -trim=false           leave out nothing\n"},
	{"peek", cpa_cli_peek, "the callers and callees of functions", "[OPTION...] RE PROFILE...",
		SELECT_HELP "  -cum                  sort by what a function holds with all it "
			    "called\n"},
	{"tree", cpa_cli_tree, "the call graph: each function with its callers and callees",
		"[OPTION...] PROFILE...",
		SELECT_HELP
		"  -cum                  sort by what a function holds with all it called\n"
		"  -nodecount=N          functions to show (80; 0: all)\n"
		"  -nodefraction=PART    leave out functions below this part of the whole (0.005)\n"
		"  -edgefraction=PART    leave out calls below this part of the whole (0.001)\n"},
	{"traces", cpa_cli_traces, "every stack, with what it holds", "[OPTION...] PROFILE...",
		SELECT_HELP "  -nodecount=N          stacks to show, the heaviest (all)\n"},
	{"diff", cpa_cli_diff, "what grew between two profiles, and what is chance",
		"[OPTION...] OLD NEW",
		PICK_HELP ROW_HELP JSON_HELP OUT_HELP
		"  -nodecount=N          rows to show of each kind (10; 0: all)\n"
		"  --fail-above=SIZE     exit 1 if the heap or a site surely grew by more than "
		"SIZE\n"
		"  --one-process, --two-processes\n"
		"                        do not guess whether both profiles are of one process\n"},
	{"list", cpa_cli_list, "the source of functions, with what each line holds",
		"[OPTION...] RE PROFILE...",
		SELECT_HELP
		"  -nodecount=N          functions to list at most; those that hold most come "
		"first\n"
		"  -source_path=DIR:...  where source is looked for, upwards from each\n"
		"  -trim_path=DIR:...    what to take off the front of paths in the profile\n"
		"  -all_lines            do not fold lines that hold nothing\n"},
	{"leaks", cpa_cli_leaks, "what keeps growing over a series of snapshots, and what leaks",
		"[OPTION...] DIR|SNAPSHOT...",
		PICK_HELP ROW_HELP JSON_HELP OUT_HELP
		"  -nodecount=N          rows to show (10; 0: all)\n"
		"  --html=FILE           a page: a chart over time, the growth as a flame "
		"graph\n"
		"  --pid=PID             which process, of several in the directory\n"
		"  --fail-above=SIZE     exit 1 if a site that leaks surely grew by more than "
		"SIZE\n"},
	{"flame", cpa_cli_flame, "a flame graph to click through: one HTML file",
		"[OPTION...] -o FILE.html PROFILE...",
		PICK_HELP ROW_HELP JSON_HELP
		"  -o FILE               the page\n"
		"  -base=OLD             the change since OLD: red grew, blue shrank; also "
		"-diff_base\n"
		"  -normalize            scale OLD to the sum of the profile first\n"
		"  -nodecount=N          places to keep (20000; 0: all); smaller ones are folded\n"
		"  -nodefraction=X       fold what is below this part of the total, such as "
		"0.001\n"},
	{"tags", cpa_cli_labels, "what the samples with each label hold", "[OPTION...] PROFILE...",
		SELECT_HELP "  -nodecount=N          values of a key to show (10; 0: all)\n"},
	{"svg", cpa_cli_svg, "the call graph as a picture, drawn by Graphviz",
		"[OPTION...] -o FILE.svg PROFILE...",
		PICK_HELP BASE_HELP ROW_HELP
		"  -o FILE               the picture\n"
		"  -nodecount=N          boxes to draw at most (80; 0: all)\n"
		"  -nodefraction=X       none that hold less than this part of the total (0.005)\n"
		"  -edgefraction=X       no arrows of less than this part (0.001)\n"
		"  --dot                 the graph as text for Graphviz, not the picture\n"},
	{"merge", cpa_cli_merge, "several profiles as one, or one less another",
		"[OPTION...] -o OUT PROFILE...",
		"  -o OUT                where to write; a pprof file, gzipped\n"
		"  -base=PROFILE         take this one away\n"
		"  -diff_base=PROFILE    take it away, with a label on its samples\n"
		"  -normalize            scale to the sum of the base first\n"},
	{"symbolize", cpa_cli_symbolize, "put functions, lines and inlined frames into a profile",
		"[-symbolize=force] -o OUT PROFILE",
		"  -o OUT                where to write; it can be read where the program is not\n"
		"  -symbolize=force      again, also what has functions and lines\n"},
	{"raw", cpa_cli_raw, "everything that is in a profile", "[-o FILE] PROFILE",
		"  -o FILE               write there and not to standard output\n"},
};

static const struct cpa_cli_verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static void print_help(FILE *to)
{
	size_t i;

	fputs("usage: cprof VERB [OPTION...] [FILE...]\n\n", to);
	for (i = 0; i < CPA_ARRAY_LEN(verbs); i++)
		fprintf(to, "  %-9s %s\n", verbs[i].name, verbs[i].summary);
	fputs("  help      help on a verb\n\nFor example:\n"
	      "  cprof run --interval 30s --dir prof -- ./server\n"
	      "  cprof top prof/server.4242.0001.heap.pb.gz\n"
	      "  cprof diff prof/server.4242.0001.heap.pb.gz prof/server.4242.0026.heap.pb.gz\n",
		to);
}

void cpa_cli_help_verb(const struct cpa_cli_verb *verb)
{
	printf("usage: cprof %s %s\n\n%s.\n", verb->name, verb->usage, verb->summary);
	if (verb->details[0] != '\0')
		printf("\n%s", verb->details);
}

static int help(const char *name)
{
	const struct cpa_cli_verb *verb;

	if (name == NULL) {
		print_help(stdout);
		return CPA_CLI_OK;
	}
	if (strcmp(name, "help") == 0) {
		puts("usage: cprof help [VERB]\n\nhelp on a verb.");
		return CPA_CLI_OK;
	}
	verb = find_verb(name);
	if (verb == NULL) {
		fprintf(stderr, "cprof: no verb \"%s\"; see cprof help\n", name);
		return CPA_CLI_USAGE;
	}
	cpa_cli_help_verb(verb);
	return CPA_CLI_OK;
}

/* A full disk must not look like success. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	perror("cprof: standard output");
	return status == CPA_CLI_OK ? CPA_CLI_USAGE : status;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct cpa_cli_verb *verb = find_verb(name);

	if (verb != NULL)
		return finish(verb->run(verb, argc - 2, argv + 2));
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
		strcmp(name, "-help") == 0)
		return finish(help(argc > 2 ? argv[2] : NULL));
	if (strcmp(name, "--version") == 0 || strcmp(name, "-version") == 0 ||
		strcmp(name, "version") == 0) {
		printf("cprof %s\n", PACKAGE_VERSION);
		return finish(CPA_CLI_OK);
	}
	if (name[0] == '\0')
		print_help(stderr);
	else
		fprintf(stderr, "cprof: no verb \"%s\"; see cprof help\n", name);
	return CPA_CLI_USAGE;
}
