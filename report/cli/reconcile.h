/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the memory of the process is: what the profile estimates, beside what the allocator and the
 * kernel count.
 * Not here: the keys of the comments it comes from (report/facts.h).
 */
#ifndef CPA_CLI_RECONCILE_H
#define CPA_CLI_RECONCILE_H

#include "report/cli/json.h"
#include "report/cli/out.h"
#include "report/profile/profile.h"

/*
 * A table, each line with what it means; nothing for a profile without these numbers.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_reconcile_print(const struct cpa_profile *profile, struct cpa_cli_out *out);

/*
 * The key "memory": an object with the numbers there are, under the keys of the comments.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_reconcile_json(const struct cpa_profile *profile, struct cpa_cli_json *json);

#endif
