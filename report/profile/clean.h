/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of source files as reports show them.
 * Not here: finding the files (report/graph/sourcepath.h).
 */
#ifndef CPA_PROFILE_CLEAN_H
#define CPA_PROFILE_CLEAN_H

/*
 * path without "//", "/./" and "a/../", and without the "/proc/self/cwd/" that some builds put in
 * front: the same text for the same file, as Go's client has it. "" stays "". Freed with free().
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_clean_path(const char *path);

/*
 * The last part of a path, in it; all of a path that ends in '/'.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_clean_base(const char *path);

#endif
