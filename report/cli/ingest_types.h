/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Pyroscope is told of the values of a profile: its sample_type_config, by the names and units
 * that its own clients give.
 * Not here: the profile (ingest.h).
 */
#ifndef CPA_CLI_INGEST_TYPES_H
#define CPA_CLI_INGEST_TYPES_H

#include "report/profile/profile.h"

/*
 * Does a value run from the start of the program on, as alloc_space does? Does any?
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cli_ingest_types_is_counter(const struct cpa_profile *profile, size_t type);
bool cpa_cli_ingest_types_has_counter(const struct cpa_profile *profile);

/*
 * Sample types that are the program's own ("mylib/open-files") get names that the server takes: '_'
 * in the place of what it does not, of '-' among others. The configuration has them so already.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_cli_ingest_types_rename(struct cpa_profile *profile);

/*
 * The configuration, as JSON; freed with free(). NULL: no memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_cli_ingest_types_describe(const struct cpa_profile *profile, size_t *ret_bytes);

#endif
