/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and paths as words of the commands that reports suggest.
 * Not here: which command a report suggests (show.c, diff_text.c, leaks_text.c).
 */
#include "report/cli/next.h"

#include <stdlib.h>
#include <string.h>

#include "report/profile/memory.h"

/* What no shell takes for anything but itself. */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/,-+@%="

static void put_word(struct cpa_cli_out *out, const char *word)
{
	bool is_plain = word[0] != '\0' && word[strspn(word, PLAIN)] == '\0';
	size_t used = 0;
	char *quoted;

	if (is_plain) {
		fputs(word, out->file);
		return;
	}
	quoted = cpa_memory_new(4 * strlen(word) + 3, 1);
	quoted[used++] = '\'';
	for (; *word != '\0'; word++) {
		if (*word == '\'') {
			memcpy(quoted + used, "'\\'", 3);
			used += 3;
		}
		quoted[used++] = *word;
	}
	quoted[used++] = '\'';
	quoted[used] = '\0';
	cpa_cli_out_text(out, quoted, 0);
	free(quoted);
}

void cpa_cli_next_pattern(struct cpa_cli_out *out, const char *name)
{
	char *pattern = cpa_memory_text(name, strlen(name)), *at;

	for (at = pattern; *at != '\0'; at++)
		if (strchr("\\^$*+?()[]{}|'", *at) != NULL || (unsigned char)*at < ' ')
			*at = '.';
	if (pattern[0] == '-')
		pattern[0] = '.'; /* else it would be an option */
	put_word(out, pattern);
	free(pattern);
}

void cpa_cli_next_path(struct cpa_cli_out *out, const char *path)
{
	put_word(out, path);
}
