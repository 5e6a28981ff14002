/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap as a pprof file: gzipped protobuf, as profile.proto describes. The only file that knows
 * protobuf-c.
 * Not here: the text for people (text.c), names and modules (frames.c), compression (gzip.c).
 *
 *   sample types  alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes;
 *                 values are estimates of the whole heap (a reader scales nothing)
 *   default       heap: unset, which means inuse_space; allocs: alloc_space
 *   period        space/bytes, the rate in force
 *   label         bytes = mean requested size of the samples of this row; no unit
 *   mapping       the main program first, at bias 0: its addresses are those of its own symbol
 *                 table. Of the others those that occur in a stack, at their run-time addresses
 *   location      the address of the call: return address - 1. The pseudo frames "[truncated]",
 *                 "[stack table full]", "[unwind failed]", and "[anon]" (code outside any file)
 *                 have no mapping
 *   function      name = system_name = the linker's symbol, mangled for C++; "FILE+0xADDRESS", the
 *                 first byte of the function, where the file has none. Each location has one, and
 *                 mappings say has_functions, so that readers keep these names. With names=0 only
 *                 pseudo frames have one
 *   comments      listed in report/facts.h
 *
 * Written front to back in small pieces: samples first, what they refer to after them. Memory
 * depends on the number of distinct frames, not on that of samples.
 */
#ifndef CPA_REPORT_PPROF_H
#define CPA_REPORT_PPROF_H

#include <stdbool.h>

#include "base/compiler.h"
#include "report/facts.h"
#include "report/fd.h"

/*
 * Write the profile that facts (measured) describe. 0, -ENOMEM, or the sink's error.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_pprof_write(
	const struct cpa_facts *facts, bool names, struct cpa_fd_sink sink);

#endif
