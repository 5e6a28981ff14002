/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON, written as it comes: commas and escapes are right whatever is in the names.
 * Not here: which keys a report has (top.c, diff.c, info.c; described in cprof(1)).
 */
#ifndef CPA_CLI_JSON_H
#define CPA_CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct cpa_cli_json {
	FILE *file;
	bool needs_comma;
	int depth;
	bool for_html; /* no blanks, and nothing in a text that HTML could take for markup */
};

/*
 * Key NULL: an element of an array, or the outermost value. open and close are the brackets.
 * Numbers that JSON does not know (infinity, no number) become null.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_json_open(struct cpa_cli_json *json, const char *key, char open);
void cpa_cli_json_close(struct cpa_cli_json *json, char close);
void cpa_cli_json_text(
	struct cpa_cli_json *json, const char *key, const char *text); /* NULL: null */
void cpa_cli_json_int(struct cpa_cli_json *json, const char *key, int64_t number);
void cpa_cli_json_number(struct cpa_cli_json *json, const char *key, double number);
void cpa_cli_json_bool(struct cpa_cli_json *json, const char *key, bool value);

#endif
