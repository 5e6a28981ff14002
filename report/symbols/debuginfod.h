/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug files from the servers of DEBUGINFOD_URLS, through libdebuginfod, where both are there.
 * Not here: debug files of this machine (debugfile.h).
 */
#ifndef CPA_SYMBOLS_DEBUGINFOD_H
#define CPA_SYMBOLS_DEBUGINFOD_H

/*
 * The path of the debug file for a build id (hex), in the library's own cache; freed with free().
 * NULL when there is none. May wait for a network; without DEBUGINFOD_URLS it asks nobody.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_debuginfod_find(const char *build_id);

#endif
