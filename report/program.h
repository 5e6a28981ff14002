/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program is called: the name its user ran it by, which begins the names of its files.
 * Not here: the path of its file (maps.h), the rest of the names (outfile.h).
 *
 * redis-server may be a link to redis-check-rdb, sh one to dash, and a script runs in an
 * interpreter: people look for the name they know.
 */
#ifndef CPA_REPORT_PROGRAM_H
#define CPA_REPORT_PROGRAM_H

#include "base/compiler.h"

#define CPA_PROGRAM_NAME_MAX 100u /* bytes, without the NUL */

/*
 * The name from what was executed: its last part, of which all but letters, digits and "._+-"
 * becomes "_", and so does a leading dot. From main_path instead where execfn is NULL, empty, a
 * descriptor ("/dev/fd/3", "/proc/self/exe"), or the loader ("ld.so ./program"). Never empty.
 *
 * @execfn     as the kernel got it: getauxval(AT_EXECFN)
 * @main_path  the file of the main module
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_program_name(
	const char *execfn, const char *main_path, char ret_name[CPA_PROGRAM_NAME_MAX + 1]);

#endif
