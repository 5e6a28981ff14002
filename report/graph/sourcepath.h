/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a source file is that a profile names: on this machine, perhaps built on another.
 * Not here: reading it (sourcefile.h), where binaries are (report/symbols/).
 */
#ifndef CPA_GRAPH_SOURCEPATH_H
#define CPA_GRAPH_SOURCEPATH_H

#include "report/profile/memory.h"

#define CPA_SOURCEPATH_BYTES 4096 /* longer paths are not found */

/*
 * Open the regular file that name stands for, by the rules in sourcefile.h.
 *
 * @ret_path  where it was found
 *
 * Return: a descriptor, or -EINVAL with the cause in error.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_sourcepath_open(const char *name, const char *source_path,
	const char *trim_path, char ret_path[CPA_SOURCEPATH_BYTES], struct cpa_error *error);

#endif
