/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A course over time as a line of blocks.
 * Not here: the course (report/trend/site.c), the table around it (leaks_text.c).
 */
#include "report/cli/sparkline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool locale_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
			       strstr(value, "utf-8") != NULL || strstr(value, "UTF8") != NULL;
	}
	return false;
}

char *cpa_cli_sparkline(char *to, size_t to_bytes, const double *seconds,
	const struct cpa_site *course, size_t columns)
{
	static const char *const blocks[] = {
		"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
	static const char *const ascii[] = {"_", ".", "-", "=", "+", "*", "%", "#"};
	const char *const *marks = locale_is_utf8() ? blocks : ascii;
	size_t last = course->count - 1, at = 0, column, used = 0, i;
	double most = 0;

	to[0] = '\0';
	if (columns > course->count)
		columns = course->count;
	for (i = 0; i <= last; i++)
		most = fmax(most, course->value[i]);
	for (column = 0; column < columns; column++) {
		/* The snapshot that was the latest at that time. */
		double when = columns > 1 ? seconds[last] * (double)column / (double)(columns - 1)
					  : seconds[last];
		int level;

		while (at < last && seconds[at + 1] <= when + seconds[last] * 1e-9)
			at++;
		level = most > 0 ? (int)(course->value[at] / most * 7 + 0.5) : 0;
		used += (size_t)snprintf(to + used, to_bytes - used, "%s",
			marks[level < 0     ? 0
				: level > 7 ? 7
					    : level]);
		if (used + 4 >= to_bytes)
			break;
	}
	return to;
}
