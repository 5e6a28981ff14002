/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which file the kernel has mapped at an address.
 * Not here: the modules of the loader (maps.c).
 */
#ifndef CPA_REPORT_PROCMAPS_H
#define CPA_REPORT_PROCMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The path of the file that is mapped at an address: true, or false when it is no file.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_procmaps_file_at(uint64_t address, char *ret_path, size_t room_bytes);

/*
 * Take off the " (deleted)" that the kernel puts after the path of a file that was removed.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_procmaps_cut_deleted(char *path);

#endif
