/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a text, collected and passed to a sink. */
#include "report/text_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/utf8.h"

#define FORMAT_BYTES 256u

void cpa_text_out_flush(struct cpa_text_out *out)
{
	if (!out->error && out->staged_bytes)
		out->error = out->sink.write(out->sink.context, out->staged, out->staged_bytes);
	out->staged_bytes = 0;
}

void cpa_text_out_put(struct cpa_text_out *out, const char *text)
{
	size_t text_bytes = strlen(text);

	while (text_bytes) {
		size_t room_bytes = sizeof(out->staged) - out->staged_bytes;
		size_t part_bytes = text_bytes < room_bytes ? text_bytes : room_bytes;

		memcpy(out->staged + out->staged_bytes, text, part_bytes);
		out->staged_bytes += part_bytes;
		text += part_bytes;
		text_bytes -= part_bytes;
		if (out->staged_bytes == sizeof(out->staged))
			cpa_text_out_flush(out);
	}
}

void cpa_text_out_format(struct cpa_text_out *out, const char *format, ...)
{
	char text[FORMAT_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cpa_text_out_put(out, text);
}

void cpa_text_out_clean(struct cpa_text_out *out, const char *text)
{
	cpa_utf8_clean(text, out->text, sizeof(out->text));
	cpa_text_out_put(out, out->text);
}
