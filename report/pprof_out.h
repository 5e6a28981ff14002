/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pieces of a pprof file on their way out: packed, numbered where they are strings, compressed.
 * Not here: what the pieces are (pprof.c).
 */
#ifndef CPA_REPORT_PPROF_OUT_H
#define CPA_REPORT_PPROF_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "report/gzip.h"
#include "report/profile.pb-c.h"

#define CPA_PPROF_OUT_STAGED_BYTES ((size_t)32 * 1024)
#define CPA_PPROF_OUT_TEXT_BYTES   ((size_t)16 * 1024)

/*
 * A Profile with one field set, packed, is a piece of the file: pieces written one after another
 * are one message. Strings are numbered as they go out, so nothing is kept. Zero-filled but for
 * gzip, to begin.
 */
struct cpa_pprof_out {
	ProtobufCBuffer base; /* first: protobuf-c hands us a pointer to it */
	struct cpa_gzip *gzip;
	int error;            /* first one */
	int64_t string_count; /* written so far */
	size_t staged_bytes;
	uint8_t staged[CPA_PPROF_OUT_STAGED_BYTES];
	char text[CPA_PPROF_OUT_TEXT_BYTES];
};

/*
 * Write a piece; a string, and return its index; and at the end what is staged. Strings become
 * valid UTF-8: some readers refuse the whole file otherwise.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_pprof_out_piece(struct cpa_pprof_out *out, const Perftools__Profiles__Profile *piece);
int64_t cpa_pprof_out_string(struct cpa_pprof_out *out, const char *text);
void cpa_pprof_out_flush(struct cpa_pprof_out *out);

#endif
