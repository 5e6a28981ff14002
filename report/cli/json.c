/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON, written as it comes.
 * Not here: which keys a report has (top.c, diff.c, info.c).
 */
#include "report/cli/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Bytes of the UTF-8 character at text, 0 where it is none. */
static size_t utf8_bytes(const unsigned char *text)
{
	size_t length = text[0] < 0x80                      ? 1
			: text[0] >= 0xc2 && text[0] < 0xe0 ? 2
			: (text[0] & 0xf0) == 0xe0          ? 3
			: text[0] >= 0xf0 && text[0] < 0xf5 ? 4
							    : 0;
	size_t i;

	for (i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what lies beyond Unicode. */
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
		(text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

static void put_string(FILE *file, const char *text)
{
	const unsigned char *next = (const unsigned char *)text;

	putc('"', file);
	while (*next != '\0') {
		size_t length = utf8_bytes(next);

		if (length == 0) {
			fputs("\\ufffd", file);
			length = 1;
		} else if (*next == '"' || *next == '\\') {
			putc('\\', file);
			putc(*next, file);
		} else if (*next < 0x20 || *next == 0x7f) {
			fprintf(file, "\\u%04x", *next);
		} else {
			fwrite(next, 1, length, file);
		}
		next += length;
	}
	putc('"', file);
}

static void begin_value(struct cpa_cli_json *json, const char *key)
{
	if (json->needs_comma)
		putc(',', json->file);
	if (json->depth > 0 && json->depth <= 2)
		fprintf(json->file, "\n%*s", json->depth * 2, "");
	else if (json->needs_comma)
		putc(' ', json->file);
	json->needs_comma = true;
	if (key != NULL) {
		put_string(json->file, key);
		fputs(": ", json->file);
	}
}

void cpa_cli_json_open(struct cpa_cli_json *json, const char *key, char open)
{
	begin_value(json, key);
	putc(open, json->file);
	json->depth++;
	json->needs_comma = false;
}

void cpa_cli_json_close(struct cpa_cli_json *json, char close)
{
	json->depth--;
	if (json->depth < 2 && json->needs_comma)
		fprintf(json->file, "\n%*s", json->depth * 2, "");
	putc(close, json->file);
	json->needs_comma = true;
	if (json->depth == 0)
		putc('\n', json->file);
}

void cpa_cli_json_text(struct cpa_cli_json *json, const char *key, const char *text)
{
	begin_value(json, key);
	if (text == NULL)
		fputs("null", json->file);
	else
		put_string(json->file, text);
}

void cpa_cli_json_int(struct cpa_cli_json *json, const char *key, int64_t number)
{
	begin_value(json, key);
	fprintf(json->file, "%" PRId64, number);
}

void cpa_cli_json_number(struct cpa_cli_json *json, const char *key, double number)
{
	begin_value(json, key);
	if (!isfinite(number))
		fputs("null", json->file);
	else if (number == floor(number) && fabs(number) < 9e15)
		fprintf(json->file, "%.0f", number + 0.);
	else
		fprintf(json->file, "%.10g", number);
}

void cpa_cli_json_bool(struct cpa_cli_json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->file);
}
