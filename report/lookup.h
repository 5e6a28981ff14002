/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of addresses that somebody outside asks about.
 * Not here: how names are found (frames.c).
 */
#ifndef CPA_REPORT_LOOKUP_H
#define CPA_REPORT_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Takes one name; valid during the call. */
typedef void cpa_lookup_take(void *context, uint64_t address, const char *name);

/*
 * Give the name for each address that is in a loaded file, in the order asked; of a function
 * without one "FILE+0xADDRESS". Addresses are of calls, at run time; of the main program also those
 * of its own file, which stand in our profiles. 0 or -ENOMEM.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_lookup(
	const uint64_t *addresses, size_t count, cpa_lookup_take *take, void *context);

#endif
