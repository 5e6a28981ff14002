/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof: which verb was asked for.
 * Not here: the verbs (one file each), what help says of them (verbs.c).
 */
#include <stdio.h>
#include <string.h>

#include "report/cli/say.h"
#include "report/cli/verbs.h"

static void print_help(FILE *to)
{
	const struct cpa_cli_verb *verb;

	fputs("usage: cprof VERB [OPTION...] [FILE...]\n", to);
	for (verb = cpa_cli_verbs; verb->name != NULL; verb++) {
		if (verb->group != NULL)
			fprintf(to, "\n%s:\n", verb->group);
		fprintf(to, "  %-10s %s\n", verb->name, verb->summary);
	}
	fputs("\nThe options of each: cprof help VERB. For example:\n"
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

static int refuse(const char *name)
{
	const struct cpa_cli_verb *near = cpa_cli_verbs_near(name), *verb;

	if (near != NULL) {
		cpa_cli_say("no verb \"%s\"; did you mean %s?", name, near->name);
		return CPA_CLI_USAGE;
	}
	fputs("cprof: ", stderr);
	cpa_cli_say_text(stderr, name, 40);
	fputs(" is no verb; there are", stderr);
	for (verb = cpa_cli_verbs; verb->name != NULL; verb++)
		fprintf(stderr, " %s", verb->name);
	fputs(" and help\n", stderr);
	return CPA_CLI_USAGE;
}

static int help(const char *name)
{
	const struct cpa_cli_verb *verb;

	if (name == NULL) {
		print_help(stdout);
		return CPA_CLI_OK;
	}
	if (strcmp(name, "help") == 0) {
		puts("usage: cprof help [VERB]\n\nthe verbs, or the options of one.");
		return CPA_CLI_OK;
	}
	verb = cpa_cli_verbs_find(name);
	if (verb == NULL)
		return refuse(name);
	cpa_cli_help_verb(verb);
	return CPA_CLI_OK;
}

/* A full disk must not look like success. A verb that failed has told why. */
static int finish(int status)
{
	if ((fflush(stdout) == 0 && !ferror(stdout)) || status == CPA_CLI_USAGE)
		return status;
	perror("cprof: standard output");
	return status == CPA_CLI_OK ? CPA_CLI_USAGE : status;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct cpa_cli_verb *verb = cpa_cli_verbs_find(name);

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
	if (name[0] != '\0')
		return refuse(name);
	print_help(stderr);
	return CPA_CLI_USAGE;
}
