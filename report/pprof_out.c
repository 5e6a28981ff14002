/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces of a pprof file on their way out. */
#include "report/pprof_out.h"

#include <string.h>

#include "report/utf8.h"

void cpa_pprof_out_flush(struct cpa_pprof_out *out)
{
	if (!out->error)
		out->error = cpa_gzip_write(out->gzip, out->staged, out->staged_bytes);
	out->staged_bytes = 0;
}

static void append(ProtobufCBuffer *buffer, size_t size_bytes, const uint8_t *bytes)
{
	struct cpa_pprof_out *out = (struct cpa_pprof_out *)buffer;

	while (size_bytes) {
		size_t room_bytes = sizeof(out->staged) - out->staged_bytes;
		size_t part_bytes = size_bytes < room_bytes ? size_bytes : room_bytes;

		memcpy(out->staged + out->staged_bytes, bytes, part_bytes);
		out->staged_bytes += part_bytes;
		bytes += part_bytes;
		size_bytes -= part_bytes;
		if (out->staged_bytes == sizeof(out->staged))
			cpa_pprof_out_flush(out);
	}
}

void cpa_pprof_out_piece(struct cpa_pprof_out *out, const Perftools__Profiles__Profile *piece)
{
	out->base.append = append;
	(void)perftools__profiles__profile__pack_to_buffer(piece, &out->base);
}

int64_t cpa_pprof_out_string(struct cpa_pprof_out *out, const char *text)
{
	Perftools__Profiles__Profile piece = PERFTOOLS__PROFILES__PROFILE__INIT;
	char *clean = out->text;

	cpa_utf8_clean(text, out->text, sizeof(out->text));
	piece.n_string_table = 1;
	piece.string_table = &clean;
	cpa_pprof_out_piece(out, &piece);
	return out->string_count++;
}
