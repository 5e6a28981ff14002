/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The environment of a profiled program: which library, which CPROFALLOC.
 * Not here: what the keys mean (base/conf.h).
 */
#ifndef CPA_CLI_SETTINGS_H
#define CPA_CLI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/compiler.h"

#define CPA_CLI_SETTINGS_BYTES 16384

/* CPROFALLOC as it is being put together: "key=value,key=value". */
struct cpa_cli_settings {
	char text[CPA_CLI_SETTINGS_BYTES];
};

/*
 * Begin with what the user's own CPROFALLOC says (NULL: nothing). False when it is too long.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_cli_settings_init(
	struct cpa_cli_settings *ret_settings, const char *inherited);

/*
 * Set a key, taking out what was set before. False when there is no room or value has a comma,
 * which CPROFALLOC cannot carry.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_cli_settings_set(
	struct cpa_cli_settings *settings, const char *key, const char *value);

/*
 * The last value of key into to; false when it is not set (to untouched).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_cli_settings_get(
	const struct cpa_cli_settings *settings, const char *key, char *to, size_t to_bytes);

/*
 * The absolute path of libcprofalloc.so: CPROFALLOC_LIB, else beside a cprof that runs from
 * its build tree, else where it is installed. False, with a line on stderr, when there is none
 * or LD_PRELOAD cannot carry its name.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_settings_library(char *to, size_t to_bytes);

/*
 * Put both into the environment of this process, an existing LD_PRELOAD behind ours. Called in
 * the child. only_pid: 0, or the one process that is to write snapshots.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_settings_apply(struct cpa_cli_settings *settings, const char *library, pid_t only_pid);

#endif
