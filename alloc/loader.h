/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two functions of the loader that we stand in front of, and the loader's own behind them.
 * Not here: the table of modules (sampling/modules.h).
 */
#ifndef CPA_ALLOC_LOADER_H
#define CPA_ALLOC_LOADER_H

#include "sampling/modules.h"

/*
 * The C library's dl_iterate_phdr, found past ours.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
int cpa_loader_iterate(cpa_modules_callback *callback, void *data);

#endif
