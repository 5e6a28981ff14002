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

/*
 * What could end a script element, begin markup, or end a line of JavaScript: <, >, &, U+2028 and
 * U+2029.
 */
static bool is_special_in_html(const unsigned char *text, size_t length)
{
	return *text == '<' || *text == '>' || *text == '&' ||
	       (length == 3 && text[0] == 0xe2 && text[1] == 0x80 && (text[2] & 0xfe) == 0xa8);
}

static void put_string(const struct cpa_cli_json *json, const char *text)
{
	const unsigned char *next = (const unsigned char *)text;
	FILE *file = json->file;

	putc('"', file);
	while (*next != '\0') {
		size_t length = utf8_bytes(next);

		if (length == 0) {
			fputs("\\ufffd", file);
			length = 1;
		} else if (*next == '"' || *next == '\\') {
			putc('\\', file);
			putc(*next, file);
		} else if (json->for_html && is_special_in_html(next, length)) {
			fprintf(file, "\\u%04x", length == 1 ? *next : 0x2000 + (next[2] - 0x80));
		} else if (*next < 0x20 || *next == 0x7f) {
			fprintf(file, "\\u%04x", *next);
		} else {
			fwrite(next, 1, length, file);
		}
		next += length;
	}
	putc('"', file);
}

/* The outer levels get a line for each value. */
static void put_blank(struct cpa_cli_json *json)
{
	if (json->depth > 0 && json->depth <= 2)
		fprintf(json->file, "\n%*s", json->depth * 2, "");
	else if (json->needs_comma)
		putc(' ', json->file);
}

static void begin_value(struct cpa_cli_json *json, const char *key)
{
	if (json->needs_comma)
		putc(',', json->file);
	if (!json->for_html)
		put_blank(json);
	json->needs_comma = true;
	if (key != NULL) {
		put_string(json, key);
		fputs(json->for_html ? ":" : ": ", json->file);
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
	if (json->depth < 2 && json->needs_comma && !json->for_html)
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
		put_string(json, text);
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
