/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of text put together without stdio and without memory.
 * Not here: writing it (log.c).
 */
#include "base/line.h"

void cpa_line_add(struct cpa_line *line, const char *text)
{
	while (*text && line->used_bytes < sizeof(line->text) - 1)
		line->text[line->used_bytes++] = *text++;
	line->text[line->used_bytes] = '\0';
}

void cpa_line_add_number(struct cpa_line *line, uint64_t number)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	cpa_line_add(line, digits + at);
}

void cpa_line_add_pair(struct cpa_line *line, const char *key, uint64_t number)
{
	cpa_line_add(line, " ");
	cpa_line_add(line, key);
	cpa_line_add(line, "=");
	cpa_line_add_number(line, number);
}

void cpa_line_add_shown(struct cpa_line *line, const char *text, size_t text_bytes)
{
	for (size_t i = 0; i < text_bytes && i < CPA_LINE_SHOWN_MAX; i++) {
		char one[2] = {text[i], '\0'};

		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			one[0] = '?';
		cpa_line_add(line, one);
	}
	if (text_bytes > CPA_LINE_SHOWN_MAX)
		cpa_line_add(line, "...");
}
