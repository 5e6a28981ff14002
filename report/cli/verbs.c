/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs of cprof by what they are for, and what `cprof help VERB` says of each.
 * Not here: which was asked for (main.c), how options are read (options.c).
 */
#include "report/cli/verbs.h"

#include <string.h>

/* A line here is a line there. */
/* clang-format off */
#define STACKS_HELP \
	"\nWhich value, stacks and frames:\n" \
	"  -sample_index=NAME|N  what to show; also -inuse_space -inuse_objects -alloc_space\n" \
	"                        -alloc_objects; -contentions -total_delay -mean_delay\n" \
	"  -focus=RE             only stacks with a matching function, source or mapped file\n" \
	"  -ignore=RE            without the stacks that match\n" \
	"  -show=RE, -hide=RE    only the frames that match, or that do not\n" \
	"  -show_from=RE         without what calls the outermost match\n" \
	"  -prune_from=RE        without what the innermost match called\n" \
	"  -tagfocus=[KEY=]RE|LOW:HIGH, -tagignore=...\n" \
	"                        only stacks with such a label, or without (bytes=512b:2kb)\n" \
	"  -tagshow=RE, -taghide=RE\n" \
	"                        only the labels whose key matches, or does not\n" \
	"  -symbolize=none|force look for no names and lines, or also where there are some\n"

#define BASE_HELP \
	"  -base=FILE            take this profile away\n" \
	"  -diff_base=FILE       the same, with percentages of that profile\n" \
	"  -normalize            scale to the sum of the base before that\n" \
	"  -drop_negative        without rows below 0\n" \
	"  -mean                 each value divided by the first one of its samples\n" \
	"  -relative_percentages percentages of what the filters leave\n"

#define ROWS_HELP \
	"\nIn which form:\n" \
	"  -functions -filefunctions -files -lines -addresses\n" \
	"                        what a row is (functions)\n" \
	"  -noinlines            inlined functions count for what they were inlined into\n"

#define UNIT_HELP \
	"  -unit=UNIT            values in B, kB, MB, ..., ms, s (what suits each)\n"
#define JSON_HELP \
	"  --json                the same data as JSON; nothing is rounded\n"
#define WIDE_HELP \
	"  --wide                names in full, however wide\n"
#define FILE_HELP \
	"  -o FILE               write there and not to standard output\n"
#define CUM_HELP \
	"  -cum                  sort by what a function holds with all it called\n" \
	"  -flat                 sort by what it holds itself, which need not be given\n"
#define TRIM_HELP \
	"  -trim=false           leave out nothing\n"

#define PRINT_HELP UNIT_HELP JSON_HELP WIDE_HELP FILE_HELP
#define TABLE_HELP STACKS_HELP BASE_HELP ROWS_HELP PRINT_HELP

const struct cpa_cli_verb cpa_cli_verbs[] = {
	{"run", cpa_cli_run, "run a program under the profiler",
		"[OPTION...] [--] PROGRAM [ARGUMENT...]",
		"  --rate=SIZE           mean bytes between samples (512k; 1: all, exact)\n"
		"  --interval=TIME       a snapshot every so often (30s, 5m)\n"
		"  --growth=SIZE         a snapshot each time the heap grew so much\n"
		"  --signal=SIGNAL       a snapshot on this signal (USR2)\n"
		"  --dir=DIR             where snapshots go (PROGRAM.cprof in this directory)\n"
		"  --keep=N              keep the newest N snapshots\n"
		"  --keep-bytes=SIZE     and at most so many bytes of them\n"
		"  --depth=N             frames of a stack to keep (128)\n"
		"  --final=0|1           a snapshot at exit (1)\n"
		"  --cpu=HZ              also a profile of CPU time, HZ samples a second (100)\n"
		"  --mutex=N             also who held locks that others waited for: one in N (1)\n"
		"  --block=TIME          also who waited, and how long: all from TIME on (10us)\n"
		"  --goroutine           also the stack of each thread at each snapshot\n"
		"  --threadcreate        also where threads were created\n"
		"  --children            its child processes write snapshots too\n"
		"  --http=HOST:PORT      serve the profiles while it runs\n",
		"Run a program"},

	{"top", cpa_cli_top, "which functions hold the memory", "[OPTION...] PROFILE...",
		CUM_HELP
		"  -nodecount=N          rows to show (10; 0: all)\n"
		"  -nodefraction=PART    none that hold less than this part of the whole (0)\n"
		TRIM_HELP TABLE_HELP,
		"Look at a profile"},
	{"tree", cpa_cli_tree, "the call graph: each function with its callers and callees",
		"[OPTION...] PROFILE...",
		CUM_HELP
		"  -nodecount=N          functions to show (80; 0: all)\n"
		"  -nodefraction=PART    none that hold less than this part of the whole (0.005)\n"
		"  -edgefraction=PART    no calls that carry less than this part (0.001)\n"
		TRIM_HELP TABLE_HELP, NULL},
	{"peek", cpa_cli_peek, "the callers and callees of the functions that match",
		"[OPTION...] RE PROFILE...", CUM_HELP TABLE_HELP, NULL},
	{"list", cpa_cli_list, "the source of functions, with what each line holds",
		"[OPTION...] RE PROFILE...",
		"  -nodecount=N          functions to list at most, those that hold most first\n"
		"  -source_path=DIR:...  where source is looked for, upwards from each\n"
		"  -trim_path=DIR:...    what to take off the front of paths in the profile\n"
		"  -all_lines            do not fold lines that hold nothing\n"
		TABLE_HELP, NULL},
	{"traces", cpa_cli_traces, "every stack, with what it holds", "[OPTION...] PROFILE...",
		"  -nodecount=N          stacks to show, the heaviest (all)\n"
		TABLE_HELP, NULL},
	{"tags", cpa_cli_labels, "what the samples with each label hold", "[OPTION...] PROFILE...",
		"  -nodecount=N          values of a key to show (10; 0: all)\n"
		STACKS_HELP BASE_HELP "\nIn which form:\n" PRINT_HELP, NULL},
	{"flame", cpa_cli_flame, "a flame graph to click through: one HTML file",
		"[OPTION...] -o FILE.html PROFILE...",
		FILE_HELP
		"  -base=OLD, -diff_base=OLD\n"
		"                        the change since OLD: red grew, blue shrank\n"
		"  -normalize            scale OLD to the sum of the profile first\n"
		"  -nodecount=N          places to keep (20000; 0: all); smaller ones are folded\n"
		"  -nodefraction=PART    fold what is below this part of the whole\n"
		TRIM_HELP STACKS_HELP ROWS_HELP
		"  --json                the data of the page as JSON\n", NULL},
	{"svg", cpa_cli_svg, "the call graph as a picture, drawn by Graphviz",
		"[OPTION...] -o FILE.svg PROFILE...",
		FILE_HELP
		"  --dot                 the graph as text for Graphviz, not the picture\n"
		"  -nodecount=N          boxes to draw at most (80; 0: all)\n"
		"  -nodefraction=PART    none that hold less than this part of the whole (0.005)\n"
		"  -edgefraction=PART    no arrows of less than this part (0.001)\n"
		TRIM_HELP STACKS_HELP BASE_HELP ROWS_HELP UNIT_HELP, NULL},

	{"diff", cpa_cli_diff, "what grew between two profiles, and what is chance",
		"[OPTION...] OLD NEW",
		"  -nodecount=N          rows to show of each kind (10; 0: all)\n"
		"  --fail-above=SIZE     exit 1 if the heap or a site surely grew by more\n"
		"  --one-process, --two-processes\n"
		"                        do not guess whether both profiles are of one process\n"
		STACKS_HELP ROWS_HELP PRINT_HELP,
		"Compare profiles"},
	{"leaks", cpa_cli_leaks, "what keeps growing over a series of snapshots, and what leaks",
		"[OPTION...] DIR|SNAPSHOT...",
		"  -nodecount=N          rows to show (10; 0: all)\n"
		"  --html=FILE           a page: a chart over time, the growth as a flame graph\n"
		"  --pid=PID             which process, of several in the directory\n"
		"  --fail-above=SIZE     exit 1 if a site that leaks surely grew by more\n"
		STACKS_HELP ROWS_HELP JSON_HELP WIDE_HELP FILE_HELP, NULL},

	{"info", cpa_cli_info, "what a profile says of itself", "[--json] [-o FILE] PROFILE",
		JSON_HELP FILE_HELP, "Files"},
	{"raw", cpa_cli_raw, "everything that is in a profile", "[-o FILE] PROFILE", FILE_HELP,
		NULL},
	{"merge", cpa_cli_merge, "several profiles as one, or one less another",
		"[OPTION...] -o OUT PROFILE...",
		"  -o OUT                where to write; a pprof file, gzipped\n"
		"  -base=FILE            take this profile away\n"
		"  -diff_base=FILE       the same, with a label on its samples\n"
		"  -normalize            scale to the sum of the base before that\n", NULL},
	{"symbolize", cpa_cli_symbolize, "put functions, lines and inlined frames into a profile",
		"[-symbolize=force] -o OUT PROFILE",
		"  -o OUT                where to write; it can be read where the program is not\n"
		"  -symbolize=force      look also where there are names and lines\n", NULL},
	{"push", cpa_cli_push, "send snapshots to a Pyroscope server, each once",
		"[OPTION...] --to URL DIR|SNAPSHOT...",
		"  --to=URL              the server, such as http://localhost:4040\n"
		"  --name=APP            what the server calls it (what the program was run as)\n"
		"  --label=KEY=VALUE     a label for all of them; may be given again\n"
		"  --header='NAME: VALUE'\n"
		"                        sent along, such as X-Scope-OrgID; may be given again\n"
		"  --since=TIME          none that is older (servers take 1h by default)\n"
		"  --retries=N           attempts after the first (5)\n"
		"  --backoff=TIME        before the second, then twice as long each time (1s)\n"
		"  --timeout=TIME        for one attempt (30s)\n"
		"  --state=FILE          where it is remembered what was pushed (in DIR)\n"
		"  -symbolize=none|force look for no names and lines, or for all again\n"
		"\nIn the environment:\n"
		"  CPROF_PUSH_TOKEN      a bearer token\n"
		"  CPROF_PUSH_USER       USER:PASSWORD\n", NULL},
	{"trace2json", cpa_cli_trace2json, "an execution trace for Perfetto and chrome://tracing",
		"[-o OUT] TRACE",
		"  -o OUT                where to write (standard output)\n", NULL},
	{NULL, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */

const struct cpa_cli_verb *cpa_cli_verbs_find(const char *name)
{
	const struct cpa_cli_verb *verb;

	for (verb = cpa_cli_verbs; verb->name != NULL; verb++)
		if (strcmp(verb->name, name) == 0)
			return verb;
	return NULL;
}

/* Letters to add, take away, change or swap with the next to get from one word to the other. */
static int distance(const char *from, const char *to)
{
	int take, add, change;

	while (*from != '\0' && *from == *to) {
		from++;
		to++;
	}
	if (*from == '\0' || *to == '\0')
		return (int)(strlen(from) + strlen(to));
	if (from[1] != '\0' && from[0] == to[1] && from[1] == to[0])
		return 1 + distance(from + 2, to + 2);
	take = distance(from + 1, to);
	add = distance(from, to + 1);
	change = distance(from + 1, to + 1);
	return 1 + (take < add ? take < change ? take : change : add < change ? add : change);
}

const struct cpa_cli_verb *cpa_cli_verbs_near(const char *name)
{
	const struct cpa_cli_verb *verb, *nearest = NULL;
	int least = 3;

	/* Longer than any verb: no slip of a finger, and distance() takes 3 to the power of it. */
	if (strlen(name) > 10)
		return NULL;
	for (verb = cpa_cli_verbs; verb->name != NULL; verb++) {
		int letters = distance(name, verb->name);

		if (letters < least && letters < (int)strlen(verb->name) - 1) {
			least = letters;
			nearest = verb;
		}
	}
	return nearest;
}
