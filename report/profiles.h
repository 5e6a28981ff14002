/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which profiles there are by name, and each one's bytes.
 * Not here: who asks (snapshot.c), the forms (pprof.c, text.c), the rows (heaprows.c, countrows.c).
 */
#ifndef CPA_REPORT_PROFILES_H
#define CPA_REPORT_PROFILES_H

#include <stdbool.h>

#include "base/compiler.h"
#include "report/facts.h"
#include "report/fd.h"
#include "sampling/custom.h"

/*
 * Measure facts and write the profile to the sink: debug 0 gzipped protobuf, else text. 0, -ENOMEM,
 * or the sink's error. facts->kind becomes the profile's name.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_profiles_write(const struct cpa_custom_profile *profile,
	struct cpa_facts *facts, int debug, bool names, struct cpa_fd_sink sink);

/*
 * How much is in it: rows of the heap, live threads, entries of the program's own.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_profiles_count(const struct cpa_custom_profile *profile);

#endif
