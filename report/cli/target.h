/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that a command runs: why it cannot be started, why nothing can be preloaded into it.
 * Not here: starting it (launch.c), other reasons for having no snapshot (summary.c).
 */
#ifndef CPA_CLI_TARGET_H
#define CPA_CLI_TARGET_H

#include "base/compiler.h"

/*
 * Why execvp(command) failed, with what to do where that helps.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
const char *cpa_cli_target_refusal(const char *command, int exec_errno);

/*
 * Why LD_PRELOAD does not reach a command that ran, through PATH and the interpreters of scripts;
 * NULL when nothing speaks against it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
const char *cpa_cli_target_not_preloaded(const char *command);

#endif
