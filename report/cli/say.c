/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that others wrote, for people.
 * Not here: which characters are fit (report/graph/legible.c), reports (out.c).
 */
#include "report/cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "report/graph/legible.h"
#include "report/profile/units.h"

void cpa_cli_say_text(FILE *to, const char *text, size_t columns)
{
	size_t left_bytes = strlen(text), room = columns;
	bool is_cut = columns > 0 && cpa_units_columns(text) > columns, is_fit;

	if (is_cut)
		room--;
	while (left_bytes > 0) {
		size_t bytes = cpa_legible_character(text, left_bytes, &is_fit);

		if (columns > 0 && room-- == 0)
			break;
		if (is_fit)
			fwrite(text, 1, bytes, to);
		else
			putc('?', to);
		text += bytes;
		left_bytes -= bytes;
	}
	if (is_cut)
		fputs("…", to);
}

void cpa_cli_say(const char *format, ...)
{
	char line[2048];
	int saved_errno = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fputs("cprof: ", stderr);
	cpa_cli_say_text(stderr, line, 0);
	putc('\n', stderr);
	errno = saved_errno;
}
