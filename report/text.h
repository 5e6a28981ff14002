/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap as text that people read and pprof parses: what Go serves for debug=1.
 * Not here: the protobuf form (pprof.c).
 *
 * Values are raw sample counts and their bytes, as this format demands: the header's "heap/N" tells
 * the reader to scale them for a sampling rate of N/2. Where the rate changed during the run, only
 * the protobuf form is right.
 */
#ifndef CPA_REPORT_TEXT_H
#define CPA_REPORT_TEXT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "report/facts.h"
#include "report/fd.h"

/*
 * Write the text that facts (measured) describe. 0, -ENOMEM, or the sink's error.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_text_write(
	const struct cpa_facts *facts, bool names, struct cpa_fd_sink sink);

#endif
